"""Templates: one Jinja environment over the layers of a theme, and its faults as problems with a place.

A template is looked for in the site's own folder, then in the theme, then in its parents. `parent/page.html` means the
next layer below the one it is written in, so that an override can extend what it overrides. Templates of other layers
refer to plain names and so see every override.
"""

from __future__ import annotations

import re
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import CodeType, MappingProxyType
from typing import Any, NamedTuple, cast

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from msgspec import Struct

from castsite.errors import ConfigError, Place, Problem, Severity, printable, quote
from castsite.files import describe_os_error
from castsite.regex import regex
from castsite.render.words import Words
from castsite.schema.nearest import did_you_mean
from castsite.theme import Layer

PARENT = "parent/"
"""How the name of a template of the layers below begins."""

_ON = "; so it is on the page of "
_SUFFIX = ".html"

_TOGETHER = 256
_KEPT = 500  # templates; a theme has twenty, and a server sees each of them edited
_NOTHING = type(None).__name__
_GIVEN = MappingProxyType.__name__  # what authors have put under `extra`, others on each page
_ITSELF = regex(r"""\{%[-+]?\s*(?:include|import|from|extends\s+["'](?!parent/))|\bself\s*\.""")
_NUMBERED = regex(r"(\d+)/(.+)", re.DOTALL)


class BrokenTemplateError(ConfigError):
    """A page could not be rendered; holds one problem, placed in the template."""


class EmptyFieldError(BrokenTemplateError):
    """A template asks for what is not there on some pages."""

    def on(self, source: str) -> EmptyFieldError:
        """Say which page it was made for: the last thing in the message."""
        (problem,) = self.problems
        return EmptyFieldError(problem._replace(text=f"{problem.text}{_ON}{printable(source)}"))


class _Frame(NamedTuple):
    """A line of a template that was being worked on; `scope` are the variables that it sees."""

    layer: Layer
    file: str
    line: int
    source: str
    scope: Mapping[str, object]


class Templates(Struct, frozen=True):
    """Templates of one theme, compiled when first used."""

    environment: Environment
    layers: tuple[Layer, ...]
    words: Words

    def render(self, name: str, **variables: object) -> bytes:
        """Render an entry template as UTF-8, some pieces at once: an emoji makes text take four bytes a character.

        Raises BrokenTemplateError with the line of the template that is at fault.
        """
        try:
            template = self.environment.get_template(self.environment.join_path(name, ""))
            return b"".join(_encoded(template.generate(variables)))
        except TemplateSyntaxError as error:
            raise BrokenTemplateError(self._syntax(error)) from error
        except Exception as error:  # a template may raise anything: it is the theme's program
            kind = EmptyFieldError if _is_of_nothing(error) else BrokenTemplateError
            raise kind(self._fault(error, name, variables)) from error

    def prepare(self, names: Iterable[str]) -> None:
        """Compile templates that are going to be used; what is wrong with one is told when it is."""
        for name in names:
            with suppress(Exception):  # a template may raise anything
                self.environment.get_template(self.environment.join_path(name, ""))

    def faults(self) -> Iterator[BrokenTemplateError]:
        """Read every template that did not come with castsite, whether anything uses it or not."""
        for number, layer, name in self.files():
            if layer.shipped:
                continue
            try:
                self.environment.get_template(f"{number}/{name}")
            except TemplateSyntaxError as error:
                yield BrokenTemplateError(self._syntax(error))
            except Exception as error:  # noqa: BLE001 - a template may raise anything
                yield BrokenTemplateError(self._fault(error, f"{layer.shown}/{name}", {}))

    def files(self) -> Iterator[tuple[int, Layer, str]]:
        """Give the templates of all layers: the number of the layer, the layer, the name in it."""
        for number, layer in enumerate(self.layers):
            yield from ((number, layer, name) for name, _ in layer.files() if name.endswith(_SUFFIX))

    def _syntax(self, error: TemplateSyntaxError) -> Problem:
        return _problem(
            self._place(error.filename or error.name or "", error.lineno), error.message or "cannot be read"
        )

    def _fault(self, error: Exception, name: str, variables: Mapping[str, object]) -> Problem:
        """Place a fault in the innermost template, also inside macros, parents and includes.

        What came with castsite is not at fault: of that, the innermost template is named that led there.
        """
        frames = list(self._frames(error))
        own = [frame for frame in frames if not frame.layer.shipped]
        if not frames:
            return _problem(Place(name), _wording(error, "", variables, {}))
        last, frame = frames[-1], (own or frames)[-1]
        if isinstance(error, RecursionError):
            frame = _circling(own or frames)
            return _problem(self._place(frame.file, frame.line), _endless(frame.source))
        text = _wording(error, last.source, variables, last.scope)
        if last is not frame:
            text += f" (in {self._place(last.file, last.line)})"
        return _problem(self._place(frame.file, frame.line), text)

    def _frames(self, error: Exception) -> Iterator[_Frame]:
        """Give the lines of templates that led to an error, the innermost last."""
        trace = error.__traceback__
        for (frame, line), summary in zip(traceback.walk_tb(trace), traceback.extract_tb(trace), strict=True):
            layer = self._layer(summary.filename)
            if layer is not None:
                yield _Frame(layer, summary.filename, line, summary.line or "", frame.f_locals)

    def _place(self, filename: str, line: int) -> Place:
        layer = self._layer(filename)
        if layer is None:
            return Place(filename, line)
        return Place(f"{layer.shown}/{Path(filename).relative_to(layer.folder).as_posix()}", line)

    def _layer(self, filename: str) -> Layer | None:
        return next((layer for layer in self.layers if Path(filename).is_relative_to(layer.folder)), None)


def load_templates(
    layers: Sequence[Layer],
    *,
    words: Words,
    variables: Mapping[str, object] | None = None,
    sandboxed: bool = False,
) -> Templates:
    """Set up the environment; `words` and `variables` are seen by every template and macro.

    A build trusts its themes as it trusts its own code. `sandboxed` is for `check`, which may look at somebody else's;
    it costs twice the time.
    """
    kind = _SandboxedLayers if sandboxed else _Layers
    environment = kind(
        loader=_LayerLoader(layers),
        autoescape=True,
        undefined=_Unknown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        optimized=False,  # an eighth of compiling, for nothing: no template computes with constants
        bytecode_cache=_Compiled(kind.__name__),
    )
    environment.globals.update(variables or {}, words=words)
    return Templates(environment, tuple(layers), words)


_code: dict[tuple[str, str, str], CodeType] = {}


class _Compiled(BytecodeCache):
    """What templates were compiled to, for this process alone: on a disk somebody could put other code there."""

    def __init__(self, kind: str) -> None:
        """`kind` is that of the environment, whose code is its own."""
        self.kind = kind

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template as it is now, if it was compiled before."""
        bucket.code = _code.get((self.kind, bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        if len(_code) >= _KEPT:
            _code.clear()
        if bucket.code is not None:
            _code[self.kind, bucket.key, bucket.checksum] = bucket.code


def group(errors: Iterable[BrokenTemplateError], unused: Iterable[BrokenTemplateError] = ()) -> tuple[Problem, ...]:
    """Report each fault once, with a count, however many pages it broke; those of `unused` templates broke none."""
    seen: dict[tuple[Place, str], Problem] = {}
    for problem in (problem for error in errors for problem in error.problems):
        key = problem.place, problem.text.partition(_ON)[0]
        known = seen.get(key)
        seen[key] = known._replace(times=known.times + problem.times) if known else problem
    for problem in (problem for error in unused for problem in error.problems):
        seen.setdefault((problem.place, problem.text), problem)
    return tuple(seen.values())


def _encoded(pieces: Iterator[str]) -> Iterator[bytes]:
    while batch := list(islice(pieces, _TOGETHER)):
        yield "".join(batch).encode()


class _LayerLoader(BaseLoader):
    """Finds `page.html` in the first layer that has it, `2/page.html` in the first from layer 2 on."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self._found: dict[tuple[str, int], str | None] = {}

    def resolve(self, name: str, first: int = 0) -> str | None:
        """Give the numbered name of a template; it is looked for once, since every page asks for several."""
        if (name, first) not in self._found:
            self._found[name, first] = self._resolve(name, first)
        return self._found[name, first]

    def _resolve(self, name: str, first: int) -> str | None:
        if _leaves_folder(name):
            return None
        for number, layer in enumerate(self.layers[first:], first):
            if (layer.folder / name).is_file():
                return f"{number}/{name}"
        return None

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, None]:
        """Read a template, by its plain or its numbered name."""
        match = _NUMBERED.fullmatch(template)
        number, name = (int(match[1]), match[2]) if match else (-1, template)
        if not 0 <= number < len(self.layers) or _leaves_folder(name):
            raise TemplateNotFound(template)
        layer = self.layers[number]
        path = layer.folder / name
        if not path.is_file():
            raise TemplateNotFound(template)
        try:
            source = layer.read(name)
            return source.decode(), str(path), None
        except OSError as error:
            raise TemplateSyntaxError(describe_os_error(error), 0, template, str(path)) from error
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            raise TemplateSyntaxError("is not UTF-8 text; save it as UTF-8", line, template, str(path)) from error


def _leaves_folder(name: str) -> bool:
    return name.startswith("/") or ".." in name.split("/")


class _Layers(Environment):
    """Numbers the names of templates by their layer, so that `parent/` has a layer to count from."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - the library's
        super().__init__(**options)
        self._found: dict[tuple[str, str | None], Template] = {}

    def join_path(self, template: str, parent: str) -> str:
        """Resolve a name as it is written in the template called `parent`."""
        loader = cast("_LayerLoader", self.loader)
        if not template.startswith(PARENT):
            return loader.resolve(template) or template
        layer = _NUMBERED.fullmatch(parent)
        below = int(layer[1]) + 1 if layer else 0
        return loader.resolve(template.removeprefix(PARENT), below) or template

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - the library's name
    ) -> Template:
        """Find a template: once, since every page asks for several by the same names."""
        if globals is not None or isinstance(name, Template):
            return super().get_template(name, parent, globals)
        if (name, parent) not in self._found:
            self._found[name, parent] = super().get_template(name, parent)
        return self._found[name, parent]


class _SandboxedLayers(_Layers, SandboxedEnvironment):
    pass


# ---- faults in words


class _Unknown(StrictUndefined):
    """An undefined value that knows what else there would have been."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is missing:
            return f"no variable is called {quote(name)}"
        near = did_you_mean(name, _fields(self._undefined_obj))
        return f"{type(self._undefined_obj).__name__} has no {quote(name)}{near}"


def _fields(value: object) -> Iterator[str]:
    """Names that a template may ask a value for."""
    if isinstance(value, Mapping):
        yield from map(str, value)
    for names in ("__struct_fields__", "__dataclass_fields__", "_fields"):
        yield from getattr(value, names, ())


def _wording(error: Exception, source: str, variables: Mapping[str, object], scope: Mapping[str, object]) -> str:
    """Say what is wrong in a line of a template. `variables` are those of the page, `scope` what the line sees."""
    if isinstance(error, TemplateNotFound):
        return f"no template is called {quote(error.name)}"
    if isinstance(error, UndefinedError):
        return _undefined_wording(str(error), source, variables, scope)
    if isinstance(error, TemplateError):
        return _lowered(str(error))
    return printable(f"{type(error).__name__}: {error}")


def _undefined_wording(said: str, source: str, variables: Mapping[str, object], scope: Mapping[str, object]) -> str:
    """Name the variable as it stands in the template's line instead of its type; offer a near variable."""
    if match := re.match(r'(\w+) has no "(\w+)"', said):
        subjects = re.findall(rf"([\w.]+)\.{match[2]}\b", source)
        if match[1] == _NOTHING:
            empty = (one for one in subjects if _value(one, scope) is None)
            return _empty(next(empty, subjects[0] if subjects else ""), match[2])
        if match[1] == _GIVEN and subjects and "?" not in said:
            said += f'; put {{% if "{match[2]}" in {subjects[0]} %}} … {{% endif %}} around what needs it'
        return said.replace(match[1], subjects[0], 1) if subjects else said
    if match := re.fullmatch(r'no variable is called "(\w+)"', said):
        if match[1] in variables:
            return f"{quote(match[1])} is not seen in what is imported; hand it over to the macro that needs it"
        return said + did_you_mean(match[1], scope)
    return printable(said)


def _is_of_nothing(error: Exception) -> bool:
    return isinstance(error, UndefinedError) and str(error).startswith((f"{_NOTHING} has no ", f"{_GIVEN} has no "))


def _empty(subject: str, field: str) -> str:
    if not subject:
        return f'what "{field}" is asked of is empty here; ask whether it is there: {{% if … %}}'
    return f"{subject} is empty here; put {{% if {subject} %}} … {{% endif %}} around what needs it"


def _value(path: str, scope: Mapping[str, object]) -> object:
    """Give what a dotted name stands for; `missing` where that cannot be told."""
    first, *fields = path.split(".")
    value = scope.get(first, missing)
    for field in fields:
        value = value.get(field, missing) if isinstance(value, Mapping) else getattr(value, field, missing)
    return value


def _circling(frames: Sequence[_Frame]) -> _Frame:
    """Find the line that leads back to itself among those that were met again and again."""
    often = Counter((frame.file, frame.line) for frame in frames)
    again = [frame for frame in frames if often[frame.file, frame.line] > 1] or frames
    return next((frame for frame in reversed(again) if _ITSELF.search(frame.source)), again[-1])


def _endless(source: str) -> str:
    found = _ITSELF.search(source)
    if found is None:
        return "calls itself without end; a macro that does needs an {% if %} that ends it"
    if found[0].startswith("self"):
        return "a block calls itself without end; it is shown where it stands, and super() is that of the theme below"
    return "extends or includes itself without end; parent/NAME is the same template of the theme below"


def _lowered(said: str) -> str:
    """Give a sentence of Jinja's the form of our messages."""
    return printable(said[:1].lower() + said[1:].removesuffix("."))


def _problem(place: Place, text: str) -> Problem:
    return Problem(Severity.FATAL, place, "template-error", text)

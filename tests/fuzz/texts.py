"""Any bytes as Markdown: what comes out may stand on a page, and cleaning it again changes nothing."""

from __future__ import annotations

from fuzz.promises import are_told
from safety.payloads import faults

from castsite.errors import Place
from castsite.limits import SECOND, Limits
from castsite.render.links import Missing, Target, TargetKind
from castsite.render.markdown import Rendered, outline, render_line, render_markdown
from castsite.render.players import Film
from castsite.safety.markup import clean
from tests.timing import soon

LIMITS = Limits()
LENGTH = 4096
PLACE = Place("content/demo.md", 5)
SECONDS = 5.0
"""most that a text may take, as a processor counts them"""
_FILM = Film(frame="../embed/b/", poster="../b.svg", size="z80x24", duration=3600 * SECOND)


def resolve(path: str) -> Target | Missing:
    """Find what the first letter of a path stands for."""
    if path.startswith("b"):
        return Target(url="../b/", kind=TargetKind.RECORDING, title="B <b>", film=_FILM)
    if path.startswith("p"):
        return Target(url="p.png", kind=TargetKind.PICTURE, width=3, height=2)
    if path.startswith("t"):
        return Target(url="../t/", kind=TargetKind.PAGE, title="T", ids=lambda: frozenset({"h-t"}))
    return Missing(near="b.cast")


def check(data: bytes) -> None:
    """Check a body and a line, with pictures from elsewhere and without."""
    text = data.decode("utf-8", "replace")
    soon(3 * SECONDS, lambda: _check(text))


def _check(text: str) -> None:
    for remote in (False, True):
        made = render_markdown(text, place=PLACE, resolve=resolve, limits=LIMITS, allow_remote_images=remote)
        _may_stand(made, text, remote=remote)
        assert made.headings == outline(text)
    _may_stand(render_line(text, place=PLACE, resolve=resolve, limits=LIMITS), text, remote=False)


def _may_stand(made: Rendered, text: str, *, remote: bool) -> None:
    are_told(made.problems, path=PLACE.path, lines=PLACE.line + text.count("\n") + text.count("\r"), first=PLACE.line)
    html = "".join(block for block in made.blocks if isinstance(block, str))
    assert clean(html, remote_images=remote) == html
    assert faults(html) == []

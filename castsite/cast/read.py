"""Reading a recording: every tolerated form of asciicast comes out as one model, everything else as an error.

A fault in the file is a `Problem`, never an exception. The rules are the tables of the project's format reference.
"""

from __future__ import annotations

from typing import Final, NamedTuple, NoReturn

from msgspec import Struct

from castsite.cast.document import Document, TooLargeError, scan
from castsite.cast.events import Cast
from castsite.cast.findings import Findings, RefusedError
from castsite.cast.form import build_cast
from castsite.cast.header import Fields, HeaderReader, check_depth
from castsite.cast.intake import warn_of_encoding, warn_of_repair
from castsite.cast.lines import read_lines
from castsite.cast.loose import UNIQUE_KEYS, DuplicateKeyError, Repair, decoded, loads, shown
from castsite.cast.rexec import real_size
from castsite.cast.sniff import BOM, SNIFFED, name_of
from castsite.cast.task import Task, Times
from castsite.cast.v1 import V1, read_frames
from castsite.cast.v2 import V2
from castsite.cast.v3 import V3
from castsite.errors import Problem, quote
from castsite.limits import Limits, moved_by, size_text
from castsite.regex import regex

DEFAULT_LIMITS: Final = Limits()

_BLANKS: Final = regex(rb"[ \t\r\n]*")
_LINE_FORMS: Final = {2: V2, 3: V3}


class _Opening(NamedTuple):
    """A first line that is an object of its own, and how it had to be repaired; `valid`: it was UTF-8."""

    fields: Fields
    repair: Repair
    valid: bool


class Reading(Struct, frozen=True):
    """What came of a file. `cast` is None exactly when there is an error among the problems."""

    cast: Cast | None
    problems: tuple[Problem, ...]


def read(  # noqa: PLR0913  # all but the first are options
    source: bytes,
    *,
    path: str,
    first_line: int = 1,
    limits: Limits = DEFAULT_LIMITS,
    times: Times | None = None,
    size: tuple[int, int] | None = None,
) -> Reading:
    """Read a recording from bytes that are no longer compressed, with any front matter cut off.

    `path` and `first_line` (the number of the first line of `source` in its file) are for messages. `times` and
    `size` (columns, rows) are the owner's word against what the file says of itself.
    """
    findings = Findings(path)
    task = Task(findings=findings, limits=limits, times=times, size=size)
    try:
        cast = _read(source, first_line, task)
    except RefusedError:
        cast = None
    return Reading(cast, findings.problems())


def _read(source: bytes, first_line: int, task: Task) -> Cast:
    check_file_size(source, task)
    at = _first_character(source)
    if at == len(source):
        task.findings.refuse("cast-empty", "empty recording; record it again, or remove it: castsite rm does")
    line = first_line + source.count(b"\n", 0, at)
    if source[at : at + 1] != b"{" or source[at + 1 : at + 2] == b"\0":
        _refuse_foreign(source, line, task)
    end = source.find(b"\n", at)
    text = source[at : end if end >= 0 else len(source)]
    if len(text) > task.limits.line_size:
        most = f"the limit is {task.limits.line_size:,} {moved_by('line_size')}"
        task.findings.refuse("cast-limit", f"first line of {len(text):,} bytes; {most}", line)
    opening = _opening(text, line, task)
    if opening is None or _version(opening.fields, line, task) == 1:
        return _read_document(source, at, line, task)
    return _read_lines(source, at + len(text) + 1, line, opening, task)


def check_file_size(source: bytes, task: Task) -> None:
    """Refuse a file that is too large, and warn of one that readers wait for. Raises RefusedError."""
    size, limits = len(source), task.limits
    if size > limits.file_size:
        text = f"recording of {size_text(size)}; the limit is {size_text(limits.file_size)} {moved_by('file_size')}"
        task.findings.refuse("cast-limit", text)
    if size > limits.file_size_warning:
        text = f"recording of {size_text(size)}; readers wait long for it {moved_by('file_size_warning')}"
        task.findings.warn("cast-large", text)


def _first_character(source: bytes) -> int:
    match = _BLANKS.match(source, len(BOM) if source.startswith(BOM) else 0)
    return match.end() if match else 0


def _refuse_foreign(source: bytes, line: int, task: Task) -> NoReturn:
    first = source.lstrip()[:SNIFFED].split(b"\n", 1)[0]
    try:
        loads(first.decode())
    except ValueError:
        task.findings.refuse("cast-unknown-format", f"this is {name_of(source)}", line)
    task.findings.refuse("cast-bad-header", "there is no header: the first line is JSON, but not an object", line)


def _opening(source: bytes, line: int, task: Task) -> _Opening | None:
    """Parse the first line as a header of its own, None when it is none: then it may begin a longer document."""
    text, valid = decoded(source)
    try:
        fields, repair = loads(text, UNIQUE_KEYS)
    except DuplicateKeyError as error:
        _refuse_duplicate(error, line, task)
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    check_depth(fields, line, task)
    return _Opening(fields, repair, valid)


def _version(fields: Fields, line: int, task: Task) -> int:
    version = fields.get("version")
    if type(version) is not int or version not in (1, 2, 3):
        supported = "only the numbers 1, 2 and 3; asciinema convert writes those"
        text = f"asciicast version {shown(version)} is not supported, {supported}"
        if "version" not in fields:
            text = 'this is JSON without "version", so no asciicast; perhaps an error page saved under this name'
        task.findings.refuse("cast-version", text, line)
    return version


def _read_lines(source: bytes, start: int, line: int, opening: _Opening, task: Task) -> Cast:
    warn_of_repair(opening.repair, line, task.findings)
    if not opening.valid:
        warn_of_encoding(line, task.findings)
    header = HeaderReader(opening.fields, line, task)
    form = _LINE_FORMS[_version(opening.fields, line, task)]
    size = header.size(form.size)
    rows, cut_off = read_lines(source, start, line + 1, task)
    size = real_size(opening.fields, size, rows, task)
    return build_cast(form, header, size, rows, cut_off=cut_off)


def _read_document(source: bytes, at: int, line: int, task: Task) -> Cast:
    text, valid = decoded(source[at:], torn=True)
    document = _scan(text, line, task)
    check_depth(document.fields, line, task)
    _check_document(document, line, task)
    if not valid:
        warn_of_encoding(line, task.findings)
    if document.rest >= 0 and text[document.rest :].strip():
        task.findings.warn("cast-trailing", "text after the end of the document; ignored")
    header = HeaderReader(document.fields, line, task)
    size = header.size(V1.size)
    return build_cast(V1, header, size, read_frames(document, line, task), cut_off=document.torn)


def _scan(text: str, line: int, task: Task) -> Document:
    try:
        return scan(text, task.limits)
    except DuplicateKeyError as error:
        _refuse_duplicate(error, line, task)
    except TooLargeError as error:
        task.findings.refuse("cast-limit", str(error), line)
    except RecursionError:
        task.findings.refuse("cast-bad-header", "header is nested too deeply", line)
    except ValueError:  # Python's own bound, whose words are for programmers
        task.findings.refuse("cast-bad-header", "header holds a number of thousands of digits", line)


def _check_document(document: Document, line: int, task: Task) -> None:
    """Refuse what is no v1 document, with the reason that helps most."""
    fault, version = document.fault, document.fields.get("version")
    if version in (2, 3) and fault is None:
        task.findings.refuse("cast-bad-header", f"header of version {version} must be a single line of JSON", line)
    if fault is not None and (not document.torn or version != 1):
        text = "the file ends inside its header" if document.torn else f"not JSON: {fault.msg.lower()}"
        task.findings.refuse("cast-bad-header", text, line + fault.lineno - 1, fault.colno)
    _version(document.fields, line, task)


def _refuse_duplicate(error: DuplicateKeyError, line: int, task: Task) -> NoReturn:
    task.findings.refuse("cast-duplicate-key", f"key {quote(error.args[0])} stands twice in the header", line)

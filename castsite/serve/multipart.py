"""The form that a recording is sent in: one file, and what its sender says of it (RFC 7578)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value
from mmap import mmap
from typing import Final, NamedTuple

from castsite.errors import quote
from castsite.limits import KIB, UPLOAD_PART_HEADER, UPLOAD_PARTS, UPLOAD_ROOM

_FORM: Final = "multipart/form-data"
_LONGEST_BOUNDARY: Final = 70  # RFC 2046 §5.1.1
_LINE: Final = b"\r\n"


class BadFormError(ValueError):
    """A body that is not the form of an upload; says what is wrong, and what was expected."""


class Form(NamedTuple):
    """What was sent. The name of the file is not read: it means something to its sender alone."""

    file: bytes
    fields: Mapping[str, str]
    """texts by the names of their parts; bytes that are not UTF-8 are replaced"""


class _Part(NamedTuple):
    name: str
    is_file: bool
    body: bytes


def read_form(body: bytes | mmap, content_type: str, part: str) -> Form:
    """Take a form apart whose one file is in the part of that name. Raises BadFormError."""
    file: bytes | None = None
    fields: dict[str, str] = {}
    for name, is_file, value in _parts(body, _boundary(content_type)):
        if is_file and (name != part or file is not None):
            raise BadFormError(f"expected one file, in a part named {part}")
        if is_file:
            file = value
        elif name in fields:
            raise BadFormError(f"there is more than one part named {quote(name)}; send each once")
        elif len(value) > UPLOAD_ROOM:
            raise BadFormError(f"{quote(name)} has more than {UPLOAD_ROOM // KIB} KiB; send less")
        else:
            fields[name] = value.decode("utf-8", "replace")
    if file is None:
        raise BadFormError(f"expected a file in a part named {part}")
    return Form(file, fields)


def _boundary(content_type: str) -> bytes:
    header = Message()
    header["Content-Type"] = content_type
    with _understood("Content-Type"):
        boundary = header.get_boundary() or ""
    right = header.get_content_type() == _FORM and boundary.isascii()
    if not right or not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise BadFormError(f"expected {_FORM} with a boundary of at most {_LONGEST_BOUNDARY} characters")
    return boundary.encode()


@contextmanager
def _understood(header: str) -> Iterator[None]:
    """Tell what the parser of Python stumbles over: parameters that contradict each other (RFC 2231)."""
    try:
        yield
    except (TypeError, ValueError, LookupError) as error:
        raise BadFormError(f"the parameters of {header} cannot be understood") from error


def _parts(body: bytes | mmap, boundary: bytes) -> Iterator[_Part]:
    """Go from boundary to boundary; each stands at the beginning of a line."""
    border = b"--" + boundary
    if body[: len(border)] != border:
        raise BadFormError("expected the boundary at the beginning of the body")
    at = len(border)
    for _ in range(UPLOAD_PARTS + 1):
        after = body[at : at + 2]
        if after == b"--":
            return
        if after != _LINE:
            raise BadFormError("expected the end of a line after a boundary")
        # the empty line may follow at once: then there is no header
        end = body.find(_LINE * 2, at, at + UPLOAD_PART_HEADER)
        if end < 0:
            raise BadFormError(f"a part without a header, or with one of more than {UPLOAD_PART_HEADER // KIB} KiB")
        begin, last = end + 4, body.find(_LINE + border, end + 4)
        if last < 0:
            raise BadFormError("the body ends within a part; send it again")
        yield _part(body[at + 2 : end], body[begin:last])
        at = last + 2 + len(border)
    raise BadFormError(f"more than {UPLOAD_PARTS} parts")


def _part(header: bytes, body: bytes) -> _Part:
    read, field = BytesHeaderParser().parsebytes(header + _LINE * 2), "Content-Disposition"
    with _understood(field):
        name = collapse_rfc2231_value(read.get_param("name", "", header=field))
        is_file = read.get_param("filename", header=field) is not None
    if read.get_content_disposition() != "form-data" or not name:
        raise BadFormError(f"a part without {field}: form-data and a name")
    return _Part(name, is_file, body)

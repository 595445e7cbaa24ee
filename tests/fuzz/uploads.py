"""Any bytes as the body of an upload: one file that stands in it, and texts, or one line that says what is wrong."""

from __future__ import annotations

from castsite.errors import printable
from castsite.limits import UPLOAD_PARTS
from castsite.serve.multipart import BadFormError, read_form

LENGTH = 4096
BOUNDARY = b"b"
TYPE = f"multipart/form-data; boundary={BOUNDARY.decode()}"


def check(data: bytes) -> None:
    """Check that nothing else comes of it, and that a form written from what was read is read as the same."""
    try:
        found = read_form(data, TYPE, "file")
    except BadFormError as error:
        told = str(error)
        assert told
        assert printable(told, len(told)) == told
        return
    assert found.file in data
    assert len(found.fields) < UPLOAD_PARTS
    assert b"\r\n--" + BOUNDARY not in found.file
    again = form(
        ("file", found.file, "x"), *((name, text.encode(), None) for name, text in plain(found.fields).items())
    )
    read = read_form(again, TYPE, "file")
    assert (read.file, read.fields) == (found.file, plain(found.fields))


def form(*parts: tuple[str, bytes, str | None]) -> bytes:
    """Write a form of parts: name, body, and the name of a file."""
    written = []
    for name, body, file in parts:
        named = "" if file is None else f'; filename="{file}"'
        head = f'Content-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        written.append(b"--" + BOUNDARY + b"\r\n" + head.encode() + body + b"\r\n")
    return b"".join(written) + b"--" + BOUNDARY + b"--\r\n"


def plain(fields: dict[str, str]) -> dict[str, str]:
    """Leave out what cannot be written so simply."""
    border = "\r\n--" + BOUNDARY.decode()
    return {
        name: text for name, text in fields.items() if name.isascii() and name.isalnum() and border not in f"\r\n{text}"
    }

"""Files of the web, by their addresses: sites that are searched, recordings that are played."""

from __future__ import annotations

import time
import urllib.request
from http.client import HTTPException, IncompleteRead
from typing import Final, NamedTuple

from castsite import __version__
from castsite.limits import size_text

SCHEMES: Final = ("http://", "https://")
_SECONDS: Final = 20  # without a byte
_PATIENCE: Final = 60  # seconds for one file
_PIECE: Final = 1 << 16


class Fetched(NamedTuple):
    """A file, and the address that led to it in the end."""

    data: bytes
    address: str


def is_address(name: str) -> bool:
    """Whether a name is an address and not that of a file."""
    return name.lower().startswith(SCHEMES)


def fetch(address: str, most: int) -> Fetched:
    """Fetch a file of at most so many bytes. Raises OSError, of which HTTPError is one, for whatever keeps it away."""
    try:
        found = _fetched(address, most)
    except (HTTPException, ValueError) as error:
        raise OSError(f"{error or type(error).__name__}") from error
    if len(found.data) > most:
        raise OSError(f"it is larger than {size_text(most)}")
    return found


def _fetched(address: str, most: int) -> Fetched:
    request = urllib.request.Request(address, headers={"User-Agent": f"castsite/{__version__}"})  # noqa: S310 - http(s)
    deadline = time.monotonic() + _PATIENCE
    data = bytearray()
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - the same
        while len(data) <= most and (piece := answer.read1(_PIECE)):
            data += piece
            if time.monotonic() > deadline:
                raise TimeoutError(f"it took more than {_PATIENCE} seconds")
        if answer.length and len(data) <= most:  # cut off
            raise IncompleteRead(bytes(data), answer.length)
        return Fetched(bytes(data), answer.url)

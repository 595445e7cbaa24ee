"""Who may ask: by the name a browser asked for, and by a token where others than this machine can reach the server.

The name, not the address that is listened at, keeps pages of other sites away: by DNS a page can make its own name mean
this machine, but its browser still says that name.
"""

from __future__ import annotations

import hmac
import secrets
from ipaddress import ip_address
from typing import Final

from msgspec import Struct, field
from tornado.httputil import split_host_and_port

from castsite.regex import regex

_HERE: Final = regex(r"(?:.+\.)?localhost|127\.0\.0\.1|\[?::1\]?")
_BYTES: Final = 16


class Hosts(Struct, frozen=True):
    """The names that are answered to, besides those of this machine."""

    names: frozenset[str] = frozenset()
    addresses: bool = False
    """also to every numeric address: no DNS name can be one"""

    def admits(self, name: str) -> bool:
        """Tell whether a host, without its port and in lower case, is one of them."""
        return bool(_HERE.fullmatch(name)) or name in self.names or (self.addresses and _is_address(name))


def host_name(text: str) -> str:
    """Give a host without its port, in lower case."""
    return split_host_and_port(text.lower())[0]


class Entry(Struct):
    """The way in for other machines: a token that is good once, and the cookie that a browser gets for it."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES))

    def knows(self, cookie: str | None) -> bool:
        """Tell whether a browser has been let in."""
        return cookie is not None and _equal(cookie, self.cookie)

    def redeem(self, token: str | None) -> bool:
        """Take a token; there is another one afterwards."""
        if token is None or not _equal(token, self.token):
            return False
        self.token = secrets.token_urlsafe(_BYTES)
        return True


def _equal(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True

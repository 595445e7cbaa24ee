"""What every request has to pass, and what every answer carries."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from tornado.web import HTTPError, RequestHandler

from castsite.serve.connections import Connections
from castsite.serve.headers import headers_for
from castsite.serve.hosts import Entry, Hosts
from castsite.serve.live import Live

LONGEST_ADDRESS: Final = 8 << 10
"""Bytes of path and query."""
MOST_HEADERS: Final = 100

_NOTHING_YET: Final = (
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n<p>{text}</p>\n'
)


class Guarded(RequestHandler):
    """Refuses who may not ask; answers GET and HEAD only, and nothing that a browser would keep."""

    @property
    def live(self) -> Live:
        """The site as it is served now."""
        live: Live = self.settings["live"]
        return live

    def set_default_headers(self) -> None:
        """Send what hosts will send, but let nothing be kept or read from elsewhere."""
        inside = self.request.path.split("/", self.live.base.count("/"))[-1]  # rules count from the site's top
        for name, value in headers_for(f"/{inside}", self.live.rules).items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")

    def prepare(self) -> None:
        """Raise HTTPError for who may not ask, in the order in which it could do harm."""
        connections: Connections = self.settings["connections"]
        connections.busy(self.request.connection)
        hosts: Hosts = self.settings["hosts"]
        asked = self.request.headers
        if "Host" not in asked:
            raise HTTPError(HTTPStatus.BAD_REQUEST)
        if not hosts.admits(self.request.host_name):
            raise HTTPError(HTTPStatus.FORBIDDEN)
        # a link may be followed and a frame shown; no other page may load or post anything
        if asked.get("Sec-Fetch-Site") == "cross-site" and asked.get("Sec-Fetch-Mode") != "navigate":
            raise HTTPError(HTTPStatus.FORBIDDEN)
        if sum(1 for _ in asked.get_all()) > MOST_HEADERS:
            raise HTTPError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if len(self.request.uri or "") > LONGEST_ADDRESS:
            raise HTTPError(HTTPStatus.REQUEST_URI_TOO_LONG)
        self._let_in(self.settings["entry"])

    def head(self) -> Any:  # noqa: ANN401 - whatever get gives
        """Answer as GET does; tornado leaves the body out."""
        return self.get()

    def on_finish(self) -> None:
        """Let the connection be closed when there are too many."""
        connections: Connections = self.settings["connections"]
        connections.idle(self.request.connection)

    def compute_etag(self) -> None:
        """Compare nothing: the body is sent each time."""

    def move(self, path: str) -> None:
        """Lead on to a path of this site, for now, with the query."""
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(path + query, permanent=False)

    def write_error(self, status_code: int, **_details: object) -> None:
        """Answer 404 with the site's own page, so that what is wrong with the site is seen there, too."""
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", "GET, HEAD")
        if status_code != HTTPStatus.NOT_FOUND:
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{status_code} {HTTPStatus(status_code).phrase}\n")
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self._not_found() + self.live.tag())

    def _not_found(self) -> bytes:
        folder = self.live.folder
        try:
            return (folder / "404.html").read_bytes()
        except OSError:
            text = "There is no site here yet: it is being built, or something is wrong with it."
            return _NOTHING_YET.format(title="castsite", text=text).encode()

    def _let_in(self, entry: Entry | None) -> None:
        """Ask for the cookie where others can reach the server; a token is taken for one."""
        if entry is None or entry.knows(self.get_cookie(self.settings["cookie"])):
            return
        token = self.get_query_argument("token", None)
        if self.request.method != "GET" or not entry.redeem(token):
            raise HTTPError(HTTPStatus.FORBIDDEN)
        self.set_cookie(self.settings["cookie"], entry.cookie, httponly=True, samesite="Strict")
        rest = [pair for pair in parse_qsl(self.request.query, keep_blank_values=True) if pair[0] != "token"]
        query = f"?{urlencode(rest)}" if rest else ""
        # one slash: two would name another host
        self.redirect(f"/{self.request.path.lstrip('/')}{query}", status=HTTPStatus.SEE_OTHER)
        self.settings["redeemed"]()


class Refused(Guarded):
    """An answer that is an error in any case. Outside the base path, links that leave it fail here first."""

    def initialize(self, status: int) -> None:
        """Say which error."""
        self.status = status

    def get(self) -> None:
        """Refuse."""
        raise HTTPError(self.status)


class Elsewhere(Guarded):
    """Leads on to the site's top."""

    def get(self) -> None:
        """Lead on."""
        self.move(self.live.base)


class State(Guarded):
    """What is wrong with the site, for the script on its pages."""

    def get(self) -> None:
        """Say it as JSON."""
        self.finish(self.live.state())

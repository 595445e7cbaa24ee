"""Where to listen: addresses of this machine, and the next free port."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address
from typing import Final, NamedTuple

from tornado.netutil import bind_sockets

from castsite.errors import ConfigError, Place, Problem, Severity, StorageError, quote

TRIED: Final = 10
"""Ports that are tried, one after the other."""

_LAST_PORT: Final = 65535
_LOCAL: Final = ("127.0.0.1", "::1")
_NOT_HERE: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})
_NOWHERE: Final = "192.0.2.1"
"""An address that is nobody's (RFC 5737)."""


class Listening(NamedTuple):
    """Sockets that listen, all at one port."""

    sockets: list[socket.socket]
    port: int


def addresses_of(host: str) -> tuple[str, ...]:
    """Give the numeric addresses of a host. Raises ConfigError when it has none."""
    name = host.strip("[]")
    if name.lower() == "localhost":
        return _LOCAL
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        text = f"--host {quote(host)}: no such host; give localhost, 0.0.0.0, or an address of this machine"
        raise ConfigError(Problem(Severity.FATAL, Place(""), "no-host", text)) from error
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_local(addresses: tuple[str, ...]) -> bool:
    """Tell whether only this machine can reach all of them."""
    return all(ip_address(address.partition("%")[0]).is_loopback for address in addresses)


def listen(addresses: tuple[str, ...], port: int) -> Listening:
    """Listen at a port that is free at every address, the first of ten. Raises StorageError."""
    last = min(port + TRIED - 1, _LAST_PORT)
    for candidate in range(port, last + 1):
        try:
            return Listening(_bind(addresses, candidate), candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise _refused(candidate, error) from error
    text = f"ports {port} to {last} are taken; try another with --port"
    raise StorageError(Problem(Severity.FATAL, Place(""), "ports-taken", text))


def shown_host(host: str, addresses: tuple[str, ...]) -> str:
    """Give the host for an address that a person opens."""
    name = host.strip("[]")
    if any(ip_address(address.partition("%")[0]).is_unspecified for address in addresses):
        name = _own_address()
    return f"[{name}]" if ":" in name else name


def _bind(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    bound: list[socket.socket] = []
    try:
        for address in addresses:
            try:
                bound += bind_sockets(port, address)
            except OSError as error:
                if not bound or error.errno not in _NOT_HERE:  # a machine without IPv6
                    raise
    except OSError:
        for one in bound:
            one.close()
        raise
    return bound


def _refused(port: int, error: OSError) -> StorageError:
    cure = "; choose one above 1023 with --port" if error.errno == errno.EACCES else "; choose another --host"
    text = f"cannot listen at port {port}: {error.strerror}{cure}"
    return StorageError(Problem(Severity.FATAL, Place(""), "cannot-listen", text))


def _own_address() -> str:
    """Give the address that others reach this machine by; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_NOWHERE, 9))
        except OSError:
            return _LOCAL[0]
        return str(probe.getsockname()[0])

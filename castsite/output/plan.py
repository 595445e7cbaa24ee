"""Every output path before anything is written: each once, each possible on every system."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from operator import attrgetter

from msgspec import Struct

from castsite.artifact import Order, Publishable
from castsite.errors import Place, Problem, Severity, quote
from castsite.limits import Limits
from castsite.memory import Memory
from castsite.output.manifest import MANIFEST
from castsite.site.static import STATIC
from castsite.site.urls import DEFAULT_LIMITS, Claim, are_apart, clash_problems, clashes, path_fault

TEMPORARY = (".cs-", ".tmp")
"""How the names of unfinished files begin and end."""


class Plan(Struct, frozen=True):
    """Artifacts in the order in which they are published, and the problems of those that had to be left out."""

    artifacts: tuple[Publishable, ...] = ()
    problems: tuple[Problem, ...] = ()


def plan(artifacts: Iterable[Publishable], limits: Limits = DEFAULT_LIMITS, memory: Memory | None = None) -> Plan:
    """Give each path to one artifact; no body is called. Just the paths that the last build had are possible again.

    All clashes are told together, each naming both sources. The source that sorts later loses all of its files, so
    that no page is published without its recording. To find clashes before anything links to what loses, call
    `castsite.site.urls.clashes` on the paths of items; what is found here are those that nobody foresaw.
    """
    planned = list(artifacts)
    paths = [artifact.path for artifact in planned]
    judged, key = (memory or Memory()).store("paths", bool), _key(paths, limits)
    if judged.get("", key):
        return Plan(_in_order(planned))
    possible: list[Publishable] = []
    problems: list[Problem] = []
    for artifact in planned:
        fault = path_fault(artifact.path, limits) or _reserved(artifact.path)
        if fault:
            problems.append(_impossible(artifact, fault))
        else:
            possible.append(artifact)
    if are_apart([artifact.path for artifact in possible]):
        if not problems:
            judged.put("", key, value=True)
        return Plan(_in_order(possible), tuple(problems))
    found = clashes(Claim(artifact.path, artifact.owner) for artifact in possible)
    losers = {clash.lost.owner for clash in found}
    kept = [artifact for artifact in possible if artifact.owner not in losers]
    return Plan(_in_order(kept), (*problems, *clash_problems(found)))


def _key(paths: Iterable[str], limits: Limits) -> bytes:
    written = "\0".join((repr(limits), *paths))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).digest()


def _in_order(artifacts: list[Publishable]) -> tuple[Publishable, ...]:
    artifacts.sort(key=attrgetter("path"))
    artifacts.sort(key=attrgetter("order"))
    return tuple(artifacts)


def is_temporary(name: str) -> bool:
    """Whether a file has the name of an unfinished one."""
    return name.startswith(TEMPORARY[0]) and name.endswith(TEMPORARY[1])


def _reserved(path: str) -> str | None:
    if "." not in path:
        return None
    folded = path.casefold()
    if folded == MANIFEST:
        return "is the name of castsite's own list of files"
    for segment in folded.split("/") if folded[0] == "." or "/." in folded else ():
        if segment == ".git":
            return "lies in a git repository's own folder"
        if is_temporary(segment):
            return "has the name of an unfinished file"
    return None


def _impossible(artifact: Publishable, fault: str) -> Problem:
    is_item = artifact.order is not Order.ASSET and artifact.owner != f"{STATIC}/{artifact.path}"
    cure = "rename the source, or give it a slug:" if is_item else "rename the file"
    text = f"the output path {quote(artifact.path, 120)} {fault}; {cure}"
    return Problem(Severity.ERROR, Place(artifact.owner), "path-invalid", text)

"""The owner's list of findings that are no secrets: `secrets-allow.json`, beside `castsite.yml`, never published."""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec

from castsite.errors import ConfigError, Place, Problem, Severity, printable
from castsite.files import open_regular
from castsite.safety.gate import Allowed
from castsite.safety.secrets import masked
from castsite.schema.dates import parse_day
from castsite.schema.values import Allowance, Signed

ALLOW_LIST: Final = "secrets-allow.json"

_LARGEST: Final = 4 << 20
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A finding: by `source` and `where`, which any edit of the file ends, or by `hmac`, wherever its value stands."""

    rule: _Text
    reason: _Text
    source: Annotated[str, msgspec.Meta(pattern="^(sha256:[0-9a-f]{64})?\\Z")] = ""
    where: Annotated[str, msgspec.Meta(pattern="^([a-z]{1,8}(:[0-9]{1,9}){1,2}-[0-9]{1,9})?\\Z")] = ""
    hmac: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?\\Z")] = ""
    until: Annotated[str, msgspec.Meta(pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?\\Z")] = ""


@dataclass(frozen=True, slots=True)
class AllowList:
    """What an owner allows. `problems` are about entries that do not count."""

    places: tuple[Allowance, ...] = ()
    values: tuple[Signed, ...] = ()
    key: str = field(default="", repr=False)
    """the site's key, where values are signed with it"""
    problems: tuple[Problem, ...] = ()

    def of(self, digest: str, inline: tuple[Allowance, ...] = ()) -> Allowed:
        """Give what is allowed of the file with this SHA-256."""
        source = f"sha256:{digest}"
        return Allowed(inline, tuple(one for one in self.places if one.source == source), self.values, self.key)

    def stale(self, digests: Iterable[str]) -> Iterator[Problem]:
        """Tell of entries about files that are not there, or no longer as they were."""
        there = {f"sha256:{digest}" for digest in digests}
        for one in self.places:
            if one.source not in there:
                text = f"no file is what {one.rule} at {one.where} was allowed in ({one.reason}); remove the entry"
                yield Problem(Severity.WARNING, Place(ALLOW_LIST), "stale-allowance", text)


NOBODY: Final = AllowList()
"""No list at all."""


def read_allow_list(project: Path, *, key: str, now: datetime, signing: bool = False) -> AllowList:
    """Read the list of a project, if there is one. With `signing` all findings are signed. Raises ConfigError."""
    entries = read_entries(project)
    problems: list[Problem] = []
    kept = []
    for entry in entries:
        until = parse_day(entry.until) if entry.until else None
        if entry.until and until is None:
            raise _fault(f"{entry.until} is no date; write it as 2027-01-31")
        if until and until.moment + timedelta(days=1) <= now:
            text = f"{entry.rule}: ended on {entry.until} ({entry.reason}); remove the entry"
            problems.append(Problem(Severity.WARNING, Place(ALLOW_LIST), "stale-allowance", text))
        elif entry.hmac and not key:
            text = f"{entry.rule}: does not count without the site's key, which signs its value; set CASTSITE_KEY"
            problems.append(Problem(Severity.WARNING, Place(ALLOW_LIST), "no-site-key", text))
        else:
            kept.append(entry)
    places = tuple(Allowance(one.rule, one.where, one.source, one.reason) for one in kept if not one.hmac)
    values = tuple(Signed(one.rule, one.hmac) for one in kept if one.hmac)
    return AllowList(places, values, key if values or signing else "", tuple(problems))


def read_entries(project: Path) -> tuple[Entry, ...]:
    """Read the entries as they stand there. Raises ConfigError."""
    try:
        with os.fdopen(open_regular(project / ALLOW_LIST), "rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        if error.errno == errno.ENOENT and not os.path.lexists(project / ALLOW_LIST):
            return ()
        if error.errno in {errno.EINVAL, errno.ENOENT}:  # a link to nowhere is there as well
            problem = Problem(Severity.FATAL, Place(ALLOW_LIST), "not-a-file", "is not a regular file; remove it")
            raise ConfigError(problem) from error
        raise _fault(f"cannot be read: {error.strerror}") from error
    if len(data) > _LARGEST:
        raise _fault(f"larger than {_LARGEST >> 20} MiB")
    try:
        entries = msgspec.json.decode(data, type=tuple[Entry, ...])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        told = re.sub(r"^Object contains", "it contains", printable(str(error)))
        raise _fault(f"{told}; it is a list of {{rule, source, where, reason}} or {{rule, hmac, reason}}") from error
    for number, entry in enumerate(entries, 1):
        if bool(entry.hmac) == bool(entry.source and entry.where):
            raise _fault(f"entry {number}: give source and where, or hmac, and not both")
    return entries


def with_entry(project: Path, entry: Entry) -> bytes:
    """Give the bytes of the list with one more entry. Raises ConfigError."""
    entries = dict.fromkeys((*read_entries(project), entry))
    text = ",\n".join(f"  {json.dumps(msgspec.to_builtins(one), ensure_ascii=False)}" for one in entries)
    return f"[\n{text}\n]\n".encode()


def _fault(text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(ALLOW_LIST), "bad-allow-list", masked(text)))

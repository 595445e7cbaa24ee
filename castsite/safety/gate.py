"""What a credential leads to: the owner's policy about it, as messages that never tell the value."""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import accumulate
from typing import Final, Literal, NamedTuple

from castsite.cast.times import seconds_text
from castsite.errors import Place, Problem, Severity, quote
from castsite.safety.prints import print_of
from castsite.safety.scan import APART, Finding
from castsite.safety.secrets import CONTEXT, Class, Hit, Rule, find, masked, shipped
from castsite.safety.unmarked import decoded, readings, unmarked
from castsite.schema.nearest import did_you_mean
from castsite.schema.policy import SecretsPolicy
from castsite.schema.values import Allowance, Signed

FOUND: Final = "secret-found"
"""Code of the message about a credential; as an error it holds an item back."""

PERSONAL: Final = "personal"
"""Code of the message about what tells of a person."""

_TAKE_OUT: Final = {"text": "take it out", "name": "rename the file"}
"""Cures by channel, where nothing is ever masked."""
_BANDS: Final = ((16, "8–15"), (32, "16–31"), (64, "32–63"))

Action = Literal["block", "redact", "redacted", "warn", "allowed", "info", "off"]

_ID: Final = 6
"""Hexadecimal digits by which a finding is named."""


@lru_cache(maxsize=4)
def rules_of(policy: SecretsPolicy) -> tuple[Rule, ...]:
    """Give all rules that hold somewhere: shipped ones that are not off, and the owner's."""
    off = {name for name, word in policy.rules if word == "off"}
    return tuple(rule for rule in _all_rules(policy) if rule.name not in off)


def _all_rules(policy: SecretsPolicy) -> tuple[Rule, ...]:
    own = [
        Rule(one.id, one.rule_class, one.anchors, one.regex, anywhere=True)  # type: ignore[arg-type] # P, S or C
        for one in policy.custom
    ]
    return (*shipped(), *own)


def of_policy(policy: SecretsPolicy, where: Callable[..., Place]) -> Iterator[Problem]:
    """Tell what an owner should know of the policy; `where` gives the place of what is written by the keys to it."""
    if policy.policy == "off":
        text = "secrets: off: nothing is looked for; whatever stands in recordings and texts is published"
        yield Problem(Severity.WARNING, where("secrets", "policy"), "secrets-off", text)
        return
    classes = {CONTEXT: "C"} | {rule.name: rule.rule_class for rule in _all_rules(policy)}
    places = {switch.rule: partial(where, "secrets", "disable", ("rule", switch.rule)) for switch in policy.disable}
    places |= {name: partial(where, "secrets", "rules", name, of_key=True) for name, _ in policy.rules}
    for name, place in places.items():
        if name not in classes:
            cure = did_you_mean(name, classes) or "; take it out"
            text = f"secrets: there is no rule {quote(name)}, so that it has no effect{cure}"
            yield Problem(Severity.WARNING, place(), "unknown-rule", text)
    for name, word in policy.rules:
        if word == "off" and classes.get(name) in {"P", "S"}:
            text = f"secrets: {name} is off: what it would find is published"
            yield Problem(Severity.WARNING, where("secrets", "rules", name), "rule-off", text)


class Allowed(NamedTuple):
    """Findings of one file that somebody says are no secrets."""

    inline: tuple[Allowance, ...] = ()
    """by the file's own front matter, as far as the policy lets it"""
    owner: tuple[Allowance, ...] = ()
    """by the owner, of this file as it is"""
    values: tuple[Signed, ...] = ()
    """by the owner, wherever they stand"""
    key: str = ""
    """the site's key, with which values are signed; secret"""


class Told(NamedTuple):
    """A finding as it may be told: nothing of its value, but what all values that its rule finds begin with."""

    id: str
    rule: str
    rule_class: Class
    channel: str
    where: str
    time: int | None
    length: str
    shown: str
    places: int
    action: Action
    print: str = ""
    """hexadecimal, of a value of class C: by what it is known again in other recordings"""
    signature: str = ""
    """of rule and value under the site's key; nobody else can make it, or test guesses against it"""


class Looked(NamedTuple):
    """A file that was looked through, with the SHA-256 of its bytes, and what was found."""

    path: str
    digest: str
    findings: tuple[Told, ...]
    reason: str = ""
    """why it was not looked through to its end: budget, crash, unreadable"""
    recording: str = ""
    """of a recording with findings: SHA-256 of what follows its front matter"""


NOTHING: Final = Allowed()
"""No finding at all."""


_SETTLED: Final = {"allowed": "allowed", "redact": "masked", "redacted": "masked"}
"""What is said of a secret that nobody has to look at, by its action."""


def settled(looked: Iterable[Looked]) -> Iterator[Problem]:
    """Tell of all findings of secrets that nobody has to look at."""
    for file in looked:
        for one in file.findings:
            if said := _SETTLED.get(one.action):
                text = f"{one.rule} ({one.rule_class}) in {one.channel}, {_value(one)} ({one.where}): {said}"
                yield Problem(Severity.INFO, Place(masked(file.path)), one.action, text)


def by_file(looked: Iterable[Looked]) -> tuple[Looked, ...]:
    """Put together what was found in parts of one file."""
    found: dict[str, Looked] = {}
    for one in looked:
        known = found.get(one.path)
        if known:
            findings = tuple(dict.fromkeys((*known.findings, *one.findings)))
            recording = known.recording or one.recording
            one = known._replace(findings=findings, reason=known.reason or one.reason, recording=recording)  # noqa: PLW2901
        found[one.path] = one
    return tuple(found[path] for path in sorted(found))


def signature(key: str, rule: str, value: str) -> str:
    """Sign a value that a rule finds."""
    text = f"{rule}\0{''.join(value.split())}"
    return hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


class Gate:
    """The policy about one file, whose path is as messages have it; `source` is the SHA-256 of its bytes.

    `recording` is that of a recording without its front matter, by which that front matter can name it.
    """

    __slots__ = ("_allowed", "_policy", "_source", "_sources", "_switched", "path")

    def __init__(
        self,
        policy: SecretsPolicy,
        path: str,
        source: str = "",
        allowed: Allowed = NOTHING,
        *,
        recording: str = "",
    ) -> None:
        self._policy, self.path, self._source, self._allowed = policy, path, source, allowed
        self._sources = {f"sha256:{digest}" for digest in (source, recording) if digest}
        self._switched = frozenset(switch.rule for switch in policy.disable if path == switch.path)

    @property
    def is_open(self) -> bool:
        """Whether nothing is looked for."""
        return self._policy.policy == "off"

    def find(self, text: str) -> list[Hit]:
        """Give the credentials in a text that are not switched off."""
        hits = find(text, rules_of(self._policy))
        return [hit for hit in hits if self._action(hit.rule, hit.rule_class) != "off"]

    def severity(self, hit: Hit) -> Severity | None:
        """Say how bad it is where nothing is ever masked or allowed; None: not worth a word."""
        action = _unmasked(self._action(hit.rule, hit.rule_class), hit.rule_class)
        return {"block": Severity.ERROR, "warn": Severity.WARNING}.get(action)

    def judge(self, finding: Finding, value: str) -> Told:
        """Say what a finding leads to."""
        rule, rule_class, where = finding.rule, finding.rule_class, finding.where
        signed = signature(self._allowed.key, rule, value) if self._allowed.key else ""
        allowed = self._is_allowed(rule, rule_class, where, signed)
        return Told(
            hashlib.sha256(f"{self._source}\0{rule}\0{where}".encode()).hexdigest()[:_ID],
            rule,
            rule_class,
            finding.channel,
            where,
            finding.time,
            _length(finding.shown, finding.length),
            finding.shown,
            finding.places,
            "allowed" if allowed else self._action(rule, rule_class),
            print_of(value).hex() if rule_class == "C" else "",
            signed,
        )

    def _is_allowed(self, rule: str, rule_class: str, where: str, signed: str) -> bool:
        if any(one.rule == rule and hmac.compare_digest(one.signature, signed) for one in self._allowed.values):
            return True
        if any((one.rule, one.where) == (rule, where) for one in self._allowed.owner):
            return True
        return self._may_allow(rule_class) and any(
            (one.rule, one.where) == (rule, where) and one.source in self._sources for one in self._allowed.inline
        )

    def problems(self, told: Iterable[Told], *, held: bool = False) -> Iterator[Problem]:
        """Tell of findings in a recording that are neither allowed nor masked; `held`: something holds it back."""
        for one in told:
            if one.action in {"allowed", "redacted"} or (held and one.action == "info"):
                continue
            when = "" if one.time is None else f" at {seconds_text(one.time)}"
            more = f"; {one.places} places" if one.places > 1 else ""
            text = f"{one.rule} ({one.rule_class}) in {one.channel}{when}, {_value(one)}{more}"
            entry = any((each.rule, each.where) == (one.rule, one.where) for each in self._allowed.inline)
            note = ""
            if entry and not self._may_allow(one.rule_class):
                note = "; what is allowed here is the owner's to say (inline_allow)"
            yield self._problem(Place(self.path), one, f"{text} ({one.where}{note})", held=held)

    def stale(self, told: Iterable[Told]) -> Iterator[Problem]:
        """Tell of entries that allow nothing; `told` is all that is found."""
        met = {(one.rule, one.where) for one in told}
        for left in (*self._allowed.inline, *self._allowed.owner):
            text = ""
            if left.source not in self._sources:
                text = f"{left.rule} at {left.where} was allowed in another state of the recording; look at it again"
            elif (left.rule, left.where) not in met:
                text = f"nothing is found by {left.rule} at {left.where} of this source; remove the entry"
            if text:
                yield Problem(Severity.WARNING, Place(self.path), "stale-allowance", f"secrets: allow: {text}")

    def _may_allow(self, rule_class: str) -> bool:
        """Whether front matter may say that a finding is none."""
        return self._policy.inline_allow == "all" or (self._policy.inline_allow == "context" and rule_class == "C")

    def of_text(self, text: str, first_line: int = 1, values: Iterable[str] = ()) -> tuple[list[Told], list[Problem]]:
        """Judge what stands in a text of the site, which begins on a line of its file, and tell of it.

        It is looked at as it is written and as it is read, without its markup. `values` are what somebody else read in
        it, whose escapes are gone; what stands in one of them alone is told of at the first line.
        """
        told: list[Told] = []
        problems: list[Problem] = []
        if self.is_open:
            return told, problems
        others = (each for value in values for each in readings(value) if each not in text)
        looked = APART.join(dict.fromkeys((*readings(text), *others)))
        lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        met: set[tuple[str, str]] = set()
        for hit in self.find(looked):
            value = looked[hit.start : hit.end]
            row, place = bisect_right(lines, hit.start) - 1, hit.start
            if hit.start >= len(text):
                if (hit.rule, value) in met:
                    continue
                # where in its line it stands nobody knows: it is named by a place behind all of the text
                row = _row_of(value.strip().partition("\n")[0], text)
            else:
                place -= lines[row]
            met.add((hit.rule, value))
            line, column, size = first_line + row, place + 1, len(value)
            where = f"md:{line}:{column}-{column + size - 1}"
            column = column if hit.start < len(text) else 0
            finding = Finding(hit.rule, hit.rule_class, "text", None, size, hit.shown, where)
            one = _as_written(self.judge(finding, value))
            if one.action != "allowed":
                what = f"{one.rule} ({one.rule_class}), {_value(one)} ({one.where})"
                problems.append(self._problem(Place(masked(self.path), line, column), one, what))
            told.append(one)
        return told, problems

    def of_name(self) -> tuple[list[Told], list[Problem]]:
        """Judge what stands in the path itself, and tell of it without telling the path."""
        told: list[Told] = []
        problems: list[Problem] = []
        for hit in () if self.is_open else self.find(self.path):
            finding = Finding(hit.rule, hit.rule_class, "name", None, hit.end - hit.start, "", "name:0-0")
            one = _as_written(self.judge(finding, self.path[hit.start : hit.end]))
            if one.action != "allowed":
                text = f"{hit.rule} ({hit.rule_class}) in the name of a file"
                problems.append(self._problem(Place(self.path.partition("/")[0]), one, text))
            told.append(one)
        return told, problems

    def _problem(self, place: Place, one: Told, text: str, *, held: bool = False) -> Problem:
        if one.action == "info":
            return Problem(Severity.INFO, place, PERSONAL, f"{text}: published; redact: masks what nobody should see")
        text = f"{text}; id {one.id}"
        if one.action == "warn":
            told = "look whether it is a secret" if held else "published all the same; look whether it is a secret"
            return Problem(Severity.WARNING, place, FOUND, f"{text}: {told}")
        mask = ", or mask it (secrets: redact)" if self._policy.policy != "redact" else ""
        cure = f"revoke it and {_TAKE_OUT.get(one.channel, f'take it out{mask}')}"
        allow = f"castsite check --allow {one.id} --reason WHY"
        return Problem(Severity.ERROR, place, FOUND, f"{text}: held back; {cure}; if it is no secret: {allow}")

    def _action(self, rule: str, rule_class: str) -> Action:
        if rule_class == "I":
            return "info"
        if rule in self._switched:
            return "off"
        chosen = dict(self._policy.rules).get(rule)
        if chosen in {"block", "warn", "off"}:
            return chosen  # type: ignore[return-value] # one of these
        if self._policy.policy == "redact":
            return "redact"
        return "warn" if rule_class == "C" or self._policy.policy == "warn" else "block"


def _as_written(one: Told) -> Told:
    """Say what a finding leads to in what an author wrote."""
    return one._replace(action=_unmasked(one.action, one.rule_class))


def _unmasked(action: Action, rule_class: Class) -> Action:
    """Say what takes the place of an action where nothing is ever masked."""
    if action != "redact":
        return action
    return "warn" if rule_class == "C" else "block"


def _row_of(value: str, text: str) -> int:
    """Give the line of a text, from 0, in which a value is read; the first one where none is known."""
    lines = (line for read in (decoded(text), unmarked(text)) for line in enumerate(read.split("\n")))
    return next((at for at, line in lines if value in line), 0)


def _value(one: Told) -> str:
    """Say of a value what may be said: how it begins, or about how long it is."""
    return f'"{one.shown}" + {one.length} more' if one.shown else f"{one.length} characters"


def _length(shown: str, length: int) -> str:
    if shown:
        return str(length - len(shown))
    if length < 8:
        return "fewer than 8"
    return next((band for most, band in _BANDS if length < most), "64+")

"""What a credential leads to: the owner's policy about it, as messages that never tell the value."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Final, Literal

from castsite.cast.times import seconds_text
from castsite.errors import Place, Problem, Severity, quote
from castsite.safety.scan import Finding
from castsite.safety.secrets import CONTEXT, Hit, Rule, find, shipped
from castsite.schema.nearest import did_you_mean
from castsite.schema.policy import SecretsPolicy
from castsite.schema.values import Allowance

FOUND: Final = "secret-found"
"""Code of the message about a credential; as an error it holds an item back."""

_BANDS: Final = ((16, "8–15"), (32, "16–31"), (64, "32–63"))

Action = Literal["block", "redact", "warn", "off"]


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


def of_policy(policy: SecretsPolicy, path: str) -> Iterator[Problem]:
    """Tell what an owner should know of the policy written in the file `path`."""
    if policy.policy == "off":
        text = "secrets: off: nothing is looked for; whatever stands in recordings and texts is published"
        yield Problem(Severity.WARNING, Place(path), "secrets-off", text)
        return
    classes = {CONTEXT: "C"} | {rule.name: rule.rule_class for rule in _all_rules(policy)}
    for name in dict.fromkeys((*(name for name, _ in policy.rules), *(switch.rule for switch in policy.disable))):
        if name not in classes:
            near = did_you_mean(name, classes)
            text = f"secrets: there is no rule {quote(name)}{near or ''}; it has no effect"
            yield Problem(Severity.WARNING, Place(path), "unknown-rule", text)
    for name, word in policy.rules:
        if word == "off" and classes.get(name) in {"P", "S"}:
            text = f"secrets: {name} is off: what it would find is published"
            yield Problem(Severity.WARNING, Place(path), "rule-off", text)
    if policy.external:
        text = "secrets: external is checked, and has no effect in this version"
        yield Problem(Severity.WARNING, Place(path), "no-effect-yet", text)


class Gate:
    """The policy about one file, whose path is as messages have it."""

    __slots__ = ("_policy", "_switched", "path")

    def __init__(self, policy: SecretsPolicy, path: str) -> None:
        self._policy, self.path = policy, path
        self._switched = frozenset(switch.rule for switch in policy.disable if path.endswith(switch.path))

    @property
    def is_open(self) -> bool:
        """Whether nothing is looked for."""
        return self._policy.policy == "off"

    def find(self, text: str) -> list[Hit]:
        """Give the credentials in a text that are not switched off."""
        hits = find(text, rules_of(self._policy))
        return [hit for hit in hits if self._action(hit.rule, hit.rule_class) != "off"]

    def of_recording(
        self, findings: Iterable[Finding], allowed: Iterable[Allowance] = (), source: str = ""
    ) -> Iterator[Problem]:
        """Tell of what was found in a recording, but for what its author `allowed` of the `source` (its SHA-256)."""
        entries = {(one.rule, one.where): one for one in allowed if one.source == f"sha256:{source}"}
        stale = [one for one in allowed if one.source != f"sha256:{source}"]
        for one in findings:
            entry = entries.pop((one.rule, one.where), None)
            if entry and self._may_allow(one.rule_class):
                continue
            when = "" if one.time is None else f" at {seconds_text(one.time)}"
            more = f"; {one.places} places" if one.places > 1 else ""
            text = f"{one.rule} ({one.rule_class}) in {one.channel}{when}, {_told(one.shown, one.length)}{more}"
            note = "; what is allowed here is the owner's to say (inline_allow)" if entry else ""
            yield self._problem(Place(self.path), one.rule, one.rule_class, f"{text} ({one.where}{note})")
        for left in (*stale, *entries.values()):
            text = f"secrets: allow: nothing is found by {left.rule} at {left.where} of this source; remove the entry"
            yield Problem(Severity.WARNING, Place(self.path), "stale-allowance", text)

    def to_mask(
        self, scanned: Iterable[tuple[Finding, str]], allowed: Iterable[Allowance] = (), source: str = ""
    ) -> list[str]:
        """Give the values that are masked: those of findings by rules that redact, and that nobody may allow."""
        entries = {(one.rule, one.where) for one in allowed if one.source == f"sha256:{source}"}
        return [
            value
            for one, value in scanned
            if self._action(one.rule, one.rule_class) == "redact"
            and not ((one.rule, one.where) in entries and self._may_allow(one.rule_class))
        ]

    def _may_allow(self, rule_class: str) -> bool:
        """Whether front matter may say that a finding is none."""
        return self._policy.inline_allow == "all" or (self._policy.inline_allow == "context" and rule_class == "C")

    def of_text(self, text: str, first_line: int = 1) -> Iterator[Problem]:
        """Tell of what stands in a text of the site, which begins on a line of its file."""
        lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        for hit in () if self.is_open else self.find(text):
            row = bisect_right(lines, hit.start) - 1
            place = Place(self.path, first_line + row, hit.start - lines[row] + 1)
            told = f"{hit.rule} ({hit.rule_class}), {_told(hit.shown, hit.end - hit.start)}"
            yield self._problem(place, hit.rule, hit.rule_class, told)

    def of_name(self) -> Iterator[Problem]:
        """Tell of what stands in the path itself."""
        for hit in () if self.is_open else self.find(self.path):
            told = f"{hit.rule} ({hit.rule_class}) in the name of a file"
            folder = self.path.partition("/")[0]  # its name must not be told
            yield self._problem(Place(folder), hit.rule, hit.rule_class, told)

    def _problem(self, place: Place, rule: str, rule_class: str, text: str) -> Problem:
        action = self._action(rule, rule_class)
        if action == "warn" or (action == "redact" and rule_class == "C"):
            told = f"{text}: published all the same; look whether it is a secret"
            return Problem(Severity.WARNING, place, FOUND, told)
        cure = (
            f"revoke it and take it out; if it is no secret, say secrets: {{rules: {{{rule}: warn}}}} in castsite.yml"
        )
        return Problem(Severity.ERROR, place, FOUND, f"{text}: held back; {cure}")

    def _action(self, rule: str, rule_class: str) -> Action:
        if rule in self._switched:
            return "off"
        chosen = dict(self._policy.rules).get(rule)
        if chosen in {"block", "warn", "off"}:
            return chosen  # type: ignore[return-value] # one of these
        if self._policy.policy == "redact":
            return "redact"
        return "warn" if rule_class == "C" or self._policy.policy == "warn" else "block"


def _told(shown: str, length: int) -> str:
    """Say of a value what may be said: how it begins, or about how long it is."""
    if shown:
        return f'"{shown}" + {length - len(shown)} more'
    if length < 8:
        return "shorter than 8 characters"
    return f"{next((band for most, band in _BANDS if length < most), '64+')} characters"

"""Reader of findings that the author of a recording says are no secrets: `secrets: {allow: […]}`."""

from __future__ import annotations

from castsite.errors import Severity
from castsite.schema.dates import day
from castsite.schema.lists import list_of
from castsite.schema.reading import Key, Reading, Refusal, Schema, expected
from castsite.schema.texts import line, matching
from castsite.schema.tree import Fields, Node
from castsite.schema.values import Allowance

OWNER_ONLY = Refusal(Severity.ERROR, "owner-only", "belongs in the owner's configuration only, castsite.yml")
"""Said of what only `castsite.yml` may set: it would widen a limit, or change the whole site."""


def allowances(node: Node, reading: Reading) -> tuple[Allowance, ...] | None:
    """Read `{allow: [{rule, where, source, reason, until}, …]}`; a policy (`secrets: off`) is the owner's."""
    if isinstance(node, Fields):
        allowed: tuple[Allowance, ...] | None = _SECRETS.read(node, reading).values.get("allow")
        return allowed
    reading.note(OWNER_ONLY.severity, node.at, OWNER_ONLY.code, OWNER_ONLY.text)
    return None


def _allowance(node: Node, reading: Reading) -> Allowance | None:
    if not isinstance(node, Fields):
        reading.error(node.at, expected("{rule: …, where: …, source: …, reason: …}", node))
        return None
    values = _ALLOWANCE.read(node, reading).values
    missing = [key.name for key in _ALLOWANCE.keys if key.name not in values and key.name != "until"]
    if missing:
        reading.warn(node.at, f"does not count without {', '.join(missing)}")
        return None
    return Allowance(**values)


_ALLOWANCE = Schema(
    noun="key of an allowance",
    keys=(
        Key(
            "rule",
            matching(r"[a-z0-9-]{1,64}", "expected the name of a rule, such as jwt"),
            "name of a rule",
            "jwt",
            "The rule that found it.",
        ),
        Key(
            "where",
            matching(r"[a-z]{1,8}(?::[0-9]{1,9}){1,2}-[0-9]{1,9}", "expected a place, such as o:118:5-30"),
            "place",
            "o:118:5-30",
            "The place, as `castsite check --secrets` prints it.",
        ),
        Key(
            "source",
            matching(r"sha256:[0-9a-f]{64}", "expected sha256: and 64 hexadecimal digits"),
            "digest",
            "sha256:…",
            "The digest of the source file, so that an edit brings the finding back.",
        ),
        Key("reason", line(), "text", "expired", "Why it is no secret."),
        Key("until", day, "date", "2027-01-31", "The last day on which it counts."),
    ),
)
_SECRETS = Schema(
    noun="key of secrets",
    refused=dict.fromkeys(("policy", "rules", "disable", "custom", "external", "inline_allow"), OWNER_ONLY),
    keys=(
        Key(
            "allow",
            list_of(_allowance, lone=False, numbered="entry"),
            "list of allowances",
            "[{rule: jwt, where: …, source: …, reason: …}]",
            "Findings that are no secrets.",
        ),
    ),
)

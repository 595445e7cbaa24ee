"""What to do about secrets: the owner's policy, as a word or in detail."""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec import Struct

from castsite.schema.lists import list_of
from castsite.schema.patterns import pattern_fault
from castsite.schema.reading import Key, Reading, Schema, expected, mapping
from castsite.schema.texts import line, scalar, word_of
from castsite.schema.tree import Fields, Items, Node


class RuleSwitch(NamedTuple):
    """A rule of the secret scan that does not look at one path."""

    rule: str
    path: str


class CustomRule(NamedTuple):
    """A rule of the owner's: literal texts to look for first, a regular expression, a class (P, S or C)."""

    id: str
    anchors: tuple[str, ...]
    regex: str
    rule_class: str


class SecretsPolicy(Struct, frozen=True, kw_only=True):
    """What to do about secrets found in recordings."""

    policy: str = "fail"
    rules: tuple[tuple[str, str], ...] = ()
    """rule → block, warn or off"""
    disable: tuple[RuleSwitch, ...] = ()
    custom: tuple[CustomRule, ...] = ()
    external: tuple[str, ...] = ()
    inline_allow: str = "context"


def secrets(node: Node, reading: Reading) -> SecretsPolicy | None:
    """Read one word, or a mapping."""
    if not isinstance(node, Fields):
        policy = _POLICY(node, reading)
        return SecretsPolicy(policy=policy) if policy else None
    return SecretsPolicy(**SECRETS.read(node, reading).values)


def _rule_settings(node: Node, reading: Reading) -> tuple[tuple[str, str], ...] | None:
    """Read `{rule: block|warn|off}`; which rules there are is known where they are applied."""
    if not isinstance(node, Fields):
        reading.error(node.at, expected("rules such as {jwt: warn}", node))
        return None
    read = word_of(("block", "warn", "off"))
    pairs = ((name.value, read(value, reading.under(name.value[:40]))) for name, value in node.entries)
    return tuple((name, word) for name, word in pairs if word is not None)


def _rule_switch(node: Node, reading: Reading) -> RuleSwitch | None:
    values = mapping(_DISABLE, node, reading, needs=_DISABLE.names, example="{rule: jwt, path: demo.cast}")
    return RuleSwitch(**values) if values else None


def _custom_rule(node: Node, reading: Reading) -> CustomRule | None:
    example = "{id: ours, anchors: [tok_], regex: tok_[a-z]+, class: P}"
    values = mapping(_CUSTOM, node, reading, needs=_CUSTOM.names, example=example)
    return CustomRule(values["id"], values["anchors"], values["regex"], values["class"]) if values else None


def _anchors(node: Node, reading: Reading) -> tuple[str, ...] | None:
    texts = list_of(line())(node, reading)
    if isinstance(node, Items) and not node.items:
        reading.error(node.at, "expected at least one text: without one it is never tried")
        return None
    return texts


def _pattern(node: Node, reading: Reading) -> str | None:
    text = scalar(node, reading, "a regular expression")
    if text is None:
        return None
    if fault := pattern_fault(text):
        reading.error(node.at, f"not a regular expression: {fault}")
        return None
    return text


_POLICY: Final = word_of(("fail", "warn", "redact", "off"))
_DISABLE: Final = Schema(
    noun="key of disable",
    keys=(
        Key("rule", line(), "name of a rule", "jwt", "The rule."),
        Key("path", line(), "path", "demo.cast", "The file of the content folder that it does not look at."),
    ),
)
_CUSTOM: Final = Schema(
    noun="key of a rule",
    keys=(
        Key("id", line(), "name", "ours", "What findings are called."),
        Key(
            "anchors",
            _anchors,
            "list of text",
            "[tok_]",
            "Literal texts of which one stands in every finding; `regex` is tried only where there is one.",
        ),
        Key(
            "regex",
            _pattern,
            "regular expression",
            "tok_[a-z]{20}",
            "What a finding is; in class P no letter, digit or `_` stands beside it.",
        ),
        Key(
            "class",
            word_of(("P", "S", "C")),
            "P, S or C",
            "P",
            "What a finding leads to, as said of that class in [security](security.md#secrets).",
        ),
    ),
)
SECRETS: Final = Schema(
    noun="key of secrets",
    keys=(
        Key("policy", _POLICY, "fail, warn, redact or off", "fail", "What a finding leads to."),
        Key("rules", _rule_settings, "mapping", "{jwt: warn}", "Rule → block, warn or off."),
        Key(
            "disable",
            list_of(_rule_switch, lone=False),
            "list",
            "[{rule: jwt, path: demo.cast}]",
            "Rules off for a file.",
        ),
        Key(
            "custom",
            list_of(_custom_rule, lone=False),
            "list",
            "[{id: ours, anchors: [tok_], regex: 'tok_[a-z]{20}', class: P}]",
            "Rules of your own; see below.",
        ),
        Key(
            "external", list_of(line()), "list of commands", "[gitleaks dir]", "Other scanners, for `check --external`."
        ),
        Key(
            "inline_allow",
            word_of(("never", "context", "all")),
            "never, context or all",
            "context",
            "Which findings front matter may allow.",
        ),
    ),
)

"""Credentials that are none: made from the shapes of the rules by a seeded generator, never written down as a whole."""

from __future__ import annotations

import random
import re
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from castsite.safety.secrets import Rule, entropy, shipped

_LONGEST = 48
"""Repeats beyond what a shape needs."""


def token(rule: Rule, seed: int = 0) -> str:
    """Make a token of a rule's shape that is no placeholder."""
    chance = random.Random(f"{rule.name} {seed}")  # noqa: S311 - no secret is meant
    tree = parser.parse(rule.pattern)
    while True:
        made = _made(tree, chance)
        if entropy(made) >= 3 and not re.search(r"(?i)EXAMPLE|x{8,}|0{12,}|1234567890|abcdefghij", made):
            return made


def _made(tree: Any, chance: random.Random) -> str:
    return "".join(_one(kind, value, chance) for kind, value in tree)


def _one(kind: Any, value: Any, chance: random.Random) -> str:
    if kind is code.LITERAL:
        return chr(value)
    if kind is code.IN:
        return chance.choice(_members(value))
    if kind in {code.MAX_REPEAT, code.MIN_REPEAT}:
        least, most, tree = value
        count = chance.randint(least, min(most, max(least, _LONGEST)))
        return "".join(_made(tree, chance) for _ in range(count))
    if kind is code.SUBPATTERN:
        return _made(value[3], chance)
    if kind is code.BRANCH:
        return _made(chance.choice(value[1]), chance)
    raise AssertionError(kind)


def _members(value: Any) -> list[str]:
    found: list[str] = []
    for kind, what in value:
        if kind is code.RANGE:
            found += map(chr, range(what[0], what[1] + 1))
        elif kind is code.LITERAL:
            found.append(chr(what))
        elif kind is code.CATEGORY:
            found += "0123456789"
    return found


TOKENS = {rule.name: token(rule) for rule in shipped() if rule.rule_class == "P"}

"""What `castsite.yml` lets pages say, looked through for credentials as every other text of a site is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from castsite.config import CONFIG_NAMES, PUBLISHED_KEYS
from castsite.errors import Problem, Severity
from castsite.files import read_regular
from castsite.safety.gate import FOUND, Gate, Looked, Told
from castsite.schema.policy import SecretsPolicy
from castsite.schema.tree import Fields, Items, Node, Text, parse
from castsite.site.allowlist import AllowList

_BOM: Final = "\ufeff"


def look_at_settings(
    project: Path, policy: SecretsPolicy, allowed: AllowList
) -> tuple[tuple[Looked, ...], tuple[Problem, ...]]:
    """Look through the configuration of a project, as far as it is published; nothing, where there is no file."""
    for name in CONFIG_NAMES:
        try:
            source = read_regular(project / name)
        except OSError:
            continue
        digest = hashlib.sha256(source).hexdigest()
        gate = Gate(policy, name, digest, allowed.of(digest))
        told: list[Told] = []
        problems: list[Problem] = []
        root = parse(source.decode("utf-8", "replace").removeprefix(_BOM), path=name).root
        for text in _published(root):
            # columns are those of the file
            found, told_of = gate.of_text(" " * (text.at.column - 1) + text.value, text.at.line)
            told += found
            problems += told_of
        return (Looked(name, digest, tuple(told)),), tuple(problems)
    return (), ()


def says_a_secret(problem: Problem) -> bool:
    """Whether a problem is about what every page would tell."""
    return problem.severity is Severity.ERROR and problem.code == FOUND and problem.place.path in CONFIG_NAMES


def _published(root: Node | None) -> Iterator[Text]:
    for key, node in root.entries if isinstance(root, Fields) else ():
        if key.value in PUBLISHED_KEYS:
            yield from _texts(node)


def _texts(node: Node) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    elif isinstance(node, Items):
        for one in node.items:
            yield from _texts(one)
    else:
        for key, one in node.entries:
            yield key
            yield from _texts(one)

"""Tiny builders for what is published."""

from __future__ import annotations

from castsite.artifact import Artifact, Order
from castsite.output.plan import Plan, plan

Files = dict[str, bytes]


def order(path: str) -> Order:
    if path.startswith("assets/"):
        return Order.ASSET
    if path in {"index.html", "_headers"}:
        return Order.INDEX
    return Order.PAGE if path.endswith(".html") else Order.FILE


def artifact(path: str, body: bytes, *, key: str = "", owner: str = "") -> Artifact:
    return Artifact(path, order(path), owner or f"content/{path}", lambda: body, key)


def planned(files: Files, *, keyed: bool = False) -> Plan:
    made = plan(artifact(path, body, key=f"{path} {body.hex()}" if keyed else "") for path, body in files.items())
    assert not made.problems
    return made

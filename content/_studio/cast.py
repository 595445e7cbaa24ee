"""Events → an asciicast file of version 2 or 3."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from terminal import Event


def write(  # noqa: PLR0913 (one argument per fact of a header)
    events: Iterable[Event],
    *,
    version: int,
    size: tuple[int, int],
    title: str | None,
    timestamp: int,
    idle_limit: float | None,
    env: Mapping[str, str],
    front_matter: str = "",
) -> str:
    """Write a recording; front matter stands before the header, as castsite reads it."""
    facts: dict[str, object] = {"version": version}
    if version == 3:
        facts["term"] = {"cols": size[0], "rows": size[1], "type": env["TERM"]}
    else:
        facts |= {"width": size[0], "height": size[1]}
    facts["timestamp"] = timestamp
    if title is not None:
        facts["title"] = title
    if idle_limit is not None:
        facts["idle_time_limit"] = idle_limit
    facts["env"] = {"SHELL": env["SHELL"]} if version == 3 else {"SHELL": env["SHELL"], "TERM": env["TERM"]}
    lines = (_line(event) for event in (_relative(events) if version == 3 else events))
    block = f"---\n{front_matter.strip()}\n---\n" if front_matter else ""
    return block + json.dumps(facts, ensure_ascii=False) + "\n" + "".join(lines)


def _relative(events: Iterable[Event]) -> Iterator[Event]:
    """Version 3 counts from the event before; whole milliseconds, so that nothing adds up."""
    before = 0
    for event in events:
        now = round(event.time * 1000)
        yield event._replace(time=(now - before) / 1000)
        before = now


def _line(event: Event) -> str:
    return json.dumps([round(event.time, 3), event.code, event.data], ensure_ascii=False) + "\n"

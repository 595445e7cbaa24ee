"""What may pass from somebody's content to a reader, and the answer when it may not. Pure: values in, values out."""

from __future__ import annotations

from typing import NamedTuple


class Refused(NamedTuple):
    """Something that is not let through. `reason` reads on after "… is refused: " and is safe to print."""

    reason: str

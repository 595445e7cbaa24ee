"""Keys that are checked today and act in a later version: the only place that says so.

The documentation marks them, and a build tells who writes them. Whoever makes a key act takes its name out of here.
"""

from __future__ import annotations

from typing import Final

UNUSED_IN_FRONT_MATTER: Final = frozenset(
    {
        "extra",
    }
)

UNUSED_IN_CONFIG: Final = frozenset(
    {
        "extra",
    }
)

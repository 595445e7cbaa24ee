"""Regular expressions that somebody wrote: whether they compile, never whether they match."""

from __future__ import annotations

import re
import warnings
from typing import Final

from castsite.errors import printable

PATTERN_LIMIT: Final = 1000
"""Characters of a pattern."""


def pattern_fault(pattern: str) -> str | None:
    """Tell why a pattern cannot be used, None when it can."""
    if len(pattern) > PATTERN_LIMIT:
        return f"{len(pattern)} characters; at most {PATTERN_LIMIT}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return printable(str(error), 80)
    return None

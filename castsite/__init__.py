"""castsite: a static-site generator and self-hosted gallery for terminal recordings."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_PUBLIC = {"build": "castsite.build", "load_config": "castsite.config", "CastsiteError": "castsite.errors"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Fetch what is public when it is asked for, so that `castsite --help` need not."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415 - the same

    found = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = found  # `build` would be the module from now on: an import sets it in its package
    return found

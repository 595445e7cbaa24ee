"""Recordings as files of their own, made of values alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gallery
from builders import cast
from gallery import TOUR, recording

from castsite.analysis.model import Analysis
from castsite.export.offline import offline
from castsite.export.take import Take
from castsite.render.assets import make_assets, shipped_files
from castsite.render.choices import Choices, choices
from castsite.render.images.palette import PALETTES


def take(of: Analysis = TOUR, *, data: str = "", base_url: str | None = None, **changes: Any) -> Take:
    """What is exported; `changes` are those of the recording."""
    return Take(
        recording=recording(changes.pop("slug", "demo/tour"), of, **changes),
        cast=cast(),
        data=(data or gallery.cast_file(of)).encode(),
        analysis=of,
        palette=PALETTES["asciinema"],
        base_url=base_url,
    )


def offline_file(
    taken: Take,
    *,
    theme: str = "default",
    language: str = "en",
    chosen: Choices | None = None,
    files: Mapping[str, bytes] | None = None,
) -> str:
    """The file in a shipped theme; `files` are there besides its own, or instead."""
    themed = gallery.shipped_theme(theme, language)
    templates, assets = gallery.theme_files(theme, language)
    if files:
        assets = make_assets({**shipped_files(), **themed.read_static(), **files})
    made = offline(taken, templates=templates, assets=assets, choices=chosen or choices(themed), language=language)
    return made.decode()

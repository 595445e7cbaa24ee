"""The transcript, or the commands, as captions: for players of video, and for readers of films made of a recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final

from castsite.analysis.model import Captions, Cue
from castsite.export.take import Made, Take
from castsite.limits import SECOND
from castsite.render.captions import captions_file
from castsite.render.encode import plain

LONGEST: Final = 8 * SECOND
"""Microseconds that a caption stays when nothing comes after it."""


def vtt(take: Take) -> Made:
    """Write WebVTT: of each moment the lines that appeared then, or the commands alone."""
    found = take.analysis
    if take.looks.commands_only:
        said = [(command.time, command.text) for command in found.shown_commands]
    else:
        said = [(line.time, line.text) for line in found.lines]
    end = found.duration + take.looks.last_frame
    return Made(captions_file(Captions("", tuple(_cues(said, end)))))


def _cues(said: Sequence[tuple[int, str]], end: int) -> Iterator[Cue]:
    """Give the captions; the last one stays as long as the last picture of a film does, so that it can be read."""
    shown = [(time, plain(text)) for time, text in said if plain(text).strip()]
    moments = [(time, "\n".join(map(itemgetter(1), group))) for time, group in groupby(shown, itemgetter(0))]
    for (time, text), (until, _) in pairwise([*moments, (max(end, SECOND), "")]):
        yield Cue(time, max(time + 1000, min(until, time + LONGEST)), text)

"""Footage as pictures made of pixels: each row is drawn once, and put together with others again and again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image

from castsite.analysis.model import Style
from castsite.errors import Problem, Severity
from castsite.export.footage import Footage, film
from castsite.export.take import Take, told
from castsite.render.encode import clock
from castsite.render.images.cells import look_of
from castsite.render.images.raster import Rasteriser, grid
from castsite.render.images.svg import FONT_SIZE, PADDING
from castsite.render.images.typefaces import missing

FPS: Final = 10
SLOWER: Final = (5, 2)
"""Pictures a second that are tried when there would be too many."""

MOST: Final = 1_500_000_000
"""Pixels of all pictures of a film together."""

_PICTURE: Final = 32_000_000
"""Pixels of one picture."""
_SHEET: Final = 6_000_000
"""Pixels of the rows from which a palette is chosen."""
_ROWS: Final = 96 << 20
"""Bytes of drawn rows that are kept."""
_SAMPLED: Final = 160
"""Rows from which a palette is chosen."""


class Pixels(Struct, frozen=True):
    """Footage with what draws it."""

    footage: Footage
    rasteriser: Rasteriser

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of every picture."""
        cell, around = self.rasteriser.grid, 2 * self.border
        return self.footage.cols * cell.width + around, self.footage.rows * cell.height + around

    def is_too_large(self, count: int) -> bool:
        """Whether so many pictures of it are more than can be made."""
        width, height = self.size
        return width * height > _PICTURE or count * width * height > MOST

    @property
    def border(self) -> int:
        """Pixels around the screen: as much of a letter as around that of a player."""
        return round(self.rasteriser.grid.size * PADDING / FONT_SIZE)

    def row(self, number: int) -> Image.Image:
        """Draw a row in true colour."""
        return self.rasteriser.row(self.footage.lines[number])

    def still(self, shot: int) -> Image.Image:
        """Draw one picture."""
        picture = Image.new("RGB", self.size, self.rasteriser.palette.background)
        for at, number in enumerate(self.footage.shots[shot].rows):
            picture.paste(self.row(number), self._place(at))
        return picture

    def _place(self, row: int) -> tuple[int, int]:
        return self.border, self.border + row * self.rasteriser.grid.height

    def palette(self, colours: int) -> Image.Image:
        """Choose colours by what the rows look like; those of the terminal itself are exact."""
        width, height = self.rasteriser.cols * self.rasteriser.grid.width, self.rasteriser.grid.height
        sample = self._sample(max(1, min(_SAMPLED, _SHEET // (width * height))))
        sheet = Image.new("RGB", (width, height * len(sample)))
        for at, number in enumerate(sample):
            sheet.paste(self.row(number), (0, at * height))
        found = sheet.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        return _with_exact(found, self._named(), colours)

    def _sample(self, most: int) -> list[int]:
        """Choose rows to choose colours by: those that show a style first, then some of all."""
        first: dict[Style, int] = {}
        for number, runs in enumerate(self.footage.lines):
            for run in runs:
                first.setdefault(run.style, number)
        styled = list(dict.fromkeys(first.values()))[:most]
        filled = [number for number, runs in enumerate(self.footage.lines) if runs]
        step = max(1, -(-len(filled) // max(1, most - len(styled))))
        return list(dict.fromkeys([*styled, *filled[::step]]))[:most] or [0]

    def _named(self) -> list[str]:
        """Give the terminal's own colours that are used, background and foreground first."""
        palette, bright = self.rasteriser.palette, self.rasteriser.bold_is_bright
        styles = {run.style for runs in self.footage.lines for run in runs}
        looks = (look_of(style, bright) for style in sorted(styles, key=repr))
        used = (paint for look in looks for paint in (look.ink, look.area or "B") if paint[0] not in "#FB")
        return [palette.background, palette.foreground, *(palette.colours[int(paint)] for paint in dict.fromkeys(used))]

    def films(self, draw: Callable[[int], Image.Image], mode: str, ground: int | str) -> Iterator[Image.Image]:
        """Give one picture after the other; it is the same object, and is to be copied by who keeps it.

        `draw` draws a row by its number, `ground` is what stands where nothing is.
        """
        picture = Image.new(mode, self.size, ground)
        shown: tuple[int, ...] = (0,) * self.footage.rows
        for shot in self.footage.shots:
            for at, number in enumerate(shot.rows):
                if number != shown[at]:
                    picture.paste(draw(number), self._place(at))
            shown = shot.rows
            yield picture

    def kept(self, draw: Callable[[int], Image.Image], depth: int) -> Callable[[int], Image.Image]:
        """Keep as many drawn rows as there is room for; `depth` is bytes of a pixel."""
        most = _ROWS // (self.size[0] * self.rasteriser.grid.height * depth)
        return lru_cache(maxsize=max(most, self.footage.rows))(draw)


def stays(footage: Footage, last_frame: int, unit: int = 1000, shortest: int = 1) -> list[int]:
    """Give for how many units (microseconds) each shot stays; times are rounded, not their differences.

    None is shorter than `shortest` units: what comes after a shorter one comes as much later, until time has caught up.
    """
    found, at = [], 0
    for end in footage.ends(last_frame):
        until = max(at + shortest, round(end / unit))
        found.append(until - at)
        at = until
    return found


def moving(take: Take) -> tuple[Pixels | None, tuple[Problem, ...]]:
    """Do the same as `filmed`, without long pauses: what moves by itself cannot be wound.

    Raises TerminalError.
    """
    found, problems = filmed(take)
    return found and replace(found, footage=found.footage.without_pauses(take.looks.idle)), problems


def filmed(take: Take) -> tuple[Pixels | None, tuple[Problem, ...]]:
    """Take the pictures of a recording, fewer a second where there would be too many; None where there still are.

    Raises TerminalError.
    """
    asked = take.looks.fps_cap or FPS
    problems = _unknown(take)
    for fps in (asked, *(slower for slower in SLOWER if slower < asked)):
        footage = film(take.cast, fps=fps)
        if footage is None:
            continue
        found = pixels(take, footage)
        width, height = found.size
        if not found.is_too_large(len(footage.shots)):
            if fps != asked:
                text = f"{asked} pictures a second are too many for {width}×{height} pixels; {fps} are taken"
                problems += (told(take, Severity.WARNING, "export-slower", text),)
            return found, problems
    return None, (*problems, too_large(take))


def too_large(take: Take) -> Problem:
    """Say that there are too many pictures, or too large ones."""
    size, length = f"{take.analysis.max_cols}×{take.analysis.max_rows}", clock(take.analysis.duration)
    text = (
        f"{length} of a terminal of {size} are more pictures than can be made;"
        " export a part of it (castsite export --select), or smaller letters (--font-size)"
    )
    return told(take, Severity.ERROR, "export-too-large", text)


def pixels(take: Take, footage: Footage) -> Pixels:
    """Give what draws footage as a take is to look."""
    cell = grid(take.looks.font_size, take.looks.line_height)
    return Pixels(footage, Rasteriser(cell, footage.cols, take.palette, take.bold_is_bright))


def _unknown(take: Take) -> tuple[Problem, ...]:
    letters = missing(letter for line in take.analysis.lines for letter in line.text)
    if not letters:
        return ()
    shown = ", ".join(f"U+{ord(letter):04X}" for letter in letters[:8]) + (" …" if len(letters) > 8 else "")
    text = f"no typeface has {shown}; boxes stand for {'it' if len(letters) == 1 else 'them'}"
    return (told(take, Severity.WARNING, "missing-glyphs", text),)


def _with_exact(found: Image.Image, named: Iterable[str], colours: int) -> Image.Image:
    """Put the terminal's own colours in place of what comes nearest to them."""
    raw = (found.getpalette() or [])[: colours * 3]
    entries = [tuple(raw[at : at + 3]) for at in range(0, len(raw), 3)]
    wanted = list(dict.fromkeys(tuple(bytes.fromhex(colour[1:])) for colour in named))
    for exact in wanted:
        free = [at for at, entry in enumerate(entries) if entry not in wanted]
        if exact not in entries and free:
            entries[min(free, key=lambda at: math.dist(entries[at], exact))] = exact
        # Pillow takes what comes nearest to a colour without its last two bits: nothing may be nearer than the colour
        base = tuple(part & ~3 for part in exact)
        near = math.dist(exact, base)
        entries = [exact if one not in wanted and math.dist(one, base) <= near else one for one in entries]
    made = Image.new("P", (1, 1))
    made.putpalette([part for entry in entries for part in entry])
    return made

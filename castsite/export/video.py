"""A recording as MP4 or WebM, by an ffmpeg on PATH: it gets one picture after the other, at an even pace."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Final

from PIL import Image

from castsite.errors import Severity
from castsite.export.footage import Footage
from castsite.export.pixels import FPS, MOST, SLOWER, Pixels, filmed, too_large
from castsite.export.take import Made, Take, told
from castsite.limits import SECOND

PROGRAM: Final = "ffmpeg"

_SECONDS: Final = 600
"""After which a film is given up."""

_UNSIGNED: Final = ("-bsf:v", "filter_units=remove_types=6")  # without what x264 says of itself
_CODECS: Final = {
    "mp4": ("libx264", "-preset", "medium", "-crf", "20", "-tune", "animation", "-movflags", "+faststart", *_UNSIGNED),
    "webm": ("libvpx-vp9", "-b:v", "0", "-crf", "32", "-deadline", "realtime", "-cpu-used", "8"),
}
_STRIP: Final = 16
"""Rows of pixels below each picture, which are cut off again; what is the same as before, they too, is left out.

They change where a picture is to be kept: mpdecimate looks at whole blocks, and at none of the eight leftmost columns.
"""
_ONCE: Final = "mpdecimate=hi=1:lo=1:frac=0,crop=iw:ih-{}:0:0"
_EVEN: Final = "pad=ceil(iw/2)*2:ceil(ih/2)*2"  # as these codecs have it
_MATRIX: Final = "scale=out_color_matrix=bt709:out_range=tv"
_COLOURS: Final = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
"""Said in the film: players that are not told guess by its height, and show other colours where they are wrong."""
_SAME: Final = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1")
"""No date, and the same on any number of processors."""


def mp4(take: Take) -> Made:
    """Make an MP4 with H.264. Raises TerminalError."""
    return _video(take, "mp4")


def webm(take: Take) -> Made:
    """Make a WebM with VP9. Raises TerminalError."""
    return _video(take, "webm")


def _video(take: Take, kind: str) -> Made:
    program = shutil.which(PROGRAM)
    if program is None:
        text = f"there is no ffmpeg on PATH, which makes {kind}; install it, or ask for gif, webp or anim.svg"
        return Made(None, (told(take, Severity.ERROR, "no-ffmpeg", text),))
    pixels, problems = filmed(take)
    if pixels is None:
        return Made(None, problems)
    width, height = pixels.size
    asked = take.looks.fps_cap or FPS
    for fps in (asked, *(slower for slower in (*SLOWER, 1) if slower < asked)):
        counts = [*_ticks(pixels.footage, fps, take.looks.last_frame)]
        if sum(counts) * width * height <= 4 * MOST:  # the same picture again costs little
            break
    else:
        return Made(None, (*problems, too_large(take)))
    with tempfile.TemporaryDirectory(prefix="castsite-") as folder:
        target = Path(folder) / f"film.{kind}"
        command = [
            *(program, "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height + _STRIP}"),
            *("-r", str(fps), "-i", "-", "-vf", f"{_ONCE.format(_STRIP)},{_EVEN},{_MATRIX}"),
            *("-fps_mode", "vfr", "-pix_fmt", "yuv420p", *_COLOURS),
            *("-c:v", *_CODECS[kind], *_SAME, str(target)),
        ]
        try:
            said = _fed(command, _pictures(pixels, counts, fps))
        except OSError as error:
            said = error.strerror or type(error).__name__
        if said is not None or not target.is_file() or not target.stat().st_size:
            text = f"ffmpeg made no {kind}: {said or 'it said nothing'}"
            return Made(None, (*problems, told(take, Severity.ERROR, "ffmpeg-failed", text)))
        return Made(target.read_bytes(), problems)


def _fed(command: list[str], pictures: Iterator[bytes]) -> str | None:
    """Run a program on pictures; where it fails, give the last line it said."""
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told)  # noqa: S603 - found on PATH, numbers
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        clock = Timer(_SECONDS, process.kill)
        clock.start()
        try:
            with process.stdin as pipe:
                for picture in pictures:
                    pipe.write(picture)
            process.wait()
        except BrokenPipeError:
            process.wait()  # it says why
        finally:
            clock.cancel()
            failed = process.poll() != 0
            process.kill()
            process.wait()
        told.seek(0)
        lines = told.read().decode("utf-8", "replace").strip().splitlines()
    return (lines[-1] if lines else "it gave up") if failed else None


def _ticks(footage: Footage, fps: int, last_frame: int) -> Iterator[int]:
    """Give for how many pictures of the film each shot stays; a short one may be left out, but for the last."""
    at, ends = 0, footage.ends(last_frame)
    for number, end in enumerate(ends, 1):
        until = max(at + (number == len(ends)), round(end * fps / SECOND))
        yield until - at
        at = until


def _pictures(pixels: Pixels, counts: list[int], fps: int) -> Iterator[bytes]:
    """Give the film in pieces; of what stays one picture a second is kept, and the last one, which ends the film."""
    strips = [bytes([shade]) * (_STRIP * pixels.size[0] * 3) for shade in (0, 255)]
    draw = pixels.kept(pixels.row, 3)
    films: Iterator[Image.Image] = pixels.films(draw, "RGB", pixels.rasteriser.palette.background)
    kept, left = 0, sum(counts)
    for picture, count in zip(films, counts, strict=True):
        data = picture.tobytes() if count else b""
        for at in range(count):
            left -= 1
            kept += at % fps == 0 or not left
            yield data
            yield strips[kept % 2]

"""The sound of a recording as it is played: as it is, or moved with the recording by an ffmpeg on PATH.

What is cut or shortened is cut out of the sound too, sample by sample, and what runs faster keeps its pitch.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from castsite.limits import SECOND

PROGRAM: Final = "ffmpeg"

_SECONDS: Final = 600
"""After which it is given up."""

_CODECS: Final = {
    ".mp3": ("libmp3lame", "-q:a", "4", "-f", "mp3"),
    ".aac": ("aac", "-b:a", "128k", "-f", "adts"),
    ".ogg": ("libvorbis", "-q:a", "4", "-f", "ogg"),
    ".wav": ("pcm_s16le", "-f", "wav"),
    ".flac": ("flac", "-f", "flac"),
    ".m4a": ("aac", "-b:a", "128k", "-movflags", "+faststart", "-f", "ipod"),
    ".weba": ("libopus", "-b:a", "96k", "-f", "webm"),
}
_SAME: Final = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
_SLOWEST, _FASTEST = 0.5, 100.0
"""What one `atempo` of ffmpeg takes."""

Pace = tuple[tuple[int, int], ...]
"""Moments of the source and when each is played, microseconds; from one to the next time runs evenly."""


class SoundError(Exception):
    """A sound cannot be moved; the text says why."""


class Run(NamedTuple):
    """What is played in one go: from and to on the source's timeline, and for how long, microseconds."""

    parts: tuple[tuple[int, int], ...]
    played: int

    @property
    def factor(self) -> float:
        """How many times as fast as recorded it is played."""
        return sum(end - start for start, end in self.parts) / self.played


def runs(pace: Pace) -> Iterator[Run]:
    """Put together what is played one after the other at one speed; what is not played is left out."""
    parts: list[tuple[int, int]] = []
    played = 0
    for (start, at), (end, until) in pairwise(pace):
        length = until - at
        if not length:
            continue
        whole = sum(stop - begin for begin, stop in parts)
        if parts and abs((end - start) * played - whole * length) > 2 * max(whole, played, end - start):
            yield Run(tuple(parts), played)
            parts, played = [], 0
        if parts and parts[-1][1] == start:
            parts[-1] = parts[-1][0], end
        else:
            parts.append((start, end))
        played += length
    if parts:
        yield Run(tuple(parts), played)


def moved(data: bytes, pace: Pace, ending: str) -> bytes:
    """Move a sound with its recording. Raises SoundError."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise SoundError("there is no ffmpeg on PATH to do the same to the sound; install it")
    with tempfile.TemporaryDirectory(prefix="castsite-") as name:
        folder = Path(name)
        (folder / "source").write_bytes(data)
        end = str(pace[-1][0] / SECOND)
        plain, played, target = folder / "plain.wav", folder / "played.wav", folder / f"target{ending}"
        _run(program, "-i", str(folder / "source"), "-vn", "-t", end, "-c:a", "pcm_s16le", *_SAME, str(plain))
        try:
            _cut(program, plain, played, pace)
        except (wave.Error, EOFError) as error:
            raise SoundError(f"ffmpeg made no sound of it: {error}") from error
        _run(program, "-i", str(played), "-c:a", *_CODECS[ending], *_SAME, str(target))
        return target.read_bytes()


def _cut(program: str, source: Path, target: Path, pace: Pace) -> None:
    """Write what is played of a sound that lies there as samples."""
    with wave.open(str(source), "rb") as heard, wave.open(str(target), "wb") as written:
        written.setparams(heard.getparams())
        for run in runs(pace):
            if abs(run.factor - 1) < 1e-6:
                written.writeframes(_frames(heard, run))
            else:
                written.writeframes(_faster(program, heard, run, target.parent))


def _frames(heard: wave.Wave_read, run: Run) -> bytes:
    rate, taken = heard.getframerate(), []
    for start, end in run.parts:
        first = min(start * rate // SECOND, heard.getnframes())
        heard.setpos(first)
        taken.append(heard.readframes(end * rate // SECOND - first))
    return b"".join(taken)


def _faster(program: str, heard: wave.Wave_read, run: Run, folder: Path) -> bytes:
    """Give a stretch at another speed, exactly as long as it is played."""
    frames = _frames(heard, run)
    width = heard.getnchannels() * heard.getsampwidth()
    known = len(frames) // width
    if not known:
        return b""
    slow, fast = folder / "slow.wav", folder / "fast.wav"
    with wave.open(str(slow), "wb") as written:
        written.setparams(heard.getparams())
        written.writeframes(frames)
    tempo = ",".join(f"atempo={factor:.9f}" for factor in _steps(run.factor))
    _run(program, "-i", str(slow), "-af", tempo, "-c:a", "pcm_s16le", *_SAME, str(fast))
    with wave.open(str(fast), "rb") as found:
        made = found.readframes(found.getnframes())
    whole = sum(end - start for start, end in run.parts) * heard.getframerate() // SECOND
    due = run.played * heard.getframerate() // SECOND * min(known, whole) // max(whole, 1) * width
    return made[:due].ljust(due, b"\0")


def _steps(factor: float) -> Iterator[float]:
    while factor > _FASTEST:
        yield _FASTEST
        factor /= _FASTEST
    while factor < _SLOWEST:
        yield _SLOWEST
        factor /= _SLOWEST
    yield factor


def _run(program: str, *arguments: str) -> None:
    command = [program, "-v", "error", "-nostdin", "-y", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - found on PATH
    except subprocess.TimeoutExpired as error:
        raise SoundError(f"ffmpeg was not done after {_SECONDS} s") from error
    except OSError as error:
        raise SoundError(f"ffmpeg did not start: {error.strerror}") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SoundError(f"ffmpeg made no sound of it: {lines[-1] if lines else 'it said nothing'}")

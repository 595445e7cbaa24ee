"""Pictures that move, and social cards: seconds and sizes, against svg-term-cli and Pillow's own GIF writer.

    python benchmarks/exports.py [--tools FOLDER] [FILE…]

Without files, recordings are made from a seed. svg-term-cli (`npm install svg-term-cli`) is looked for below the folder
of tools. Its time is that of its process, less what Node takes to start; castsite's is that of the work alone, from the
events on. Frame times of the GIF are compared with those of the recording.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import recordings
from build import conclude
from PIL import Image

from castsite.analysis.analyse import analyse
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.cast.write import write
from castsite.export.gif import gif
from castsite.export.kinds import moving_svg
from castsite.export.pixels import moving, stays
from castsite.export.png import apng
from castsite.export.take import Looks, Take
from castsite.export.webp import webp
from castsite.limits import KIB, SECOND, Limits
from castsite.render.images.card import Sheet, recording_card
from castsite.render.images.palette import PALETTES

ROUNDS = 5
OURS: dict[str, Callable[[Take], Any]] = {"anim.svg": moving_svg, "gif": gif, "apng": apng, "webp": webp}


def take(data: bytes, name: str) -> Take:
    source = read(data, path=name).cast
    assert source is not None, f"{name} cannot be read"
    cast = prepare(source, idle_limit=2 * SECOND, limits=Limits(), path=name).cast
    assert cast is not None
    recording: Any = SimpleNamespace(source=name, title=name, slug=name)
    looks = Looks(font_size=14)
    return Take(
        recording=recording,
        cast=cast,
        data=write(cast),
        analysis=analyse(cast),
        palette=PALETTES["asciinema"],
        looks=looks,
    )


def timed(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Median of seconds, and what came of it."""
    found, result = [], None
    for _ in range(rounds):
        begun = time.perf_counter()
        result = work()
        found.append(time.perf_counter() - begun)
    return statistics.median(found), result


def by_pillow(of: Take) -> bytes:
    """The same pictures, written by Pillow's own GIF writer with one palette of 128 colours."""
    pixels, _ = moving(of)
    assert pixels is not None
    palette = pixels.palette(128)
    pictures = [
        pixels.still(shot).quantize(palette=palette, dither=Image.Dither.NONE)
        for shot in range(len(pixels.footage.shots))
    ]
    file = BytesIO()
    times = [units * 10 for units in stays(pixels.footage, of.looks.last_frame, 10_000, 2)]
    pictures[0].save(
        file, "GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0, optimize=False, disposal=1
    )
    return file.getvalue()


def by_svg_term(program: Path, of: Take, folder: Path) -> bytes:
    source, target = folder / "in.cast", folder / "out.svg"
    source.write_bytes(of.data)
    subprocess.run([program, "--in", source, "--out", target, "--window=false"], check=True, capture_output=True)
    return target.read_bytes()


def furthest(of: Take) -> float:
    """By how many milliseconds a frame of the GIF, as it is read again, is shown too early or too late."""
    pixels, _ = moving(of)
    assert pixels is not None
    wanted, at, worst = [shot.time / 1000 for shot in pixels.footage.shots], 0.0, 0.0
    with Image.open(BytesIO(gif(of).data or b"")) as film:
        for number in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(number)
            worst = max(worst, min(abs(at - time) for time in wanted))
            at += film.info["duration"]
    return worst


def measured(of: Take, name: str, program: Path | None, start: float) -> dict[str, tuple[float, int]]:
    """Seconds and bytes of everything."""

    def card() -> bytes:
        return recording_card(of.analysis.poster, of.palette, Sheet(name, "0:33", of.analysis.activity[:9]))

    found = {kind: timed(lambda make=make: make(of).data) for kind, make in OURS.items()}  # type: ignore[misc]
    found |= {"Pillow": timed(lambda: by_pillow(of), 1), "card": timed(card, 20)}
    if program:
        with tempfile.TemporaryDirectory() as folder:
            seconds, made = timed(lambda: by_svg_term(program, of, Path(folder)), 1)
        found["svg-term"] = seconds - start, made
    return {kind: (seconds, len(made or b"")) for kind, (seconds, made) in found.items()}


def compared(found: dict[str, tuple[float, int]]) -> dict[str, float]:
    """What one recording says of the claims; the largest of each counts, so what is to be large is negative."""
    told = {
        "gif: seconds": found["gif"][0],
        "card: seconds": found["card"][0],
        "gif ÷ Pillow's own: bytes": found["gif"][1] / found["Pillow"][1],
        "card: KiB": found["card"][1] / KIB,
    }
    if "svg-term" in found:
        told["svg-term ÷ anim.svg: seconds, least"] = -found["svg-term"][0] / found["anim.svg"][0]
        told["anim.svg ÷ svg-term: bytes"] = found["anim.svg"][1] / found["svg-term"][1]
    return told


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--tools", type=Path, help="folder that peers were installed into")
    options = parser.parse_args()
    given = [(path.name, path.read_bytes()) for path in options.files] or list(recordings.generate(1, 3, 40_000))
    program = next(options.tools.rglob("node_modules/.bin/svg-term"), None) if options.tools else None
    start = timed(lambda: subprocess.run(["node", "-e", "0"], check=True), 3)[0] if program else 0.0
    print(f"{'recording':34}{'what':10}{'seconds':>9}{'KiB':>9}")
    worst: dict[str, list[float]] = {}
    for name, data in given:
        of = take(data, name)
        found = measured(of, name, program, start)
        for kind, (seconds, size) in found.items():
            print(f"{name[:33]:34}{kind:10}{seconds:9.3f}{size / KIB:9.1f}", flush=True)
        for what, value in compared(found).items():
            worst.setdefault(what, []).append(value)
        worst.setdefault("gif: a frame is off by, ms", []).append(furthest(of))
    goals = {
        "gif: seconds": "≤ 1.5",
        "card: seconds": "≤ 0.02",
        "gif ÷ Pillow's own: bytes": "≤ 1.2",
        "gif: a frame is off by, ms": "≤ 5",
        "card: KiB": "≤ 60",
        "svg-term ÷ anim.svg: seconds, least": "≥ 100",
        "anim.svg ÷ svg-term: bytes": "< 1",
    }
    for what, values in worst.items():
        conclude(what, abs(max(values)), goals.get(what, ""))


if __name__ == "__main__":
    main()

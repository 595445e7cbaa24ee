"""How fast recordings are understood, and next to what: CPU seconds of one process, all contestants in turn.

    python benchmarks/transcript.py [--corpus DIRECTORY] [--generated COUNT] [--prototype FILE] [--rounds N]

Contestants, on the same parsed recordings:

    engine      all output fed to the terminal engine, nothing read: the floor
    transcript  lines with times
    analyse     lines, commands, chapters, poster and activity
    prototype   `transcript` of another file, if one is named
    pyte        lines seen after any event with pyte, on the recordings that are small enough for it

The median of the rounds is shown. Ratios of one run hold on any machine, seconds do not.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyte
from build import conclude
from recordings import generate

from castsite.analysis.analyse import analyse
from castsite.analysis.transcript import transcript
from castsite.cast.compressed import inflate
from castsite.cast.events import OUTPUT, RESIZE, Cast
from castsite.cast.read import read
from castsite.cast.timeline import prepare
from castsite.limits import Limits
from castsite.terminal import Screen

LIMITS: Final = Limits()
SMALL: Final = 60_000
"""Characters below which a recording is given to pyte."""

Work = Callable[[Cast], object]


class Contestant(NamedTuple):
    name: str
    work: Work
    casts: Sequence[Cast]


def main() -> None:
    options = _options()
    sets = []
    if options.corpus:
        sets.append(("corpus", _casts(_files(options.corpus))))
    if options.generated:
        sets.append((f"generated, seed {options.seed}", _casts(generate(options.seed, options.generated))))
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())}, Python {sys.version.split()[0]}, CPU time")
    for name, casts in sets:
        _run(name, casts, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast recordings are understood")
    parser.add_argument("--corpus", type=Path, help="folder with files/ of real recordings")
    parser.add_argument("--generated", type=int, default=60, help="number of synthetic recordings")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prototype", type=Path, help="a Python file with transcript(cols, rows, events)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-pyte", action="store_true")
    return parser.parse_args()


def _files(corpus: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((corpus / "files").iterdir()):
        yield path.name, path.read_bytes()


def _casts(files: Iterable[tuple[str, bytes]]) -> list[Cast]:
    """Read what can be read, as it would be published."""
    casts = []
    for name, source in files:
        cast = read(inflate(source, path=name, limits=LIMITS).data, path=name).cast
        ready = prepare(cast, limits=LIMITS, path=name).cast if cast else None
        if ready:
            casts.append(ready)
    return casts


def _run(name: str, casts: list[Cast], options: argparse.Namespace) -> None:
    characters = sum(map(_characters, casts))
    gc.collect()
    gc.freeze()  # as in a worker, which holds one recording: no contestant pays for all the others
    print(f"\n{name}: {len(casts)} recordings, {characters / 1e6:.1f} million characters of output")
    contestants = [
        Contestant("engine", _engine, casts),
        Contestant("transcript", transcript, casts),
        Contestant("analyse", analyse, casts),
    ]
    if options.prototype:
        contestants.append(_prototype(options.prototype, casts))
    _table(contestants, options.rounds)
    if not options.no_pyte:
        some = [cast for cast in casts if 0 < _characters(cast) < SMALL and _survives(cast)]
        print(f"{len(some)} of them, below {SMALL:,} characters")
        _table([Contestant("transcript", transcript, some), Contestant("pyte", _pyte, some)], options.rounds)


def _table(contestants: Sequence[Contestant], rounds: int) -> None:
    seconds: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for _ in range(rounds):
        for name, work, casts in contestants:
            start = time.process_time()
            for cast in casts:
                work(cast)
            seconds[name].append(time.process_time() - start)
    ours = statistics.median(seconds["transcript"])
    print(f"{'':12}{'seconds':>9}{'ms each':>9}{'MB/s':>8}{'÷ transcript':>14}")
    for name, _, casts in contestants:
        median = statistics.median(seconds[name])
        size = sum(map(_characters, casts)) / 1e6
        print(f"{name:12}{median:9.3f}{median / len(casts) * 1e3:9.2f}{size / median:8.1f}{median / ours:14.2f}")
        if name == "pyte":
            conclude("transcript: seconds of pyte ÷ castsite", median / ours)


def _characters(cast: Cast) -> int:
    return sum(len(event.data) for event in cast.events if event.code == OUTPUT)


def _engine(cast: Cast) -> None:
    """Feed in pieces of the size that a window has at most."""
    screen = Screen(cast.header.cols, cast.header.rows)
    waiting: list[str] = []
    for event in cast.events:
        if event.code == OUTPUT:
            waiting.append(event.data)
        if len(waiting) >= 64 or event.code == RESIZE:
            screen.feed("".join(waiting))
            waiting.clear()
        if event.code == RESIZE:
            screen.resize(*event.size)
    screen.feed("".join(waiting))


def _prototype(path: Path, casts: Sequence[Cast]) -> Contestant:
    spec = importlib.util.spec_from_file_location("prototype", path)
    if spec is None or spec.loader is None:
        sys.exit(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["prototype"] = module
    spec.loader.exec_module(module)
    events = {id(cast): _in_seconds(cast, module) for cast in casts}

    def work(cast: Cast) -> object:
        return module.transcript(cast.header.cols, cast.header.rows, events[id(cast)])

    return Contestant("prototype", work, casts)


def _in_seconds(cast: Cast, module: Any) -> list[Any]:  # noqa: ANN401 - a module chosen on the command line
    shown = (event for event in cast.events if event.code in {OUTPUT, RESIZE})
    return [module.Event(event.time / 1e6, event.code, event.data) for event in shown]


def _pyte(cast: Cast) -> dict[str, int]:
    """Lines with the time they were first seen: after each event the rows that it changed are read."""
    screen = pyte.Screen(cast.header.cols, cast.header.rows)
    stream = pyte.Stream(screen)
    lines: dict[str, int] = {}
    for moment, code, data in cast.events:
        if code == OUTPUT:
            stream.feed(data)
        elif code == RESIZE:
            cols, _, rows = data.partition("x")
            screen.resize(int(rows), int(cols))
        for row in screen.dirty:
            cells = screen.buffer[row]
            text = "".join([cells[col].data for col in range(screen.columns)]).rstrip()
            if text:
                lines.setdefault(text, moment)
        screen.dirty.clear()
    return lines


def _survives(cast: Cast) -> bool:
    try:
        _pyte(cast)
    except (TypeError, IndexError, ValueError, KeyError):  # what pyte does not understand
        return False
    return True


if __name__ == "__main__":
    main()

"""A gallery of pictures, built cold by castsite and by sigal, and again after one was added.

    python benchmarks/pictures.py [--count N] [--rounds N] [--tools FOLDER]

Pictures are PNG files of 800 × 500 from a seed, made with the standard library. sigal shrinks each of them and makes a
page for it; castsite has a post for each, and publishes the picture without what a camera wrote into it. So they do
not do the same work: the table says what each way to show pictures costs. sigal (`pip install sigal`) is looked for as
`peers.py` looks for its peers.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Final

import peers
from build import SHARED_MEMORY, conclude

WIDTH, HEIGHT = 800, 500
SIGAL: Final = "source = 'pictures'\ndestination = 'public'\ntheme = 'galleria'\nthumb_size = (280, 210)\n"


def picture(number: int) -> bytes:
    """Make a picture that no other one equals: a few rectangles of one colour."""
    rng = random.Random(number)  # noqa: S311 - the same every time
    rows = [bytearray(bytes(rng.randrange(256) for _ in range(3)) * WIDTH) for _ in range(HEIGHT // 50)]
    raw = b"".join(b"\0" + bytes(rows[at // 50]) for at in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    parts = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def add(folder: Path, name: str, number: int) -> None:
    """Add a picture to the project of a contestant."""
    place = folder / "pictures" if name == "sigal" else folder / "content" / "posts"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"picture-{number:05}.png").write_bytes(picture(number))
    if name == "castsite":
        text = f"---\ntitle: Picture {number}\ndate: 2020-01-01\n---\n![Rectangles](picture-{number:05}.png)\n"
        (place / f"picture-{number:05}.md").write_text(text, encoding="utf-8")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", type=Path, help="folder that peers were installed into")
    options = parser.parse_args()
    contestants = (
        peers.Peer("castsite", "", ("-m", "castsite", "build"), peers.CASTSITE, lambda _: "", ()),
        peers.Peer("sigal", "sigal", ("build", "--quiet"), {"sigal.conf.py": SIGAL}, lambda _: "", ()),
    )
    commands = dict(peers.found(contestants, options.tools))
    memory = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="castsite-bench-") as name:
        seconds = measure(Path(name), commands, options.count, options.rounds)
    print(f"{options.count} pictures{'cold, s':>12}{'one added, s':>14}")
    for who, (cold, added) in seconds.items():
        print(f"{who:12}{cold:12.2f}{added:14.2f}")
    if "sigal" in seconds:
        conclude("pictures, cold: castsite ÷ sigal, seconds", seconds["castsite"][0] / seconds["sigal"][0])
        conclude("pictures, one added: castsite ÷ sigal, seconds", seconds["castsite"][1] / seconds["sigal"][1])


def measure(
    folder: Path, commands: dict[peers.Peer, list[str]], count: int, rounds: int
) -> dict[str, tuple[float, float]]:
    """Give medians of seconds: cold, and after one picture was added."""
    found: dict[str, list[tuple[float, float]]] = {peer.name: [] for peer in commands}
    for number in range(rounds):
        for peer, command in commands.items():
            site = folder / peer.name
            shutil.rmtree(site, ignore_errors=True)
            for at in range(count):
                add(site, peer.name, at)
            peers.project(peer, site, ())
            cold = peers.build(command, site).wall
            add(site, peer.name, count + number)
            found[peer.name].append((cold, peers.build(command, site).wall))
    return {
        name: (statistics.median(a for a, _ in runs), statistics.median(b for _, b in runs))
        for name, runs in found.items()
    }


if __name__ == "__main__":
    main()

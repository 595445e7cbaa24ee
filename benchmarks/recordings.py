"""Synthetic recordings for all benchmarks: the same bytes for the same seed, shaped like what people publish.

    python benchmarks/recordings.py SEED COUNT DIRECTORY

A recording is a sequence of scenes: commands typed at a prompt with a line editor's bracketed paste, coloured logs,
progress bars, full-screen programs, text in wide characters. Sizes are log-normal. Characters per event and pauses
were compared with public recordings of 60 to 900 KB: median 42 characters an event, mean 75 (95 %: 170, 99 %: 1,024,
the size of one read from a pseudo-terminal), median pause 0.1 ms (90 %: 60 ms, 99 %: 2.8 s).
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

SPREAD: Final = 1.1
"""Standard deviation of the logarithm of the size."""
LARGEST: Final = 15
"""Sizes are cut off at this many times the mean."""
READ: Final = 1024
"""Bytes a recorder reads from the terminal at once."""

SIZES: Final = ((80, 24), (80, 24), (100, 30), (120, 36), (120, 30), (142, 40), (96, 26), (170, 45))
SYLLABLES: Final = re.findall("..", "baconderefigrahoinkalomenoropraquirestatriunverwaexyozulinasidomupe")
PROGRAMS: Final = ("git", "make", "cargo", "npm", "docker", "kubectl", "python", "pytest", "ls", "cat", "ssh", "go")
VERBS: Final = ("Compiling", "Checking", "Building", "Downloading", "Unpacking", "Fetching", "Installing", "Testing")
WIDE: Final = (
    "録画端末文字検索時刻日本語表示画面命令行列保存再生共有公開設定開始終了確認結果成功失敗한국어터미널녹화검색"
)
EMOJI: Final = "🚀✨📦🔧✅🐛🔥📝"
ESC: Final = "\x1b"
RESET: Final = f"{ESC}[0m"


class Tape:
    """A recording in the making: a clock in microseconds, and the lines written so far."""

    def __init__(self, rng: random.Random, cols: int, rows: int, goal: int) -> None:
        self.rng, self.cols, self.rows, self.goal = rng, cols, rows, goal
        self.clock = 0
        self.size = 0
        self.lines: list[str] = []
        self.buffered = rng.random() < 0.4
        self.bracketed = rng.random() < 0.6
        self.user = f"{word(rng)}@{word(rng)}"
        self.vocabulary = [word(rng) for _ in range(rng.randint(300, 1500))]

    def wait(self, seconds: float) -> None:
        """Let about this much time pass; pauses have a long tail."""
        self.clock += int(seconds * 1e6 * self.rng.expovariate(1.0)) + 1

    def out(self, text: str) -> None:
        """Write one event."""
        self._line("o", text)

    @property
    def full(self) -> bool:
        return self.size >= self.goal

    def parts(self, *texts: str) -> None:
        """Write one thing: in several events, a fraction of a millisecond apart, where the program has no buffer."""
        for text in ("".join(texts),) if self.buffered else texts:
            self.out(text)
            self.wait(0.0002)

    def burst(self, text: str) -> None:
        """Write much at once: it arrives in reads of a fixed size, a fraction of a millisecond apart."""
        for start in range(0, len(text), READ):
            self.wait(0.0002)
            self.out(text[start : start + READ])

    def _line(self, code: str, data: str) -> None:
        line = f'[{self.clock / 1e6:.6f}, "{code}", {json.dumps(data, ensure_ascii=False)}]\n'
        self.lines.append(line)
        self.size += len(line) if line.isascii() else len(line.encode())

    def mark(self, label: str) -> None:
        self._line("m", label)

    def words(self, count: int) -> str:
        return " ".join(self.rng.choices(self.vocabulary, k=count))


def word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.choice((1, 2, 2, 3, 3, 4))))


def sgr(rng: random.Random) -> str:
    """A colour: mostly of the 16, some of the 256, some true colour."""
    kind = rng.random()
    if kind < 0.7:
        return f"{ESC}[{rng.choice(('', '1;'))}{rng.randint(31, 37)}m"
    if kind < 0.9:
        return f"{ESC}[38;5;{rng.randint(16, 255)}m"
    return f"{ESC}[38;2;{rng.randint(0, 255)};{rng.randint(0, 255)};{rng.randint(0, 255)}m"


def type_command(tape: Tape) -> None:
    """A prompt, a command typed key by key, Enter."""
    rng = tape.rng
    prompt = f"{ESC}]0;{tape.user}: ~{chr(7)}{ESC}[01;32m{tape.user}{RESET}:{ESC}[01;34m~/{tape.vocabulary[0]}{RESET}$ "
    tape.out((f"{ESC}[?2004h" if tape.bracketed else "") + prompt)
    tape.wait(0.8)
    command = f"{rng.choice(PROGRAMS)} {rng.choice(('', '-v ', '--all ', 'run '))}{tape.words(rng.randint(1, 4))}"
    for char in command:
        if rng.random() < 0.02:
            tape.out("x")
            tape.wait(0.15)
            tape.out("\b\x1b[K")
        tape.out(char)
        tape.wait(0.09)
    tape.wait(0.3)
    tape.out(f"{ESC}[?2004l\r\r\n" if tape.bracketed else "\r\n")
    tape.wait(0.03)


def listing(tape: Tape) -> None:
    """Plain output in one burst, as `ls` or `cat` give it."""
    rng = tape.rng
    text = [
        f"-rw-r--r-- 1 {rng.randint(100, 999999):8} {tape.words(rng.randint(1, 9))}.{rng.choice('chmpy')}\r\n"
        for _ in range(rng.randint(3, 40))
    ]
    tape.burst("".join(text))
    tape.wait(0.5)


def log(tape: Tape) -> None:
    """A coloured log: a line an event, most of them at once, some after a pause."""
    rng = tape.rng
    pace = rng.choice((0.0002, 0.0002, 0.002, 0.02))
    together = rng.choice((1, 1, 1, 3, 6))
    for number in range(rng.randint(20, 150)):
        if tape.full:
            break
        lines = [
            f"{sgr(rng)}{rng.choice(VERBS):>12}{RESET} {rng.choice(tape.vocabulary)} v{rng.randint(0, 9)}.{number} "
            f"({sgr(rng)}{tape.words(rng.randint(2, 9))}{RESET})\r\n"
            for _ in range(together)
        ]
        tape.parts(*lines)
        tape.wait(pace if rng.random() < 0.97 else 0.3)


def progress(tape: Tape) -> None:
    """A bar that redraws its line."""
    rng, width = tape.rng, min(40, tape.cols - 40)
    name, step = rng.choice(tape.vocabulary), rng.randint(1, 5)
    for percent in range(0, 101, step):
        if tape.full:
            break
        done = percent * width // 100
        tape.parts(
            f"\r{ESC}[K{name[:12]:12} ",
            f"{ESC}[32m{'█' * done}{ESC}[90m{'░' * (width - done)}{RESET} {percent:3}% {rng.uniform(0.1, 99):.1f} MB/s",
        )
        tape.wait(0.08)
    tape.out("\r\n")


def wide(tape: Tape) -> None:
    """Text in characters of two cells, and signs that take several code points."""
    rng = tape.rng
    for _ in range(rng.randint(5, 40)):
        text = "".join(rng.choices(WIDE, k=rng.randint(5, tape.cols // 2 + 8)))
        tape.out(f"{rng.choice(EMOJI)} {sgr(rng)}{text}{RESET}\r\n")
        tape.wait(0.003)


def _status(tape: Tape) -> str:
    text = f" {tape.words(3)} {tape.rng.randint(0, 10_000)}"[: tape.cols]
    return f"{ESC}[{tape.rows};1H{ESC}[7m{text:{tape.cols}}{RESET}"


def monitor(tape: Tape) -> None:
    """A full-screen program: the whole screen painted, then parts of it again and again."""
    rng = tape.rng
    tape.out(f"{ESC}[?1049h{ESC}[22;0;0t{ESC}[?25l")
    while not tape.full and rng.random() < 0.8:
        page = [f"{ESC}[H{ESC}[2J"]
        for row in range(1, tape.rows):
            text = f"{row:4} {tape.words(rng.randint(1, tape.cols // 9))}"[: tape.cols - 2]
            page.append(f"{ESC}[{row};1H{sgr(rng)}│{RESET}{text}{ESC}[K")
        tape.burst("".join([*page, _status(tape)]))
        tape.wait(0.8)
        for _ in range(rng.randint(2, 8)):
            if tape.full:
                break
            cells = [(rng.randint(1, tape.rows - 1), rng.randint(5, tape.cols // 2)) for _ in range(rng.randint(1, 6))]
            values = [f"{ESC}[{row};{col}H{sgr(rng)}{rng.uniform(0, 100):5.1f}%{RESET}" for row, col in cells]
            tape.parts(*values, _status(tape))
            tape.wait(0.12)
    tape.out(f"{ESC}[?25h{ESC}[?1049l")


def editor(tape: Tape) -> None:
    """A full-screen editor: typing in the middle, the row painted anew for each key, scrolling inside margins."""
    rng = tape.rng
    tape.out(f"{ESC}[?1049h{ESC}[1;{tape.rows - 1}r{ESC}[H{ESC}[2J")
    tape.burst("".join(f"{ESC}[{row};1H{ESC}[94m~{RESET}" for row in range(1, tape.rows)) + _status(tape))
    while not tape.full and rng.random() < 0.9:
        row, line = rng.randint(1, tape.rows - 2), f"    {tape.words(rng.randint(3, 8))}"[: tape.cols - 10]
        for end in range(1, len(line)):
            if tape.full:
                break
            key = f"{ESC}[?25l{ESC}[{row};1H{ESC}[33m{row:4} {RESET}{line[:end]}"
            tape.parts(key, f"{ESC}[K", f"{ESC}[{row};{end + 6}H{ESC}[?25h")
            tape.wait(0.07)
        tape.out(f"{ESC}[{tape.rows - 1};1H\n{_status(tape)}")
        tape.wait(0.4)
    tape.out(f"{ESC}[r{ESC}[?1049l")


def clear(tape: Tape) -> None:
    tape.out(f"{ESC}[H{ESC}[2J{ESC}[3J")
    tape.wait(0.4)


Scene = Callable[[Tape], None]
SHELL: Final[tuple[Scene, ...]] = (listing, listing, log, progress, progress, clear, wide)
BUILD: Final[tuple[Scene, ...]] = (log, log, log, progress, progress, listing)
SCREENS: Final[tuple[Scene, ...]] = (monitor, monitor, monitor, editor, listing, progress)


def recording(rng: random.Random, size: int) -> bytes:
    """One asciicast v2 of about `size` bytes."""
    cols, rows = rng.choice(SIZES)
    tape = Tape(rng, cols, rows, size)
    header = {
        "version": 2, "width": cols, "height": rows, "timestamp": 1_700_000_000 + rng.randrange(50_000_000),
        "env": {"SHELL": "/bin/bash", "TERM": "xterm-256color"},
    }  # fmt: skip
    scenes = rng.choices((SHELL, BUILD, SCREENS), (35, 20, 45))[0]
    marked = rng.random() < 0.05
    while not tape.full:
        if marked:
            tape.mark(tape.words(2))
        type_command(tape)
        rng.choice(scenes)(tape)
    tape.out("exit\r\n")
    return (json.dumps(header) + "\n" + "".join(tape.lines)).encode()


def sizes(rng: random.Random, count: int, mean: int) -> list[int]:
    """Log-normal sizes, scaled so that their mean is the one asked for."""
    drawn = [min(rng.lognormvariate(0.0, SPREAD), LARGEST) for _ in range(count)]
    scale = mean * count / sum(drawn)
    return [max(500, int(size * scale)) for size in drawn]


def generate(seed: int, count: int, mean_size: int = 180_000) -> Iterator[tuple[str, bytes]]:
    """Give `count` recordings as (file name, bytes of an asciicast v2), mean size about `mean_size` bytes."""
    for number, size in enumerate(sizes(random.Random(seed), count, mean_size)):  # noqa: S311 - not a secret
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - not a secret
        yield f"{number:05}-{word(rng)}.cast", recording(rng, size)


def main(seed: str, count: str, directory: str) -> None:
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in generate(int(seed), int(count)):
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])

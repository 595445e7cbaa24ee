"""The section about what a terminal can show."""

from __future__ import annotations

from scenes.scene import Reel
from typist import DOWN, UP, Typist

REEL = Reel(timestamp=1788771600)  # 2026-09-07 09:00 UTC


@REEL.scene("terminal/colours", folder="palette", props="palette", size=(84, 26))
def colours(p: Typist) -> None:
    """Show sixteen colours, two hundred and fifty-six, sixteen million."""
    p.run("./styles", look=2.2)
    p.run("for i in {0..15}; do printf '\\e[48;5;%dm %2d \\e[0m' $i $i; done; echo", look=2.4)
    p.run("printf '\\e[31mred\\e[0m and \\e[1;32mbold green\\e[0m\\n'", look=2.0)
    p.run("clear; ./cube", look=3.0)
    p.run("./rainbow", look=3.4)


@REEL.scene("terminal/wide-characters", folder="greetings", props="greetings", version=3)
def wide_characters(p: Typist) -> None:
    """Print characters that take two columns, one, or none."""
    p.run("cat greetings.txt", look=2.6)
    p.run("column -t -s $'\\t' greetings.txt", look=2.6)
    p.run("./widths 'aé漢가👋'", look=3.0)
    p.run("./widths $'e\\u0301'", look=2.8)
    p.run("printf '日本' | wc -m -c", look=2.2)
    p.run("printf '┌────┐\\n│日本│\\n└────┘\\n'", look=2.6)


@REEL.scene(
    "terminal/resize",
    folder="window",
    props="window",
    version=3,
    size=(80, 20),
    front_matter="""
    title: When the window changes its size
    description: >
      A recording may hold resizes, and the player follows them. A shell's lines are wrapped anew by the terminal
      itself; a program that draws the whole screen is told by the signal `SIGWINCH` and draws again, here from
      a `trap` of a small shell script. `stty size` says what the system believes: rows first, then columns.
    tags: [terminal, resize, signals]
    weight: 3
    """,
)
def resize(p: Typist) -> None:
    """Make the window narrower, wider, taller: under lines, and under a full screen."""
    p.run("stty size", look=1.0)
    p.run("cat long.txt", look=2.2)
    p.mark("Narrower")
    p.resize(50, 20, look=2.2)
    p.run("stty size", look=1.2)
    p.mark("Wider")
    p.resize(100, 24, look=2.2)
    p.mark("A program that draws again")
    p.start("./frame", look=1.8)
    for cols, rows in ((90, 22), (76, 19), (60, 16), (72, 20), (84, 24)):
        p.resize(cols, rows, look=1.1)
    p.read(1.2)
    p.keys("q", pause=0.3)
    p.wait_for(r"\$ $")
    p.read(0.8)
    p.run("stty size", look=1.4)


@REEL.scene("terminal/monitor", folder="jobs", props="jobs", size=(76, 18), title="A monitor for six jobs")
def monitor(p: Typist) -> None:
    """Steer a full-screen program by keys."""
    p.start("python3 jobs.py", look=3.0)
    p.keys(DOWN, pause=0.3)
    p.keys(DOWN, pause=0.6)
    p.keys(" ", pause=2.4)
    p.keys("s", pause=2.6)
    p.keys("s", pause=1.0)
    p.keys(" ", pause=2.0)
    p.keys(UP, pause=0.4)
    p.keys("s", pause=9.0)
    p.keys("q", pause=0.5)
    p.wait_for(r"\$ $")
    p.read(1.0)

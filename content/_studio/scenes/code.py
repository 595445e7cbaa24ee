"""The section about writing, building and testing programs."""

from __future__ import annotations

from scenes.scene import Reel
from typist import CTRL, ENTER, ESC, Typist

REEL = Reel(timestamp=1787562000)  # 2026-08-24 09:00 UTC

PYTHON = r">>> $"
CONTINUED = r"\.\.\. $"


@REEL.scene("code/vim", folder="menu", props="menu", version=3, size=(72, 20))
def vim(p: Typist) -> None:
    """Correct a menu: six things vim does well."""
    p.start("vim menu.txt", look=1.6)
    p.mark("Move by search")
    p.type("/bred")
    p.keys(ENTER, pause=1.0)
    p.mark("Change a word")
    p.keys("cw", pause=0.3)
    p.type("bread")
    p.keys(ESC, pause=1.0)
    p.keys("2j0wb", pause=0.5)
    p.keys("j", pause=0.5)
    p.keys("cw", pause=0.3)
    p.type("dessert")
    p.keys(ESC, pause=0.6)
    p.keys("lx", pause=1.0)
    p.mark("Move a line")
    p.keys("dd", pause=0.9)
    p.keys("p", pause=1.2)
    p.mark("Undo and redo")
    p.keys("uu", pause=0.9)
    p.keys(CTRL["r"] + CTRL["r"], pause=1.2)
    p.mark("Replace everywhere")
    p.type(":%s/kitchen/stove/g")
    p.keys(ENTER, pause=1.6)
    p.keys("u", pause=1.2)
    p.mark("A column at a time")
    p.keys("3G0" + CTRL["v"] + "4j", pause=0.8)
    p.keys("I", pause=0.2)
    p.type("- ")
    p.keys(ESC, pause=1.6)
    p.type(":wq")
    p.enter()
    p.read(0.6)
    p.run("cat menu.txt", look=2.6)


@REEL.scene("code/python", folder="sums", size=(76, 24), idle_limit=2.5)
def python(p: Typist) -> None:
    """Use Python as a calculator that can do more."""
    p.run("python3 -q", look=0.8, until=PYTHON)
    p.run("2 ** 100", look=1.4, until=PYTHON)
    p.run("0.1 + 0.2", look=1.2, until=PYTHON)
    p.run("from fractions import Fraction as F", look=0.3, until=PYTHON)
    p.run("F('0.1') + F('0.2') == F('0.3')", look=1.6, until=PYTHON)
    p.run("words = 'the quick brown fox jumps over the lazy dog'.split()", look=0.3, until=PYTHON)
    p.run("sorted(words, key=len)", look=1.8, until=PYTHON)
    p.run("def collatz(n):", look=0.2, until=CONTINUED)
    p.run("    while n > 1:", look=0.2, until=CONTINUED)
    p.run("        yield n", look=0.2, until=CONTINUED)
    p.run("        n = n // 2 if n % 2 == 0 else 3 * n + 1", look=0.2, until=CONTINUED)
    p.run("", look=0.3, until=PYTHON)
    p.run("list(collatz(9))", look=2.0, until=PYTHON)
    p.run("max(range(1, 1000), key=lambda n: len(list(collatz(n))))", look=1.8, until=PYTHON)
    p.run("words[9]", look=2.2, until=PYTHON)
    p.run("len(words)", look=1.4, until=PYTHON)
    p.run("exit()", look=0.8)


@REEL.scene(
    "code/make",
    folder="maze",
    props="maze",
    front_matter="""
    title: What make builds, and what it leaves alone
    description: >
      `make` compares the age of each file with the files it is made from. The first build stops at a missing
      semicolon, which the compiler points at; the second goes through with a warning. Change one source, and only its
      object and the program are made again; touch the header, and everything is. `make -n` says what would be done
      and does nothing.
    tags: [make, gcc, c]
    weight: 3
    """,
)
def make(p: Typist) -> None:
    """Meet an error, a warning, and a build that does no more than it must."""
    p.run("ls", look=1.2)
    p.run("make", look=3.4)
    p.run("sed -i 's/puts(grid.row.)$/&;/' main.c", look=0.6)
    p.run("make", look=3.2)
    p.run("sed -i '/unused/d' random.c", look=0.5)
    p.run("make -n", look=1.8)
    p.run("make", look=1.8)
    p.run("make", look=1.4)
    p.run("./maze", look=3.0)
    p.run("touch maze.h && make", look=2.4)


@REEL.scene("code/tests", folder="slug", props="stress", size=(80, 26), idle_limit=3)
def tests(p: Typist) -> None:
    """Repair what a test found, and watch what takes longer."""
    p.run("tail -3 slug.py", look=1.6)
    p.run("pytest -q", look=3.6)
    p.run("sed -i 's/title.lower())/&.strip(\"-\")/' slug.py", look=0.6)
    p.run("pytest --last-failed -q", look=1.8)
    p.run("pytest", look=2.0)
    p.run("python3 backup.py", look=1.8)

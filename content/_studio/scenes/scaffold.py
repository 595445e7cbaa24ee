"""Three small recordings for the site that `castsite new` lays down."""

from __future__ import annotations

from scenes.scene import Reel
from typist import Typist

REEL = Reel(timestamp=1789376400, scaffold=True)  # 2026-09-14 09:00 UTC


@REEL.scene(
    "hello",
    folder="hello",
    size=(64, 16),
    front_matter="""
    title: Hello, terminal
    description: >
      Your first recording. These lines between the dashes stand at the beginning of `hello.cast` itself: title,
      description, tags. Replace the file with one of your own, from `asciinema rec`, and build again.
    tags: [hello]
    weight: 1
    """,
)
def hello(p: Typist) -> None:
    """Say hello, and look at what was said."""
    p.run("echo 'hello, terminal' > hello.txt", look=0.8)
    p.run("cat hello.txt", look=1.4)
    p.run("wc hello.txt", look=1.6)
    p.run("for i in 3 2 1; do echo $i; sleep 0.6; done; echo done", look=1.6)


@REEL.scene("first-commit", folder="garden", size=(72, 18), version=3)
def first_commit(p: Typist) -> None:
    """Make the shortest history a repository can have."""
    p.run("git init -q && echo beans > beds.txt", look=0.8)
    p.run("git add beds.txt", look=0.6)
    p.run("git commit -m 'Plan the first bed'", look=1.6)
    p.run("git log --oneline", look=2.0)


@REEL.scene("colours", folder="colours", size=(72, 14), title="Sixteen colours")
def colours(p: Typist) -> None:
    """Show the palette every terminal has."""
    p.run("for i in {0..15}; do printf '\\e[48;5;%dm  %2d  \\e[0m' $i $i; [ $i = 7 ] && echo; done; echo", look=2.2)
    p.run("printf '\\e[1mbold\\e[0m \\e[3mitalic\\e[0m \\e[4munderlined\\e[0m\\n'", look=2.4)

"""The series “Git without fear”."""

from __future__ import annotations

from scenes.scene import Reel
from typist import ESC, Typist

REEL = Reel(timestamp=1785142800)  # 2026-07-27 09:00 UTC

PLANTED = """
git init -q
printf 'beans\\npeas\\n' > beds.txt
git add beds.txt && git commit -qm 'Plan the beds'
printf 'water every evening\\n' > care.txt
git add care.txt && git commit -qm 'Note the watering'
"""

DIVERGED = f"""
{PLANTED}
git switch -qc greenhouse
printf 'tomatoes\\npeas\\n' > beds.txt && git commit -qam 'Grow tomatoes in bed one'
git switch -q main
printf 'carrots\\npeas\\n' > beds.txt && git commit -qam 'Grow carrots in bed one'
"""


@REEL.scene("git/first-commit", folder="garden")
def first_commit(p: Typist) -> None:
    """Turn a folder into a repository and changes into commits."""
    p.run("git init", look=1.6)
    p.run("echo beans > beds.txt", look=0.5)
    p.run("git status", look=2.6)
    p.run("git add beds.txt", look=0.5)
    p.run("git status --short", look=1.4)
    p.run("git commit -m 'Plan the first bed'", look=1.8)
    p.run("echo peas >> beds.txt", look=0.5)
    p.run("git diff", look=2.4)
    p.run("git commit -am 'Add peas'", look=1.6)
    p.run("git log --oneline", look=2.0)
    p.run("git show --stat", look=2.6)


@REEL.scene("git/branches", folder="garden", setup=PLANTED, idle_limit=2)
def branches(p: Typist) -> None:
    """Work on two branches and bring them together."""
    p.run("git log --oneline", look=1.6)
    p.run("git switch -c greenhouse", look=1.2)
    p.run("echo tomatoes >> beds.txt", look=0.5)
    p.run("git commit -am 'Add tomatoes'", look=1.4)
    p.run("git switch main", look=1.2)
    p.run("cat beds.txt", look=1.8)
    p.run("echo 'feed on Mondays' >> care.txt", look=0.5)
    p.run("git commit -am 'Feed on Mondays'", look=1.2)
    p.run("git log --oneline --graph --all", look=2.8)
    p.run("git merge --no-edit greenhouse", look=2.0)
    p.run("git log --oneline --graph", look=2.8)
    p.run("cat beds.txt", look=1.4)
    p.run("git branch -d greenhouse", look=1.6)


@REEL.scene(
    "git/conflict",
    folder="garden",
    setup=DIVERGED,
    version=3,
    front_matter="""
    title: A merge conflict, calmly
    description: >
      Both branches changed the same line, so git asks. It writes both versions into the file, between `<<<<<<<` and
      `>>>>>>>`, and waits. Edit the file until it says what you want, remove the marks, `git add` it and commit.
      Nothing is lost meanwhile: `git merge --abort` would bring back the state before.
    series: {name: Git without fear, part: 3}
    tags: [git, merge, vim]
    weight: 3
    """,
)
def conflict(p: Typist) -> None:
    """Answer git's question about a line both sides changed."""
    p.run("git log --oneline --graph --all", look=2.4)
    p.mark("The conflict")
    p.run("git merge greenhouse", look=2.4)
    p.run("git status", look=2.6)
    p.run("cat beds.txt", look=2.8)
    p.mark("The answer")
    p.start("vim beds.txt", look=1.6)
    p.keys("dd", pause=0.9)
    p.type("A and tomatoes")
    p.keys(ESC, pause=0.8)
    p.keys("j3dd", pause=1.4)
    p.type(":wq")
    p.enter()
    p.read(0.8)
    p.run("cat beds.txt", look=1.6)
    p.mark("The merge")
    p.run("git add beds.txt", look=0.5)
    p.run("git commit -m 'Merge branch greenhouse: share bed one'", look=1.6)
    p.run("git log --oneline --graph", look=2.8)


@REEL.scene("git/undo", folder="garden", setup=PLANTED, size=(84, 24))
def undo(p: Typist) -> None:
    """Find the way back from a spoilt file, a wrong message, a lost commit."""
    p.run("echo weeds > beds.txt", look=0.6)
    p.run("git diff --stat", look=1.4)
    p.run("git restore beds.txt", look=0.6)
    p.run("cat beds.txt", look=1.6)
    p.run("echo onions >> beds.txt", look=0.4)
    p.run("git commit -am 'Ad onions'", look=1.2)
    p.run("git commit --amend -m 'Add onions'", look=1.6)
    p.run("git revert --no-edit HEAD", look=1.8)
    p.run("git log --oneline", look=2.2)
    p.run("git reset --hard HEAD~3", look=1.6)
    p.run("git log --oneline", look=1.6)
    p.run("git reflog", look=3.0)
    p.run("git reset --hard HEAD@{1}", look=1.6)
    p.run("git log --oneline", look=2.6)

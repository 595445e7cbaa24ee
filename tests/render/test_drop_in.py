from __future__ import annotations

import gallery
from pasted import HOSTILE

from castsite.render.drop_in import component, drop_in
from castsite.render.snippets import shared


def script(slug: str, title: str = "Rebase") -> str:
    return drop_in(shared(gallery.recording(slug, title=title), None)).decode()


def test_a_script_knows_its_way_to_the_player_from_any_depth() -> None:
    assert '"embed":"embed/hello/"' in script("hello")
    assert '"embed":"../embed/git/rebase/"' in script("git/rebase")
    assert '"embed":"../../embed/a/b/c/"' in script("a/b/c")


def test_C13_no_title_ends_the_script() -> None:
    for title in HOSTILE:
        made = script("git/rebase", title)
        assert "<" not in made.splitlines()[2]
        assert len(made.splitlines()) == len(script("git/rebase").splitlines())


def test_scripts_are_wrapped_and_say_nothing_to_those_who_read_them() -> None:
    for made in (script("hello"), component().decode()):
        assert made.startswith('(() => {\n"use strict";\n')
        assert made.endswith("})();\n")
        assert not [line for line in made.splitlines() if line.lstrip().startswith(("//", "/*"))]
        assert len(made) < 6000

from __future__ import annotations

import pytest

from castsite.schema.characters import bare, visible_text, without_hidden

CONTROLS = [chr(code) for code in (*range(32), 127) if chr(code) not in "\t\n"]


@pytest.mark.parametrize("line", ["", "\n", "\tx\n"])
def test_of_ascii_only_controls_go_and_tabs_and_ends_of_lines_stay(line: str) -> None:
    for code in range(128):
        char = chr(code)
        left = "" if char in CONTROLS else char
        assert bare(f"a{char}b{line}") == f"a{left}b{line}"
        assert without_hidden(f"a{char}b{line}") == f"a{left}b{line}"
    assert visible_text(f"a\x1bb{line}c") == (f"ab{line}c", "U+001B")


@pytest.mark.parametrize("line", ["", "\n"])
def test_what_is_composed_is_composed_beside_ends_of_lines(line: str) -> None:
    assert bare(f"e\u0301\xadx{line}") == f"\u00e9x{line}"
    assert without_hidden(f"e\u0301\u200bx{line}") == f"\u00e9x{line}"

from __future__ import annotations

from builders import SECOND, cast, marker, output

from castsite.analysis.chapters import MOST, chapters, named
from castsite.analysis.model import Chapter, Command


def command(seconds: float, text: str, *, kind: str = "shell", confidence: float = 0.95) -> Command:
    time = round(seconds * SECOND)
    return Command(time, time + SECOND, text, "$ ", "prompt", kind, confidence)  # type: ignore[arg-type]


def test_markers_are_chapters() -> None:
    events = cast(marker(1, "Install"), output(4, "x"), marker(5, " Use ")).events
    assert chapters(events, (), 9) == ((Chapter(SECOND, "Install"), Chapter(5 * SECOND, "Use")), "markers")


def test_markers_without_a_label_are_named_by_their_number() -> None:
    made, source = chapters(
        cast(marker(1), marker(2, "Use"), marker(3, "  ")).events, [command(1, "a"), command(2, "b")], 9
    )
    assert source == "markers"
    assert [chapter.title for chapter in made] == ["", "Use", ""]
    assert [chapter.title for chapter in named(made)] == ["Marker 1", "Use", "Marker 3"]
    assert [chapter.title for chapter in named(made, "第{}".format)] == ["第1", "Use", "第3"]


def test_markers_win_over_commands() -> None:
    made, source = chapters([marker(1, "Start")], [command(2, "ls"), command(4, "pwd")], 9)
    assert ([chapter.title for chapter in made], source) == (["Start"], "markers")


def test_commands_stand_in_for_missing_markers() -> None:
    made = chapters([], [command(2, "ls"), command(4, "pwd")], 9)
    assert made == ((Chapter(2 * SECOND, "ls"), Chapter(4 * SECOND, "pwd")), "commands")


def test_one_command_is_no_chapter() -> None:
    assert chapters([], [command(2, "ls")], 9) == ((), "none")


def test_unsure_commands_and_line_input_are_no_chapters() -> None:
    found = [
        command(1, "a", confidence=0.6),
        command(2, "b", kind="repl"),
        command(3, "c", confidence=0.7),
        command(4, "d"),
    ]
    assert [chapter.title for chapter in chapters([], found, 9)[0]] == ["c", "d"]


def test_chapters_are_half_a_second_apart() -> None:
    found = [command(1, "a"), command(1.4, "b"), command(1.5, "c"), command(3, "d")]
    assert [chapter.title for chapter in chapters([], found, 9)[0]] == ["a", "c", "d"]


def test_a_title_is_the_first_line_of_at_most_60_characters() -> None:
    found = [command(1, "cat <<EOF\nhello\nEOF"), command(2, "x" * 61), command(3, "y" * 60)]
    titles = [chapter.title for chapter in chapters([], found, 9)[0]]
    assert titles == ["cat <<EOF", "x" * 59 + "…", "y" * 60]


def test_many_commands_are_thinned_out_over_the_whole_recording() -> None:
    found = [command(number, f"c{number}") for number in range(1000)]
    made, _ = chapters([], found, 1000 * SECOND)
    assert MOST / 2 < len(made) <= MOST
    assert made[-1].time > 980 * SECOND

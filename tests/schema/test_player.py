"""Every option of asciinema-player, in both spellings, with the type and the range the player takes."""

from __future__ import annotations

import pytest

from castsite.errors import Severity
from castsite.limits import Limits
from castsite.schema.player import SCHEMA, THEMES, Player, player, snake
from castsite.schema.reading import Reading
from castsite.schema.tree import Fields, parse

DOCUMENTED = [
    "cols",
    "rows",
    "autoPlay",
    "preload",
    "loop",
    "startAt",
    "speed",
    "idleTimeLimit",
    "theme",
    "poster",
    "audioUrl",
    "fit",
    "controls",
    "cursorMode",
    "keystrokeOverlay",
    "pauseOnMarkers",
    "terminalFontSize",
    "terminalFontFamily",
    "terminalLineHeight",
    "boldIsBright",
    "adaptivePalette",
]
"""Options of asciinema-player 3.17 but `markers` and `logger`."""


def read(yaml: str, *, severity: Severity = Severity.ERROR) -> tuple[Player | None, list[str]]:
    reading = Reading(path="a.md", limits=Limits(), unknown=severity)
    root = parse(f"player: {yaml}", path="a.md").root
    assert isinstance(root, Fields)
    value = player(root.entries[0][1], reading.under("player"))
    return value, [problem.text for problem in reading.problems()]


def test_every_documented_option_is_known() -> None:
    assert set(SCHEMA.names) == set(DOCUMENTED)


READ = [
    ("cols: 80", ("cols", 80)),
    ("rows: 24", ("rows", 24)),
    ("autoPlay: yes", ("autoPlay", True)),
    ("autoplay: yes", ("autoPlay", True)),
    ("preload: no", ("preload", False)),
    ("loop: true", ("loop", True)),
    ("loop: 2", ("loop", 2)),
    ("startAt: 1:05", ("startAt", 65.0)),
    ("startAt: 1:02:03.4", ("startAt", 3723.4)),
    ("speed: 1.5", ("speed", 1.5)),
    ("theme: dracula", ("theme", "dracula")),
    ("theme: auto/nord", ("theme", "auto/nord")),
    ("poster: npt:1:05", ("poster", "npt:1:05")),
    ("poster: 'data:text/plain,a b'", ("poster", "data:text/plain,a b")),
    ("audioUrl: voice.mp3", ("audioUrl", "voice.mp3")),
    ("fit: both", ("fit", "both")),
    ("fit: false", ("fit", "none")),
    ("controls: auto", ("controls", "auto")),
    ("controls: false", ("controls", False)),
    ("cursorMode: steady", ("cursorMode", "steady")),
    ("keystrokeOverlay: true", ("keystrokeOverlay", True)),
    ("pauseOnMarkers: true", ("pauseOnMarkers", True)),
    ("terminalFontSize: 15px", ("terminalFontSize", "15px")),
    ("terminalFontSize: small", ("terminalFontSize", "small")),
    ('terminalFontFamily: "Fira Code, monospace"', ("terminalFontFamily", "Fira Code, monospace")),
    ("terminalLineHeight: 1.2", ("terminalLineHeight", 1.2)),
    ("boldIsBright: on", ("boldIsBright", True)),
    ("adaptivePalette: off", ("adaptivePalette", False)),
]


@pytest.mark.parametrize(("yaml", "option"), READ)
def test_an_option_has_the_type_the_player_takes(yaml: str, option: tuple[str, object]) -> None:
    value, told = read(f"{{{yaml}}}")
    assert told == []
    assert value == Player((option,))
    assert type(value.options[0][1]) is type(option[1])


@pytest.mark.parametrize(("yaml", "option"), READ)
def test_the_other_spelling_is_the_same_option(yaml: str, option: tuple[str, object]) -> None:
    name, _, written = yaml.partition(":")
    assert read(f"{{{snake(name)}:{written}}}")[0] == Player((option,))


def test_every_option_but_the_idle_limit_is_among_the_examples_above() -> None:
    assert {option[0] for _, option in READ} == set(DOCUMENTED) - {"idleTimeLimit"}


@pytest.mark.parametrize("name", ["idleTimeLimit", "idle_time_limit"])
def test_the_idle_limit_is_kept_apart_as_microseconds(name: str) -> None:
    assert read(f"{{{name}: 2, speed: 2}}") == (Player((("speed", 2.0),), 2_000_000), [])
    assert read(f"{{{name}: off}}") == (Player((), "off"), [])


NAMES = ", ".join(THEMES)
WRONG = [
    ("cols: 0", 'cols: expected a whole number from 1 to 1000, got "0"'),
    ("cols: 1001", 'cols: expected a whole number from 1 to 1000, got "1001"'),
    ("rows: 501", 'rows: expected a whole number from 1 to 500, got "501"'),
    ("autoPlay: 1", 'autoPlay: expected true or false, got "1"'),
    ("loop: -1", 'loop: expected true, false or how often to repeat, up to 1000, got "-1"'),
    ("loop: []", "loop: expected true, false or how often to repeat, up to 1000, got a list"),
    ("startAt: soon", 'startAt: expected a time such as 12.5, 1:05 or 1:02:03.4, got "soon"'),
    ("speed: 0", 'speed: expected a number above 0, at most 100, got "0"'),
    ("speed: 1e999", 'speed: expected a number above 0, at most 100, got "1e999"'),
    ("idleTimeLimit: 0", "idleTimeLimit: expected seconds above 0, or off"),
    ("theme: Dracula", 'theme: unknown theme "Dracula", did you mean "dracula"?'),
    ("theme: monokay", 'theme: unknown theme "monokay", did you mean "monokai"?'),
    ("theme: auto/monokay", 'theme: unknown theme "auto/monokay", did you mean "monokai"?'),
    ("theme: foo", f'theme: unknown theme "foo"; known are {NAMES}'),
    ("theme: auto/foo", f'theme: unknown theme "auto/foo"; known are {NAMES}'),
    ("theme: auto/auto/nord", f'theme: unknown theme "auto/auto/nord"; known are {NAMES}'),
    ("theme: my-own-colours", f'theme: unknown theme "my-own-colours"; known are {NAMES}'),
    ("theme: ../x", f'theme: unknown theme "../x"; known are {NAMES}'),
    ("theme: red;background:url(x)", f'theme: unknown theme "red;background:url(x)"; known are {NAMES}'),
    ("poster: a.png", 'poster: expected npt:1:05 or data:text/plain,TEXT, got "a.png"; for a picture use poster'),
    ("fit: wide", 'fit: expected width, height, both or none, got "wide"'),
    ("fit: heigth", 'fit: expected width, height, both or none; did you mean "height"?'),
    ("controls: maybe", 'controls: expected true, false or auto, got "maybe"'),
    ("cursorMode: blink", 'cursorMode: expected blinking, steady or hidden; did you mean "blinking"?'),
    ("terminalFontSize: 15px;color:red", "terminalFontSize: expected small, medium, big or 15px"),
    ("terminalFontFamily: 'x;y'", "terminalFontFamily: expected names of fonts, such as Fira Code, monospace"),
    ("terminalLineHeight: 11", 'terminalLineHeight: expected a number above 0, at most 10, got "11"'),
    ("boldIsBright: bright", 'boldIsBright: expected true or false, got "bright"'),
    ("speeed: 2", 'unknown option "speeed", did you mean "speed"?'),
    ("title: x", 'unknown option "title"'),
    ("markers: [1]", "markers: has a key of its own in front matter: use markers: [{at: 1:05, label: Build}]"),
    ("logger: console", "logger: is a JavaScript object, which YAML cannot hold"),
]


@pytest.mark.parametrize(("yaml", "says"), WRONG)
def test_a_wrong_option_is_told_and_left_out(yaml: str, says: str) -> None:
    assert read(f"{{{yaml}}}") == (Player(()), [f"player: {says}"])


def test_audio_of_another_site_is_refused() -> None:
    value, (told,) = read("{audioUrl: 'https://evil.example/x.mp3'}")
    assert value == Player(())
    assert "is an address or a drive, not a file of this site" in told


def test_both_spellings_at_once_are_an_error() -> None:
    value, told = read("{startAt: 1, start_at: 2}")
    assert value == Player((("startAt", 1.0),))
    assert told == ['player: "startAt" in line 1 and "start_at" are the same; keep one']


def test_options_are_sorted_by_name() -> None:
    value, _ = read("{speed: 2, autoplay: yes, loop: no}")
    assert value == Player((("autoPlay", True), ("loop", False), ("speed", 2.0)))


def test_the_player_is_a_mapping() -> None:
    assert read("fast") == (None, ['player: expected options such as {speed: 2}, got "fast"'])


def test_an_unknown_option_is_as_bad_as_an_unknown_key() -> None:
    reading = Reading(path="a.md", unknown=Severity.WARNING)
    root = parse("player: {foo: 1}", path="a.md").root
    assert isinstance(root, Fields)
    player(root.entries[0][1], reading)
    assert [problem.severity for problem in reading.problems()] == [Severity.WARNING]

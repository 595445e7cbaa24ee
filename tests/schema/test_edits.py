"""Cuts, speed, markers, commands and masks: lists of lists, each with the number of its entry in the message."""

from __future__ import annotations

import pytest

from castsite.limits import Limits
from castsite.schema.allowances import allowances
from castsite.schema.edits import commands, cuts, markers, masks, speed
from castsite.schema.reading import Reader, Reading
from castsite.schema.tree import Fields, parse
from castsite.schema.values import Allowance, Mask, Stretch

S = 1_000_000


def read(reader: Reader[object], yaml: str, limits: Limits | None = None) -> tuple[object, list[str]]:
    reading = Reading(path="a.md", limits=limits or Limits())
    root = parse(f"k: {yaml}", path="a.md").root
    assert isinstance(root, Fields)
    return reader(root.entries[0][1], reading), [problem.text for problem in reading.problems()]


def test_cuts_are_pairs_of_times() -> None:
    assert read(cuts, "[[3, 1:05], [70, 80]]") == ((Stretch(3 * S, 65 * S), Stretch(70 * S, 80 * S)), [])
    assert read(cuts, "[]") == ((), [])


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("[[3, 5], [4]]", "pair 2: expected [from, to]"),
        ("[3, 5]", "pair 1: expected [from, to]"),
        ("[[1, 2, 3]]", "pair 1: expected [from, to]"),
        ("[[1, ~]]", "pair 1: expected [from, to]"),
        ("[[5, 3]]", "pair 1: to is not after from"),
        ("[[5, 5]]", "pair 1: to is not after from"),
        ("[[a, 3]]", 'pair 1: expected a time such as 12.5, 1:05 or 1:02:03.4, got "a"'),
        ("3", 'expected [[from, to], …], got "3"'),
    ],
)
def test_a_wrong_cut_is_told_by_its_number(yaml: str, says: str) -> None:
    value, told = read(cuts, yaml)
    assert value is None
    assert told[0] == says


def test_speed_is_one_factor_or_stretches() -> None:
    assert read(speed, "2") == (2.0, [])
    assert read(speed, "1e1") == (10.0, [])
    assert read(speed, "[[20, 30, 4], [0, 10, 2], [10, 20, 0.5]]") == (
        (Stretch(20 * S, 30 * S, 4.0), Stretch(0, 10 * S, 2.0), Stretch(10 * S, 20 * S, 0.5)),
        [],
    )


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("fast", 'expected a number above 0 or [[from, to, factor], …], got "fast"'),
        ("0", 'expected a number above 0 or [[from, to, factor], …], got "0"'),
        ("-1", 'expected a number above 0 or [[from, to, factor], …], got "-1"'),
        ("1e999", 'expected a number above 0 or [[from, to, factor], …], got "1e999"'),
        ("{}", "expected a number above 0 or [[from, to, factor], …], got a mapping"),
        ("1e9", 'expected a factor from 0.001 to 1000, got "1e9"'),
        ("[[1, 2]]", "stretch 1: expected [from, to, factor]"),
        ("[[1, 2, 0]]", 'stretch 1: expected a number above 0, got "0"'),
        ("[[1, 2, 1e-9]]", 'stretch 1: expected a factor from 0.001 to 1000, got "1e-9"'),
        ("[[0, 10, 2], [5, 20, 3]]", "stretch 2 overlaps stretch 1"),
        ("[[5, 20, 3], [0, 10, 2]]", "stretch 1 overlaps stretch 2"),
    ],
)
def test_a_wrong_speed_is_told(yaml: str, says: str) -> None:
    assert read(speed, yaml) == (None, [says])


def test_markers_come_in_order_of_time() -> None:
    assert read(markers, "[{at: 0:12, label: Build}, {at: 3}]") == (((3 * S, ""), (12 * S, "Build")), [])


def test_a_wrong_marker_is_told_by_its_number() -> None:
    _, told = read(markers, "[{at: 1}, {at: soon}, {label: x}, 5]")
    assert told == [
        'marker 2: at: expected a time such as 12.5, 1:05 or 1:02:03.4, got "soon"',
        "marker 3: needs at, such as {at: 1:05, label: Build}",
        'marker 4: expected {at: 1:05, label: Build}, got "5"',
    ]
    assert read(markers, "Build") == (None, ['expected a list, got "Build"'])


def test_markers_and_their_labels_are_bounded() -> None:
    many = ", ".join(f"{{at: {n}, label: {'x' * 250}}}" for n in range(4))
    value, told = read(markers, f"[{many}]", Limits(markers=3))
    assert value == tuple((n * S, "x" * 200) for n in range(3))
    assert told[-1] == "4 entries; the first 3 are kept (limits: markers)"
    assert told[0] == "marker 1: label: cut to 200 characters (limits: marker_label), had 250"


def test_commands_are_off_or_pairs() -> None:
    assert read(commands, "false") == (False, [])
    assert read(commands, "[[12.5, make test], [1:05, git push]]") == (
        ((12_500_000, "make test"), (65 * S, "git push")),
        [],
    )


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("[[1, a], [2]]", "entry 2: expected [time, text]"),
        ("[[1, [a]]]", "entry 1: expected [time, text]"),
        ("[[x, a]]", 'entry 1: expected a time such as 12.5, 1:05 or 1:02:03.4, got "x"'),
        ("true", 'expected false, or a list of [time, text], got "true"'),
    ],
)
def test_wrong_commands_are_told(yaml: str, says: str) -> None:
    assert read(commands, yaml) == (None, [says])


def test_a_mask_is_a_rectangle_for_a_time() -> None:
    assert read(masks, "{rows: [1, 3], cols: [10, 40], from: 12.3, to: 18}") == (
        (Mask((1, 3), (10, 40), 12_300_000, 18 * S),),
        [],
    )
    assert read(masks, "[{rows: [1, 1], cols: [2, 2]}]") == ((Mask((1, 1), (2, 2)),), [])


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("{rows: [1, 3]}", "needs cols, such as {rows: [1, 3], cols: [10, 40]}"),
        ("{rows: [3, 1], cols: [1, 2]}", "rows: expected first and last, counted from 1, such as [1, 3]"),
        ("{rows: [0, 1], cols: [1, 2]}", "rows: expected first and last, counted from 1, such as [1, 3]"),
        ("{rows: [1, 1], cols: [1, 2], from: 5, to: 5}", "to is not after from"),
        ("all", 'expected {rows: [1, 3], cols: [10, 40]}, got "all"'),
    ],
)
def test_a_wrong_mask_is_told(yaml: str, says: str) -> None:
    assert read(masks, yaml) == (None, [says])


DIGEST = "sha256:" + "0a" * 32
ALLOWED = f"{{rule: assignment, where: 'o:118:5-30', source: '{DIGEST}', reason: demo}}"


def test_an_allowance_names_rule_place_source_and_reason() -> None:
    value, told = read(allowances, f"{{allow: [{ALLOWED}]}}")
    assert value == (Allowance("assignment", "o:118:5-30", DIGEST, "demo"),)
    assert told == []


def test_G24_an_allowance_without_a_field_does_not_count() -> None:
    value, told = read(allowances, "{allow: [{rule: jwt, reason: x}]}")
    assert value == ()
    assert told == ["allow: entry 1: does not count without where, source"]


@pytest.mark.parametrize("yaml", ["off", "fail", "[]"])
def test_B24_a_policy_is_the_owners(yaml: str) -> None:
    assert read(allowances, yaml) == (None, ["belongs in the owner's configuration only, castsite.yml"])


def test_B24_no_part_of_a_policy_stands_in_front_matter() -> None:
    _, told = read(allowances, "{policy: off, rules: {jwt: off}}")
    assert told == [f"{key}: belongs in the owner's configuration only, castsite.yml" for key in ("policy", "rules")]

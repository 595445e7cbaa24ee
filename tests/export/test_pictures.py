"""GIF, animated PNG and WebP: what a program that knows the format reads from them is what was drawn."""

from __future__ import annotations

import subprocess
from io import BytesIO

import pytest
from builders import cast, output
from filming import DARK, TALK, casts, take
from hypothesis import given, settings
from msgspec.structs import replace
from PIL import Image, ImageChops

from castsite.cast.events import Cast
from castsite.errors import Severity
from castsite.export import gif as gif_module
from castsite.export import pixels as pixels_module
from castsite.export.gif import SHORTEST, UNIT, gif
from castsite.export.pixels import Pixels, moving, stays
from castsite.export.png import apng, png
from castsite.export.take import Take
from castsite.export.webp import webp
from castsite.export.weight import within
from castsite.render.images.palette import PALETTES

MAKERS = {"GIF": gif, "PNG": apng, "WEBP": webp}


def drawn(of: Take) -> tuple[Pixels, list[Image.Image]]:
    """The pictures in true colour."""
    found, _ = moving(of)
    assert found is not None
    return found, [found.still(shot) for shot in range(len(found.footage.shots))]


def played(data: bytes) -> list[tuple[int, Image.Image]]:
    """Pictures by when they are shown, in milliseconds."""
    found, at = [], 0
    with Image.open(BytesIO(data)) as film:
        for number in range(getattr(film, "n_frames", 1)):
            film.seek(number)
            film.load()
            found.append((at, film.convert("RGB")))
            at += round(film.info.get("duration", 0))
    return found


def shown(pictures: list[tuple[int, Image.Image]], time: float) -> Image.Image:
    return [picture for at, picture in pictures if at <= time][-1]


def same(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures look the same, in the few colours that a format has."""
    return all(high <= 40 for _, high in ImageChops.difference(one, other).getextrema())  # type: ignore[misc]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_film_shows_each_picture_at_its_time(kind: str) -> None:
    made = MAKERS[kind](take(TALK))
    assert made.data is not None
    assert not made.problems
    pixels, pictures = drawn(take(TALK))
    found = played(made.data)
    for shot, picture in zip(pixels.footage.shots, pictures, strict=True):
        assert same(shown(found, shot.time / 1000 + 15), picture), f"{kind} at {shot.time}"


@settings(max_examples=25)
@given(casts())
def test_a_gif_shows_what_was_drawn_whatever_was_recorded(of: Cast) -> None:
    made = gif(take(of, font_size=8))
    assert made.data is not None
    pixels, pictures = drawn(take(of, font_size=8))
    found, at = played(made.data), 0
    for picture, units in zip(pictures, stays(pixels.footage, 2_000_000, UNIT, SHORTEST), strict=True):
        assert same(shown(found, at * 10), picture)
        at += units


@pytest.mark.parametrize("name", PALETTES)
def test_background_and_foreground_are_exact_in_every_theme(name: str) -> None:
    palette = PALETTES[name]
    of = replace(take(TALK), palette=palette)
    for make in MAKERS.values():
        colours = played(make(of).data or b"")[-1][1].getcolors(1 << 20)
        found = {colour for _, colour in colours or ()}
        assert {tuple(bytes.fromhex(one[1:])) for one in (palette.background, palette.foreground)} <= found


def test_times_of_frames_are_exact_and_do_not_drift() -> None:
    of = take(cast(*(output(at * 0.1333, f"{at}\r\n") for at in range(60))), idle=None)
    pixels, _ = moving(of)
    assert pixels is not None
    for unit in (1000, 10_000):
        found = stays(pixels.footage, 2_000_000, unit)
        at = 0
        for shot, units in zip(pixels.footage.shots, found, strict=True):
            assert abs(at - shot.time / unit) <= 0.5
            at += units
        assert at == round((pixels.footage.duration + 2_000_000) / unit)


def test_no_frame_of_a_gif_is_shorter_than_browsers_show() -> None:
    of = take(cast(*(output(at * 0.011, f"{at}") for at in range(40))), fps_cap=60)
    with Image.open(BytesIO(gif(of).data or b"")) as film:
        for number in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(number)
            assert film.info["duration"] >= 20


def test_a_film_runs_for_ever_or_once() -> None:
    with Image.open(BytesIO(gif(take(TALK)).data or b"")) as film:
        assert film.info["loop"] == 0
    with Image.open(BytesIO(gif(take(TALK, loop=False)).data or b"")) as film:
        assert "loop" not in film.info
    with Image.open(BytesIO(apng(take(TALK, loop=False)).data or b"")) as film:
        assert film.info["loop"] == 1


def test_a_pause_of_minutes_is_told_in_frames_that_formats_can_count() -> None:
    long = cast(output(0, "a"), output(900, "b"), cols=10, rows=2)
    for kind, make in MAKERS.items():
        made = make(take(long, idle=None))
        assert made.data is not None
        found = played(made.data)
        assert not same(shown(found, 899_900), shown(found, 900_100)), kind
        assert same(shown(found, 0), shown(found, 899_900)), kind


def test_two_equal_recordings_become_the_same_bytes() -> None:
    for make in (*MAKERS.values(), png):
        assert make(take(TALK)).data == make(take(TALK)).data


def test_the_still_is_the_poster_in_the_terminals_colours() -> None:
    made = png(take(TALK)).data
    assert made is not None
    with Image.open(BytesIO(made)) as picture:
        assert picture.size == (40 * 9 + 22, 8 * 20 + 22)
        assert picture.convert("RGB").getpixel((359, 159)) == (18, 19, 20)


def test_too_many_pixels_are_taken_less_often_and_then_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = take(cast(*(output(at / 10, f"{at}\r\n") for at in range(50)), cols=20, rows=5))
    size = (20 * 9 + 22) * (5 * 20 + 22)
    monkeypatch.setattr(pixels_module, "MOST", 30 * size)
    slower = gif(busy)
    assert slower.data is not None
    assert [(problem.code, problem.severity) for problem in slower.problems] == [("export-slower", Severity.WARNING)]
    assert "5 are taken" in slower.problems[0].text
    monkeypatch.setattr(pixels_module, "MOST", 5 * size)
    refused = gif(busy)
    assert refused.data is None
    assert [problem.code for problem in refused.problems] == ["export-too-large"]
    assert "--select" in refused.problems[0].text


@pytest.mark.parametrize("kind", MAKERS)
def test_a_file_too_large_is_made_of_fewer_pictures_and_then_refused(kind: str) -> None:
    busy = take(cast(*(output(at / 10, f"\x1b[H{at * 7919:b}") for at in range(50)), cols=20, rows=2))
    make = MAKERS[kind]
    whole, half, least = (make(replace(busy, looks=replace(busy.looks, fps_cap=fps))).data or b"" for fps in (0, 5, 2))
    assert len(whole) > len(half) > len(least)
    assert within(make, kind, len(whole))(busy) == make(busy)
    for most, expected, fps in ((len(whole) - 1, half, 5), (len(half) - 1, least, 2)):
        made = within(make, kind, most)(busy)
        assert made.data == expected
        (problem,) = made.problems
        assert (problem.code, problem.severity) == ("export-slower", Severity.WARNING)
        assert problem.text.startswith(f"10 pictures a second make a {kind} of more than ")
        assert problem.text.endswith(f"; {fps} are taken")
    refused = within(make, kind, len(least) - 1)(busy)
    assert refused.data is None
    assert [(problem.code, problem.severity) for problem in refused.problems] == [("export-too-large", Severity.ERROR)]
    assert "--select" in refused.problems[0].text


def test_a_letter_that_no_typeface_has_is_told_once() -> None:
    made = gif(take(cast(output(0, "\U000105c0 and \U000105c0"), cols=20, rows=2)))
    assert made.data is not None
    assert [problem.code for problem in made.problems] == ["missing-glyphs"]
    assert "U+105C0" in made.problems[0].text


def test_a_program_that_is_missing_or_fails_costs_nothing_but_size(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = gif(take(TALK)).data
    monkeypatch.setattr(gif_module.shutil, "which", lambda _: None)
    missing = gif(take(TALK, gifsicle=True))
    assert (missing.data, [problem.code for problem in missing.problems]) == (plain, ["no-gifsicle"])
    monkeypatch.setattr(gif_module.shutil, "which", lambda _: "/bin/false")
    failed = gif(take(TALK, gifsicle=True))
    assert (failed.data, [problem.code for problem in failed.problems]) == (plain, ["gifsicle-failed"])
    monkeypatch.setattr(gif_module.shutil, "which", lambda _: "/bin/gifsicle")
    monkeypatch.setattr(
        gif_module.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, stdout=b"GIF89a small")
    )
    assert gif(take(TALK, gifsicle=True)).data == b"GIF89a small"


def test_the_terminals_own_colours_are_never_lost() -> None:
    rows = [output(at / 5, f"line {at} plain\r\n") for at in range(300)]
    rows[202] = output(202 / 5, "\x1b[41m   \x1b[0m\x1b[34mBLUE\x1b[0m\r\n")
    made = gif(take(cast(*rows, cols=40, rows=8), font_size=8)).data
    assert made is not None
    seen = {colour for _, picture in played(made) for _, colour in picture.getcolors(1 << 20) or ()}
    assert tuple(bytes.fromhex(DARK.colours[1][1:])) in seen
    assert tuple(bytes.fromhex(DARK.colours[4][1:])) in seen

"""The sound of a recording: published as it is, or moved as the recording was, to the sample."""

from __future__ import annotations

import os
import shutil
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import Project, cast
from sounds import RATE, pitch, samples, wav

from castsite.cast.clock import Rate, clock_of
from castsite.export.sound import moved, runs
from castsite.limits import MIB, SECOND

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is missing")

VOICE = wav((440, 4), (880, 4))
TIMES = [i * SECOND for i in range(9)]


@pytest.fixture
def site(tmp_path: Path) -> Project:
    told = cast("one", "two", "three", "four", "five", "six", "seven", "eight", step=1)
    return Project(tmp_path).write(
        {
            "castsite.yml": "title: S\n",
            "content/a.cast": told,
            "content/a.md": "---\naudio: voice.wav\n---\n",
            "content/voice.wav": VOICE,
        }
    )


def said(site: Project) -> tuple[dict[str, bytes], str]:
    done = site.build()
    return site.published(), done.stderr


def test_a_sound_is_published_as_it_is(site: Project) -> None:
    files, told = said(site)
    assert files["a.wav"] == VOICE
    assert '"audioUrl":"../a.wav"' in files["a/index.html"].decode()
    assert '"audioUrl":"../../a.wav"' in files["embed/a/index.html"].decode()
    assert 'href="../a.wav" download="a.wav">.wav</a><span>sound' in files["a/index.html"].decode()
    assert "audio" not in told


def test_the_option_of_the_player_says_the_same(site: Project) -> None:
    site.write({"content/a.md": "---\nplayer: {audioUrl: voice.wav}\n---\n"})
    assert said(site)[0]["a.wav"] == VOICE


def test_another_sound_takes_its_place_and_none_removes_it(site: Project) -> None:
    said(site)
    other = wav((220, 1))
    site.write({"content/voice.wav": other})
    assert said(site)[0]["a.wav"] == other
    site.write({"content/a.md": "---\ntitle: A\n---\n"})
    files, _ = said(site)
    assert "a.wav" not in files
    assert "audioUrl" not in files["a/index.html"].decode()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("voce.wav", b"", 'content/a.md:2:8: no-audio: audio: there is no file "content/voce.wav", did you mean'),
        ("page.wav", b"<html>", "content/a.md:2:8: no-sound: audio: content/page.wav is no sound that browsers play"),
        ("long.wav", VOICE + bytes(2 * MIB), "content/long.wav: too-large: larger than 2 MiB, the limit"),
    ],
)
def test_what_cannot_be_heard_is_told_and_left_out(site: Project, name: str, data: bytes, code: str) -> None:
    site.write({"content/a.md": f"---\naudio: {name}\n---\n", "castsite.yml": "limits: {audio_size: 2 MiB}\n"})
    if data:
        site.write({f"content/{name}": data})
    files, told = said(site)
    assert code in told
    assert not {path for path in files if path.endswith(".wav")}
    assert "audioUrl" not in files["a/index.html"].decode()


def test_a_limit_that_is_lowered_holds_for_what_is_remembered(site: Project) -> None:
    assert "a.wav" in said(site)[0]
    os.utime(site.root / "content/voice.wav", (1, 1))
    said(site)
    site.write({"castsite.yml": "limits: {audio_size: 1 KiB}\n"})
    files, told = said(site)
    assert "content/voice.wav: too-large" in told
    assert "a.wav" not in files


def test_F15_F33_a_sound_has_a_limit(site: Project) -> None:
    sound = site.root / "content/voice.wav"
    with sound.open("ab") as file:
        file.truncate(50 * MIB)
    files, told = said(site)
    assert len(files["a.wav"]) == 50 * MIB
    assert "too-large" not in told
    with sound.open("ab") as file:
        file.write(b"\0")
    files, told = said(site)
    assert "content/voice.wav: too-large: larger than 50 MiB, the limit" in told
    assert "a.wav" not in files


@needs_ffmpeg
def test_a_sound_moves_with_its_recording(site: Project) -> None:
    site.write({"content/a.md": "---\naudio: voice.wav\ncut: [[1, 3]]\n---\n"})
    files, told = said(site)
    assert "(1 warning)" in told  # that there is no base_url
    heard = samples(files["a.wav"])
    assert heard == samples(VOICE)[:RATE] + samples(VOICE)[3 * RATE :]
    first = files["a.wav"]
    assert said(site)[0]["a.wav"] == first


def test_without_ffmpeg_a_changed_recording_is_silent_and_says_so(site: Project, tmp_path: Path) -> None:
    site.write({"content/a.md": "---\naudio: voice.wav\nspeed: 2\n---\n"})
    (tmp_path / "nothing").mkdir()
    done = site.run("build", PATH=str(tmp_path / "nothing"))
    assert "content/a.md:2:8: sound-not-moved: audio:" in done.stderr
    assert "no ffmpeg on PATH" in done.stderr
    files = site.published()
    assert "a.wav" not in files
    assert "audioUrl" not in files["a/index.html"].decode()


def moved_by(**edits: object) -> array[int]:
    clock = clock_of(TIMES, **edits)  # type: ignore[arg-type]
    return samples(moved(VOICE, tuple(zip(clock.knots, clock.moments, strict=True)), ".wav"))


@needs_ffmpeg
def test_pauses_are_shortened_to_the_sample() -> None:
    heard = moved_by(limit=SECOND // 4)
    whole = samples(VOICE)
    kept = [whole[at * RATE : at * RATE + RATE // 4] for at in range(8)]
    assert heard == sum(kept, array("h"))


@needs_ffmpeg
def test_what_runs_faster_keeps_its_pitch_and_takes_its_time() -> None:
    heard = moved_by(rates=[Rate(0, 4 * SECOND, 2)])  # type: ignore[arg-type]
    assert len(heard) == 6 * RATE
    assert pitch(heard[RATE // 2 : RATE * 3 // 2]) == pytest.approx(440, rel=0.03)
    assert heard[2 * RATE :] == samples(VOICE)[4 * RATE :]


@needs_ffmpeg
@pytest.mark.parametrize("ending", [".mp3", ".aac", ".ogg", ".flac", ".m4a", ".weba"])
def test_every_kind_is_written_and_the_same_again(ending: str) -> None:
    pace = ((0, 0), (SECOND, SECOND), (2 * SECOND, SECOND), (8 * SECOND, 7 * SECOND))
    made = moved(VOICE, pace, ending)
    assert made == moved(VOICE, pace, ending)
    assert len(made) > 1000


CUTS = st.lists(st.integers(0, 8 * SECOND), min_size=2, max_size=6, unique=True).map(sorted)


@given(CUTS, st.sampled_from([None, 300_000, 700_000]), st.sampled_from([1, 2, 3]))
def test_runs_hold_all_that_is_played_in_order(marks: list[int], limit: int | None, factor: int) -> None:
    cuts = list(zip(marks[::2], marks[1::2], strict=False))
    clock = clock_of(TIMES, limit=limit, cuts=cuts, rates=[Rate(0, 8 * SECOND, factor)])  # type: ignore[arg-type]
    found = [*runs(tuple(zip(clock.knots, clock.moments, strict=True)))]
    assert sum(run.played for run in found) == clock.moments[-1]
    parts = [part for run in found for part in run.parts]
    assert parts == sorted(parts)
    assert all(start < end for start, end in parts)
    assert all(run.factor == pytest.approx(factor, rel=0.2) for run in found if run.played > SECOND // 100)

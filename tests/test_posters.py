"""Pictures as posters: files that an author names, and frames that recordings hold themselves."""

from __future__ import annotations

import json
import os
from io import BytesIO
from pathlib import Path

import pytest
from formats import made
from PIL import Image
from projects import CANARY, Project, cast, png
from safety.pictures import chunk, jpeg
from safety.pictures import png as drawn_png
from tokens import token

from castsite.limits import MIB
from castsite.safety.secrets import shipped

RED, GREEN, BLUE = b"\xff\0\0", b"\0\xff\0", b"\0\0\xff"
CONFIG = "title: Posters\nbase_url: https://posters.example/casts/\n"
TITLED = "---\ntitle: Push\ndate: 2026-01-01\nposter: {}\n---\n"
ENDINGS = (".png", ".jpg", ".webp", ".avif")


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write(
        {
            "castsite.yml": CONFIG,
            "content/git/push.cast": cast("$ git push", "done", width=80, height=24),
            "content/git/push.md": TITLED.format("shots/push.png"),
            "content/git/shots/push.png": png(160, 90),
            "content/other.cast": cast("$ ls"),
        }
    )


def pictures(site: Project) -> list[str]:
    return [name for name in site.published() if name.startswith("assets/content/")]


def colour(data: bytes, at: tuple[int, int] = (600, 380)) -> object:
    with Image.open(BytesIO(data)) as card:
        assert card.size == (1200, 630)
        return card.convert("RGB").getpixel(at)


def reddish(data: bytes) -> bool:
    red, green, blue = colour(data)  # type: ignore[misc]
    return bool(red > 200 and green < 40 and blue < 40)


def test_a_picture_is_shown_wherever_the_poster_was(site: Project) -> None:
    site.write({"content/post.md": "---\ntitle: P\ndate: 2026-02-01\n---\n![](git/push.cast)\n"}).build()
    (path,) = pictures(site)
    published = site.published()
    assert CANARY not in published[path]
    size = 'width="160" height="90"'
    assert f'<img class="poster" src="{path}" alt="" {size}>' in site.page("index.html")
    assert f'<img class="poster" src="../{path}" alt="" {size}>' in site.page("git/index.html")
    alt = "Terminal recording: Push"
    assert f'<img class="poster" src="../../{path}" alt="{alt}" {size}>' in site.page("git/push/index.html")
    assert f'<img class="poster" src="../../../{path}" alt="{alt}" {size}>' in site.page("embed/git/push/index.html")
    assert reddish(published["git/push.png"])
    feed = published["feed.atom"].decode()
    assert feed.count(f"https://posters.example/casts/{path}") == 2, "the recording, and the post that shows it"
    assert json.loads(published["git/push/oembed.json"])["thumbnail_url"].endswith("/git/push.png")


def test_the_drawn_poster_stays_at_its_address(site: Project) -> None:
    site.build()
    assert b"git push" in site.published()["git/push.svg"]
    assert b"<image" not in site.published()["git/push.svg"]


def test_frames_that_are_loaded_later_show_the_picture(site: Project) -> None:
    site.write({f"content/more/{at:02}.cast": cast("$ ls") for at in range(30)})
    site.write({"castsite.yml": f"{CONFIG}pagination: 0\n"})
    site.write({"content/more/29.md": "---\nposter: ../git/shots/push.png\n---\n"})
    told = site.build().stderr
    assert "leaves its folder" in told  # a path leads down only, as of all files beside a recording
    site.write({"content/more/29.md": "---\nposter: x.png\n---\n", "content/more/x.png": png(160, 90)}).build()
    assert 'alt="" width="160" height="90" loading="lazy" decoding="async">' in site.page("more/index.html")


def test_an_unlisted_recording_has_its_picture_as_thumbnail(site: Project) -> None:
    text = TITLED.format("shots/push.png").replace("date:", "visibility: unlisted\ndate:")
    site.write({"content/git/push.md": text}).build(CASTSITE_KEY="k" * 32)
    (answer,) = [
        json.loads(body) for name, body in site.published().items() if name.endswith("/oembed.json") and b"Push" in body
    ]
    (path,) = pictures(site)
    assert answer["thumbnail_url"] == f"https://posters.example/casts/{path}"
    assert (answer["thumbnail_width"], answer["thumbnail_height"]) == (160, 90)


def test_what_has_expired_shows_nothing(site: Project) -> None:
    text = TITLED.format("shots/push.png").replace("date:", "expires: 2026-01-02\ndate:")
    site.write({"content/git/push.md": text}).build()
    assert pictures(site) == []


def test_a_picture_of_a_text_and_of_a_poster_is_published_once(site: Project) -> None:
    site.write({"content/git/page.md": "![shot](shots/push.png)\n", "content/git/shots/again.cast": cast("$ x")})
    site.write({"content/git/shots/again.md": "---\nposter: push.png\n---\n"})
    assert "collision" not in site.build().stderr
    assert len(pictures(site)) == 1


def test_a_section_may_choose_for_all_below_it(site: Project) -> None:
    site.write({"content/_index.md": "---\ncascade: {poster: cover.png}\n---\n", "content/cover.png": png(40, 20)})
    site.build()
    assert 'width="40" height="20"' in site.page("other/index.html")
    assert 'width="160" height="90"' in site.page("git/push/index.html")


def test_a_missing_picture_is_told_with_what_was_meant(site: Project) -> None:
    site.write({"content/git/push.md": TITLED.format("shots/psuh.png")})
    told = site.build().stderr
    assert (
        'warning: content/git/push.md:4:9: no-poster: poster: there is no file "content/git/shots/psuh.png",'
        ' did you mean "shots/push.png"?'
    ) in told
    assert '<svg class="poster"' in site.page("git/push/index.html")


BAD = [
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "it is an SVG"),
    (b"<!doctype html><script>alert(1)</script>", "it is a text with markup"),
    (drawn_png(20000, 20000), "20000×20000 pixels"),
    (drawn_png() + bytes(6 * MIB), "at most 5 MiB are allowed"),
    (drawn_png()[:-13], "the PNG is cut off"),
    (b"GIF89a\x01\0\x01\0", "it is a GIF"),
    (drawn_png(3, 2, chunk(b"acTL", bytes(8))), "it is animated"),
    (drawn_png(3, 2, drawn_png(9000, 9000)[8:33]), "the PNG has two headers"),
]


@pytest.mark.parametrize(("data", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_C10_what_is_no_picture_is_refused_and_the_screen_is_drawn(site: Project, data: bytes, reason: str) -> None:
    site.write({"content/git/shots/push.png": data})
    told = site.build().stderr
    assert 'error: content/git/push.md:4:9: refused-picture: poster: picture "shots/push.png" is refused: ' in told
    assert reason in told
    assert pictures(site) == []
    assert '<svg class="poster"' in site.page("git/push/index.html")
    assert not reddish(site.published()["git/push.png"])


def test_C10_an_svg_is_refused_by_its_own_name_too(site: Project) -> None:
    site.write({"content/git/push.md": TITLED.format("x.svg"), "content/git/x.svg": "<svg onload='alert(1)'/>"})
    told = site.build().stderr
    assert 'refused-picture: poster: picture "x.svg" is refused: it is an SVG, which can hold scripts; save it' in told
    assert '<svg class="poster"' in site.page("git/push/index.html")


def test_a_link_is_no_picture(site: Project, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "content/git/shots/push.png").unlink()
    (tmp_path / "content/git/shots/push.png").symlink_to(tmp_path / "secret.png")
    site.build()
    assert pictures(site) == []


def test_a_card_of_what_cannot_be_decoded_shows_the_screen(site: Project) -> None:
    site.write({"content/git/shots/push.png": drawn_png(800, 600)})  # too few rows
    site.build()
    assert len(pictures(site)) == 1
    assert not reddish(site.published()["git/push.png"])


def test_a_warm_build_sees_a_picture_come_change_and_go(site: Project, tmp_path: Path) -> None:
    for number, data in enumerate((png(160, 90), png(160, 90, BLUE), None, png(9, 9), png(160, 90))):
        path = tmp_path / "content/git/shots/push.png"
        path.unlink(missing_ok=True)
        if data:
            path.write_bytes(data)
        told = site.build().stderr
        again = Project(tmp_path / f"cold{number}")
        again.root.mkdir()
        for file in (tmp_path / "content").rglob("*"):
            if file.is_file():
                again.write({f"content/{file.relative_to(tmp_path / 'content')}": file.read_bytes()})
        again.write({"castsite.yml": CONFIG})
        assert [line for line in again.build().stderr.splitlines() if "no-poster" in line] == [
            line for line in told.splitlines() if "no-poster" in line
        ]
        assert again.published() == site.published()


SHOTS = ((0, png(30, 20, RED)), (600, png(31, 20, GREEN)), (1200, png(32, 20, BLUE)))


def asked(tmp_path: Path, poster: str = "frame", recording: bytes | None = None, more: str = "") -> Project:
    return Project(tmp_path).write(
        {
            "castsite.yml": CONFIG,
            "content/run.rec": made.framed(*SHOTS) if recording is None else recording,
            "content/run.md": f"---\ntitle: Run\nposter: {poster}\n{more}---\n",
        }
    )


@pytest.mark.parametrize(
    ("poster", "width"), [("frame", 32), ("frame 0:00", 30), ("frame 0.5", 31), ("frame 0:01", 32)]
)
def test_the_frame_nearest_to_the_time_is_the_poster(tmp_path: Path, poster: str, width: int) -> None:
    site = asked(tmp_path, poster)
    assert "no-frame" not in site.build().stderr
    (path,) = pictures(site)
    assert path.endswith(".png")
    assert CANARY not in site.published()[path]
    assert f'src="../{path}" alt="Terminal recording: Run" width="{width}" height="20"' in site.page("run/index.html")
    assert b"<image" not in site.published()["run.svg"]


def test_frames_without_being_asked_for_stay_where_they_are(tmp_path: Path) -> None:
    site = asked(tmp_path, "0:01")
    site.build()
    assert pictures(site) == []


def test_frames_at_times_of_the_wall_clock_count_from_their_beginning(tmp_path: Path) -> None:
    start = 1.7e12
    site = asked(tmp_path, "frame 0.5", made.framed(*((start + ts, data) for ts, data in SHOTS)))
    site.build()
    assert 'width="31"' in site.page("run/index.html")


def test_what_was_cut_away_is_not_shown(tmp_path: Path) -> None:
    site = asked(tmp_path, "frame 0.5", more="cut: [[0.4, 0.9]]\n")
    site.build()
    assert 'width="31"' not in site.page("run/index.html")
    assert len(pictures(site)) == 1


@pytest.mark.parametrize(("end", "width"), [("1.1", 31), ("0.5", 30), ("1.3", 32)])
def test_no_frame_is_shown_from_beyond_the_end_that_an_author_chose(tmp_path: Path, end: str, width: int) -> None:
    site = asked(tmp_path, f"frame {end}", more=f"end: {end}\n")
    site.build()
    assert f'width="{width}"' in site.page("run/index.html")


def test_pictures_whose_names_no_archive_may_have_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "content/run.rec"
    folder.mkdir(parents=True)
    try:
        (folder / os.fsdecode(b"\xff.png")).write_bytes(png(3, 2))
    except OSError:
        pytest.skip("all names are UTF-8 here")
    site = Project(tmp_path).write({"castsite.yml": CONFIG, "content/hello.cast": cast("hello")})
    site.build()
    assert "hello/index.html" in site.published()


def test_a_folder_gives_its_frames_too_and_a_change_of_one_is_seen(tmp_path: Path) -> None:
    members = {
        "manifest.json": made.tty_manifest(
            {"path": "io.jsonl", "type": "io", "encoding": "jsonl"},
            {"path": "frames/index.jsonl", "type": "frames", "encoding": "trace-index"},
        ),
        "io.jsonl": made.io_rows(),
        "frames/index.jsonl": made.rows({"seq": 1, "ts": 0, "hash": "frame-1", "png": "1.png"}),
        "frames/1.png": png(30, 20),
    }
    site = Project(tmp_path).write({f"content/run.tty/{name}": data for name, data in members.items()})
    site.write({"castsite.yml": CONFIG, "content/run.md": "---\nposter: frame\n---\n"}).build()
    assert 'width="30"' in site.page("run/index.html")
    site.write({"content/run.tty/frames/1.png": png(44, 20)}).build()
    assert 'width="44"' in site.page("run/index.html")


def test_a_folder_whose_frames_are_too_much_is_published_without_one(tmp_path: Path) -> None:
    site = Project(tmp_path).write(
        {
            "castsite.yml": f"{CONFIG}limits: {{file_size: 2 MiB}}\n",
            "content/run.md": "---\nposter: frame\n---\n",
            "content/run.tty/manifest.json": made.tty_manifest(
                {"path": "io.jsonl", "type": "io", "encoding": "jsonl"},
                {"path": "frames/index.jsonl", "type": "frames", "encoding": "trace-index"},
            ),
            "content/run.tty/io.jsonl": made.io_rows(),
            "content/run.tty/frames/index.jsonl": made.rows({"seq": 1, "ts": 0, "hash": "1", "png": "1.png"}),
            "content/run.tty/frames/1.png": os.urandom(3 * MIB),
        }
    )
    told = site.build().stderr
    assert "warning: content/run.md:2:9: no-frame: poster: the pictures cannot be taken" in told
    assert '<svg class="poster"' in site.page("run/index.html")


def test_frames_alone_are_slides_with_a_sharp_poster(tmp_path: Path) -> None:
    site = asked(tmp_path, "frame", made.framed(*SHOTS, stream=b""))
    site.build()
    (path,) = pictures(site)
    assert f'src="../{path}"' in site.page("run/index.html")


@pytest.mark.parametrize(
    ("recording", "reason"),
    [
        (cast("$ ls"), "the recording holds no frame of what is played"),
        (made.framed(), "the recording holds no frame of what is played"),
        (made.framed((0, b"GIF89a")), 'frame "00001.png" is refused: it is a GIF'),
        (made.framed((0, drawn_png(5000, 1))), "at most 4096 on a side"),
        (made.framed((0, drawn_png()[:-13])), "the PNG is cut off"),
        (made.framed((0, drawn_png(3, 2, chunk(b"acTL", bytes(8))))), "it is no still PNG"),
        (made.framed((0, jpeg())), "it is no still PNG"),
        (made.framed((0, drawn_png() + os.urandom(6 * MIB))), 'member "frames/00001.png" has more than 5 MiB'),
        (made.framed(**{"frames/index.jsonl": made.rows({"seq": 1, "hash": "1", "png": "gone.png"})}), "but not there"),
    ],
)
def test_a_frame_that_cannot_be_shown_is_told_of_and_the_screen_is_drawn(
    tmp_path: Path, recording: bytes, reason: str
) -> None:
    site = asked(tmp_path, recording=recording)
    if not recording.startswith(b"PK"):
        (tmp_path / "content/run.rec").rename(tmp_path / "content/run.cast")
    told = site.build().stderr
    assert "warning: content/run.md:3:9: no-frame: poster: " in told
    assert reason in told
    assert pictures(site) == []
    assert '<svg class="poster"' in site.page("run/index.html")


@pytest.mark.parametrize("more", ["redact: [hello]\n", "mask_region: [{rows: [1, 2], cols: [1, 10]}]\n"])
def test_where_anything_is_masked_frames_are_held_back(tmp_path: Path, more: str) -> None:
    site = asked(tmp_path, more=more)
    told = site.build().stderr
    assert "no-frame: poster: a frame may show what is masked in the recording, and is held back" in told
    assert pictures(site) == []


@pytest.mark.parametrize("poster", ["frames", "frame soon", "frame 1:5", "framed.pdf"])
def test_a_poster_that_is_none_of_these_is_an_error(tmp_path: Path, poster: str) -> None:
    assert "content/run.md:3:9: bad-value: poster: expected" in asked(tmp_path, poster).build(code=1).stderr


def test_where_a_credential_was_masked_the_frame_is_held_back(tmp_path: Path) -> None:
    credential = token(next(rule for rule in shipped() if rule.name == "github-token"))
    stream = made.io_rows([(0, f"$ export TOKEN={credential}\r\n"), (900_000, "done\r\n")])
    site = asked(tmp_path, recording=made.framed(*SHOTS, stream=stream))
    site.write({"castsite.yml": f"{CONFIG}secrets: redact\n"})
    assert "is held back; the screen is drawn" in site.build().stderr
    assert "\u2588" in site.published()["run.txt"].decode()
    assert pictures(site) == []


@pytest.mark.parametrize("poster", ["frame", "shot.png"])
def test_K04_a_private_recording_has_no_picture(tmp_path: Path, poster: str) -> None:
    canary = os.urandom(300)
    with_canary = drawn_png(3, 2, chunk(b"iCCP", canary))
    site = asked(tmp_path, poster, made.framed((0, with_canary)), more="visibility: private\n")
    site.write({"content/shot.png": with_canary})
    environ = {"CASTSITE_PASSPHRASE": "violet anchor 42 tundra", "CASTSITE_KEY": "k" * 32}
    told = site.build("--verbose", **environ).stderr
    assert "warning: content/run.md:3:9: no-effect: poster: a picture would not be encrypted, and is left out" in told
    files = [file for part in ("public", ".castsite") for file in (tmp_path / part).rglob("*") if file.is_file()]
    assert len(files) > 20
    assert not any(canary in file.read_bytes() for file in files)
    assert not any(name.endswith((".png", ".svg")) and "run" in name for name in site.published())
    assert "shot.png" not in (tmp_path / ".castsite/cache/memory.sqlite3").read_bytes().decode("latin-1")

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from safety.pictures import (
    CANARY,
    REAL_AVIF,
    avif,
    box,
    chunk,
    exif,
    jpeg,
    png,
    riff,
    segment,
    vp8,
    vp8l,
    vp8x,
    webp,
)

from castsite.limits import MIB, Limits
from castsite.safety import Refused
from castsite.safety.raster import Picture, PictureKind, check_picture, without_metadata

LIMITS = Limits()
PNG, JPEG, WEBP, AVIF = PictureKind.PNG, PictureKind.JPEG, PictureKind.WEBP, PictureKind.AVIF


def reason(data: bytes, limits: Limits = LIMITS) -> str:
    refused = check_picture(data, limits)
    assert isinstance(refused, Refused), refused
    return refused.reason


def cleaned(data: bytes) -> bytes:
    picture = check_picture(data, LIMITS)
    assert isinstance(picture, Picture), picture
    return without_metadata(data, picture.kind)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(3, 2), Picture(PNG, 3, 2)),
        (jpeg(3, 2), Picture(JPEG, 3, 2)),
        (webp(vp8l(3, 2)), Picture(WEBP, 3, 2)),
        (webp(vp8(300, 200)), Picture(WEBP, 300, 200)),
        (webp(vp8x(300, 200), vp8(300, 200)), Picture(WEBP, 300, 200)),
        (avif(3, 2), Picture(AVIF, 3, 2)),
        (avif(3, 2, turned=1), Picture(AVIF, 2, 3)),
        (avif(3, 2, turned=2), Picture(AVIF, 3, 2)),
        (REAL_AVIF, Picture(AVIF, 17, 31)),
    ],
)
def test_a_picture_is_known_by_its_bytes(data: bytes, expected: Picture) -> None:
    assert check_picture(data, LIMITS) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "it is empty"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "it is an SVG"),
        (b"<!doctype html><img src=x onerror=alert(1)>", "it is a text with markup"),
        (b"GIF89a\x01\0\x01\0", "it is a GIF"),
        (b"BM\0\0", "it is not a PNG, JPEG, WebP or AVIF picture"),
        (
            png(20000, 20000),
            "it has 20000×20000 pixels, at most 4096 on a side are allowed (limits: image_side); make it smaller",
        ),
        (png(4097, 1), "it has 4097×1 pixels"),
        (jpeg(1, 4097), "it has 1×4097 pixels"),
        (webp(vp8x(4097, 1), vp8(1, 1)), "it has 4097×1 pixels"),
        (avif(1, 4097), "it has 1×4097 pixels"),
        (png() + bytes(6 * MIB), "it has 6 MiB, at most 5 MiB are allowed (limits: image_size); make it smaller"),
        (png()[:-13], "the PNG is cut off"),
        (jpeg()[:-2], "the JPEG is cut off"),
        (webp()[:-1], "the WebP is cut off"),
        (avif()[:-1], "the AVIF is cut off"),
        (png().replace(b"IDAT", b"IDAX"), "the PNG is damaged 33 bytes from its start"),
        (png(0, 2), "the PNG declares no size"),
        (jpeg(0, 2), "the JPEG declares no size"),
        (webp(vp8x(3, 2), vp8(30, 2)), "the WebP holds a frame larger than itself"),
        (webp(vp8x(3, 2)), "the WebP holds no picture"),
        (
            avif(items=(b"av01", b"Exif")),
            "the AVIF holds Exif or XMP, which cannot be left out; save it without metadata",
        ),
        (avif(items=(b"av01", b"mime")), "the AVIF holds Exif or XMP"),
        (avif(items=(b"av01", b"uri ")), 'the AVIF holds an item "uri "'),
        (avif(after=box(b"uuid", CANARY)), 'the AVIF holds a "uuid" box'),
        (avif(after=box(b"moov")), "the AVIF is animated"),
    ],
)
def test_C10_what_is_no_fitting_picture_is_refused_with_its_reason(data: bytes, expected: str) -> None:
    assert reason(data).startswith(expected)


def test_C10_exactly_at_the_limits_a_picture_passes() -> None:
    data = png(4096, 4096)
    assert check_picture(data, Limits(image_size=len(data))) == Picture(PNG, 4096, 4096)
    assert "(limits: image_size)" in reason(data, Limits(image_size=len(data) - 1))


def test_C11_a_png_is_copied_without_its_texts() -> None:
    texts = [chunk(name, CANARY) for name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVT")]
    shown = [chunk(b"gAMA", b"\0\0\xb1\x8f"), chunk(b"pHYs", bytes(9)), chunk(b"tRNS", b"\0\1")]
    assert cleaned(png(3, 2, *texts, *shown) + CANARY) == png(3, 2, *shown)


def test_C11_a_jpeg_is_copied_without_places_comments_and_previews() -> None:
    profile = segment(0xE2, b"ICC_PROFILE\0\x01\x01profile")
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01")
    plain_jfif = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")
    hidden = [
        segment(0xE1, exif()),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + CANARY),
        segment(0xE0, b"JFXX\0\x10" + CANARY),
        segment(0xE2, b"MPF\0" + CANARY),
        segment(0xED, b"Photoshop 3.0\0" + CANARY),
        segment(0xFE, CANARY),
    ]
    preview = segment(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01" + b"RGB" + CANARY)
    flagged = segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01" + CANARY)
    data = jpeg(3, 2, preview, *hidden, profile, flagged) + jpeg() + CANARY
    assert cleaned(data) == jpeg(3, 2, plain_jfif, profile, adobe)


@pytest.mark.parametrize(("orientation", "size"), [(2, (3, 2)), (3, (3, 2)), (5, (2, 3)), (6, (2, 3)), (8, (2, 3))])
def test_C11_a_jpeg_keeps_the_way_it_is_turned_and_nothing_else_of_its_exif(
    orientation: int, size: tuple[int, int]
) -> None:
    data = jpeg(3, 2, segment(0xE1, exif(orientation)))
    assert check_picture(data, LIMITS) == Picture(JPEG, *size)
    clean = cleaned(data)
    assert CANARY not in clean
    assert b"GPS" not in clean
    assert check_picture(clean, LIMITS) == Picture(JPEG, *size)


@pytest.mark.parametrize(
    "block", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", exif()[:12], exif(9), b"Exif\0\0XX*\0"]
)
def test_an_exif_block_that_makes_no_sense_is_only_dropped(block: bytes) -> None:
    assert cleaned(jpeg(3, 2, segment(0xE1, block))) == jpeg(3, 2)


def test_C11_a_webp_is_copied_without_exif_and_xmp_on_every_level() -> None:
    frame_header = bytes(6) + b"\x02\0\0\x01\0\0" + bytes(4)
    dirty = riff(b"ANMF", frame_header + vp8l(3, 2) + riff(b"XXXX", CANARY))
    clean = riff(b"ANMF", frame_header + vp8l(3, 2))
    data = webp(vp8x(flags=0x2E), riff(b"ICCP", b"icc"), dirty, riff(b"EXIF", CANARY), riff(b"XMP ", CANARY)) + CANARY
    assert cleaned(data) == webp(vp8x(flags=0x22), riff(b"ICCP", b"icc"), clean)


def test_C11_unused_space_of_an_avif_is_blanked_where_it_stands() -> None:
    assert cleaned(avif(after=box(b"free", CANARY))) == avif(after=box(b"free", bytes(len(CANARY))))


SAMPLES = {
    PNG: png(3, 2, chunk(b"tEXt", CANARY)),
    JPEG: jpeg(3, 2, segment(0xE1, exif(6))),
    WEBP: webp(vp8x(), riff(b"EXIF", CANARY), vp8l()),
    AVIF: REAL_AVIF,
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_picture_cut_anywhere_is_refused(kind: PictureKind) -> None:
    data = SAMPLES[kind]
    for end in range(len(data)):
        assert isinstance(check_picture(data[:end], LIMITS), Refused), end


@given(st.sampled_from(list(SAMPLES)), st.data())
def test_damaged_bytes_give_a_picture_or_a_reason_and_cleaning_is_final(kind: PictureKind, data: st.DataObject) -> None:
    raw = bytearray(SAMPLES[kind])
    for at in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=4)):
        raw[at] = data.draw(st.integers(0, 255))
    picture = check_picture(bytes(raw), LIMITS)
    if isinstance(picture, Picture):
        clean = without_metadata(bytes(raw), picture.kind)
        assert check_picture(clean, LIMITS) == picture
        assert without_metadata(clean, picture.kind) == clean


_DRAW = """kind => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 40, height: 30});
  const paint = canvas.getContext("2d");
  for (let x = 0; x < 40; x++) { paint.fillStyle = `hsl(${x * 9} 80% 50%)`; paint.fillRect(x, 0, 1, 30 - x / 2); }
  return canvas.toDataURL(kind).split(",")[1];
}"""
_READ = """async ([kind, data]) => {
  const image = Object.assign(new Image(), {src: `data:${kind};base64,${data}`});
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  canvas.getContext("2d").drawImage(image, 0, 0);
  return [image.width, image.height, canvas.toDataURL()];
}"""


@pytest.mark.browser
def test_C11_a_browser_sees_the_same_picture_without_its_metadata(browser: Browser) -> None:
    with browser.new_page() as page:
        for kind, add in _ADDING.items():
            dirty = add(base64.b64decode(page.evaluate(_DRAW, kind)))
            assert CANARY in dirty
            clean = cleaned(dirty)
            assert CANARY not in clean
            before, after = (page.evaluate(_READ, [kind, base64.b64encode(data).decode()]) for data in (dirty, clean))
            assert after == before
            assert tuple(after[:2]) == check_picture(clean, LIMITS)[1:3]


_ADDING = {
    "image/png": lambda data: data[:33] + chunk(b"tEXt", CANARY) + data[33:],
    "image/jpeg": lambda data: data[:2] + segment(0xE1, exif(6)) + data[2:],
    "image/webp": lambda data: webp(data[12:], riff(b"EXIF", CANARY)),
}

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import gallery
from pasted import HOSTILE, Elements

from castsite.config import OUTPUTS, SiteConfig
from castsite.render.oembed import answer, as_json, as_xml
from castsite.render.snippets import shared
from castsite.schema.values import Author
from castsite.site.model import Meta

ROOT = "https://gallery.example/"
CONFIG = SiteConfig(title="Scrollback", base_url=ROOT, author=Author("Ada", "https://ada.example/"))


def answered(title: str = "Rebase", **changes: object) -> dict[str, str | int]:
    recording = gallery.recording("git/rebase", title=title, **changes)
    return answer(recording, shared(recording, ROOT), CONFIG)


def test_the_answer_holds_a_real_player() -> None:
    fields = json.loads(as_json(answered()))
    assert (fields["type"], fields["version"]) == ("rich", "1.0")
    ((tag, frame),) = Elements(fields["html"]).found
    assert (tag, frame["src"]) == ("iframe", f"{ROOT}embed/git/rebase/")
    assert (frame["width"], frame["height"]) == (str(fields["width"]), str(fields["height"]))
    assert fields["thumbnail_url"] == f"{ROOT}git/rebase.png"
    assert {"thumbnail_width", "thumbnail_height", "cache_age"} <= fields.keys()
    assert (fields["author_name"], fields["author_url"]) == ("Ada", "https://ada.example/")
    assert (fields["provider_name"], fields["provider_url"]) == ("Scrollback", ROOT)


def test_the_recordings_own_author_comes_before_the_sites() -> None:
    fields = answered(meta=Meta(authors=(Author("Grace", "mailto:grace@example.org"),)))
    assert fields["author_name"] == "Grace"
    assert "author_url" not in fields


def test_without_a_player_the_answer_is_a_picture_that_leads_to_the_recording() -> None:
    (link, picture) = Elements(str(answered(outputs=("oembed",))["html"])).found
    assert (link[0], picture[0]) == ("a", "img")


def test_C02_xml_says_the_same_whatever_the_title() -> None:
    for title in (*HOSTILE, "\x0b\x00\ufffe"):
        fields = answered(title, outputs=OUTPUTS)
        found = ET.fromstring(as_xml(fields))  # noqa: S314 - our own
        assert found.tag == "oembed"
        assert {one.tag: one.text or "" for one in found} == {name: str(value) for name, value in fields.items()}

"""The rules of the feed formats, as their specifications have them. Each function raises AssertionError."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def check_atom(data: bytes) -> None:
    """RFC 4287."""
    feed = parsed(data)
    assert feed.tag == f"{ATOM}feed"
    one(feed, f"{ATOM}id")
    one(feed, f"{ATOM}title")
    updated = moment(one(feed, f"{ATOM}updated"))
    absolute(one(feed, f"{ATOM}id"))
    links(feed)
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")].count("self") == 1  # 4.1.1: SHOULD
    entries = feed.findall(f"{ATOM}entry")
    assert len({one(entry, f"{ATOM}id") for entry in entries}) == len(entries)
    has_author = feed.find(f"{ATOM}author") is not None
    for entry in entries:
        absolute(one(entry, f"{ATOM}id"))
        one(entry, f"{ATOM}title")
        assert moment(one(entry, f"{ATOM}updated")) <= updated
        for published in entry.findall(f"{ATOM}published"):
            moment(published.text or "")
        assert has_author or entry.find(f"{ATOM}author") is not None  # 4.1.2
        content = entry.find(f"{ATOM}content")
        links(entry)
        assert content is not None or entry.find(f"{ATOM}link[@rel='alternate']") is not None
        if content is not None:
            assert content.get("type") in {"text", "html", "xhtml"}
            absolute_html(content.text or "")
        assert len(entry.findall(f"{ATOM}summary")) <= 1
        for category in entry.findall(f"{ATOM}category"):
            assert category.get("term")  # 4.2.2.1
    for author in feed.iter(f"{ATOM}author"):
        one(author, f"{ATOM}name")  # 3.2.1
        for uri in author.findall(f"{ATOM}uri"):
            absolute(uri.text or "")


def check_rss(data: bytes) -> None:
    """rssboard.org/rss-specification, 2.0.11."""
    root = parsed(data)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = list(root)
    assert channel.tag == "channel"
    for name in ("title", "link", "description"):
        one(channel, name)
    absolute(one(channel, "link"))
    rfc_822(one(channel, "lastBuildDate"))
    own = channel.find(f"{ATOM}link")
    assert own is not None
    assert (own.get("rel"), own.get("type")) == ("self", "application/rss+xml")
    absolute(own.get("href") or "")
    guids = []
    for item in channel.findall("item"):
        assert item.find("title") is not None or item.find("description") is not None
        absolute(one(item, "link"))
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "true"
        absolute(guid.text or "")
        guids.append(guid.text)
        rfc_822(one(item, "pubDate"))
        assert item.find("author") is None  # it would have to be an e-mail address
        absolute_html(one(item, "description"))
        for enclosure in item.findall("enclosure"):
            absolute(enclosure.get("url") or "")
            assert int(enclosure.get("length") or "") >= 0
            assert "/" in (enclosure.get("type") or "")
        assert len(item.findall("enclosure")) <= 1
    assert len(set(guids)) == len(guids)


def check_json_feed(data: bytes) -> None:
    """jsonfeed.org/version/1.1."""
    feed = json.loads(data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    absolute(feed["home_page_url"])
    absolute(feed["feed_url"])
    assert isinstance(feed["items"], list)
    assert "author" not in feed  # that was 1.0
    for author in feed.get("authors", []):
        assert author.keys() & {"name", "url", "avatar"}
    identities = [item["id"] for item in feed["items"]]
    assert len(set(identities)) == len(identities)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item.keys() & {"content_html", "content_text"}
        absolute(item["url"])
        absolute_html(item["content_html"])
        for name in ("date_published", "date_modified"):
            moment(item[name])
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        for attachment in item.get("attachments", []):
            absolute(attachment["url"])
            assert "/" in attachment["mime_type"]
            assert attachment["size_in_bytes"] >= 0
            assert attachment["duration_in_seconds"] >= 0
        absolute(item.get("image", item["url"]))


def parsed(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - we wrote it


def one(parent: ET.Element, name: str) -> str:
    """The text of an element that has to be there once, and to say something."""
    found = parent.findall(name)
    assert len(found) == 1, (parent.tag, name, len(found))
    assert (found[0].text or "").strip(), name
    return found[0].text or ""


def links(parent: ET.Element) -> None:
    """RFC 4287, 4.2.7: an address is required; no two alternates of one type and language."""
    kinds = []
    for link in parent.findall(f"{ATOM}link"):
        absolute(link.get("href") or "")
        if link.get("rel", "alternate") == "alternate":
            kinds.append((link.get("type"), link.get("hreflang")))
    assert len(set(kinds)) == len(kinds)


def absolute(url: str) -> None:
    parts = urlsplit(url)
    assert parts.scheme in {"http", "https"}, url
    assert parts.netloc, url
    assert not re.search(r"[\s<>\"]", url), url


def absolute_html(html: str) -> None:
    for url in re.findall(r'<[a-z0-9]+(?: [^>]*?)? (?:href|src)="([^"]*)"', html):
        if not url.startswith("mailto:"):
            absolute(url)
    assert "<script" not in html


def moment(text: str) -> datetime:
    """RFC 3339: upper-case T, a zone."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
    return datetime.fromisoformat(text)


def rfc_822(text: str) -> datetime:
    found = re.fullmatch(r"(\w{3}), \d{2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", text)
    assert found, text
    when = parsedate_to_datetime(text)
    assert DAYS[when.weekday()] == found[1]
    return when

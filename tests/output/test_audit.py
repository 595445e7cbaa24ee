"""What builds write down about what they publish."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from projects import Project, cast
from tokens import TOKENS

from castsite.build import Options, build, clean
from castsite.config import load_config
from castsite.errors import OutputRefusedError, StorageError
from castsite.output.audit import plain, rule_of
from castsite.output.trail import read
from castsite.safety.gate import Gate
from castsite.safety.scan import Finding
from castsite.safety.secrets import find
from castsite.schema.policy import SecretsPolicy

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TOKEN = TOKENS["github-token"]
KEY = "site_key: a-key-of-more-than-thirty-two-characters\n"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return Project(tmp_path).write({"content/a.cast": cast("a"), "content/b.cast": cast("b"), "content/t.md": "text\n"})


def built(site: Project, *, output: str | None = None, now: datetime = NOW, **options: Any) -> list[str]:
    """Build, and give what was written down meanwhile, as `action item`."""
    before = len(lines(site)) if (site.root / ".castsite/audit.jsonl").is_file() else 0
    config = load_config(KEY, environ={}, output=output).config
    build(site.root, config, Options(jobs=1, now=now, **options))
    return [f"{line['action']} {line['item'].removeprefix('content/')}" for line in lines(site)[before:]]


def lines(site: Project) -> list[dict[str, Any]]:
    file = site.root / ".castsite/audit.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def last(site: Project, item: str) -> dict[str, Any]:
    return [line for line in lines(site) if line["item"] == f"content/{item}"][-1]


def with_front(front: str, text: str = "a") -> bytes:
    return f"---\n{front}\n---\n".encode() + cast(text)


def test_a_life_is_written_down_and_nothing_is_said_twice(site: Project) -> None:
    assert built(site) == ["published a.cast", "published b.cast", "published t.md"]
    assert built(site) == []
    assert built(site, rehash=True) == []
    site.write({"content/a.cast": cast("other"), "content/t.md": "other\n", "content/_index.md": "welcome\n"})
    assert built(site) == ["published _index.md", "changed a.cast", "changed t.md"]
    site.write({"content/a.cast": with_front("visibility: unlisted", "other")})
    assert built(site) == ["made-unlisted a.cast"]
    site.write({"content/a.cast": with_front("title: anew", "other")})
    assert built(site) == ["made-public a.cast"]
    site.write({"content/a.cast": with_front("visibility: private", "other")})
    assert built(site) == ["made-private a.cast"]
    assert last(site, "a.cast")["because"] == "no-passphrase"
    assert built(site, passphrase=lambda: "a passphrase of eight words") == ["published a.cast"]
    entry = last(site, "a.cast")
    assert (entry["state"], "because" in entry) == ("private", False)
    assert entry["digest"] != f"sha256:{hashlib.sha256((site.root / 'content/a.cast').read_bytes()).hexdigest()}"
    assert built(site, passphrase=lambda: "a passphrase of eight words") == []
    assert built(site) == [], "what was published of it stays"
    site.write({"content/a.cast": with_front("title: anew", "other")})
    assert built(site) == ["made-public a.cast"]
    site.write({"content/a.cast": with_front("visibility: private", "other")})
    assert built(site, passphrase=lambda: "a passphrase of eight words") == ["made-private a.cast"]
    site.write({"content/a.cast": with_front("expires: 2026-06-10", "other")})
    assert built(site) == ["made-public a.cast"]
    assert built(site, now=NOW + timedelta(days=20)) == ["expired a.cast"]
    assert "digest" not in last(site, "a.cast")
    assert built(site, now=NOW + timedelta(days=21)) == []
    assert built(site) == ["published a.cast"]
    (site.root / "content/b.cast").unlink()
    site.write({"content/a.cast": with_front("draft: true")})
    assert built(site) == ["removed a.cast", "removed b.cast"]
    assert [last(site, name).get("because") for name in ("a.cast", "b.cast")] == ["draft", None]
    assert built(site) == []


def test_a_line_says_when_what_where_and_of_which_bytes(site: Project) -> None:
    begun = datetime.now(UTC).replace(microsecond=0)
    built(site)
    line = last(site, "a.cast")
    assert begun <= datetime.fromisoformat(line["time"]) <= datetime.now(UTC)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["time"])
    assert (line["address"], line["state"], line["output"]) == ("a/", "public", "public")
    assert line["digest"] == "sha256:" + hashlib.sha256((site.root / "public/a.cast").read_bytes()).hexdigest()
    assert last(site, "t.md")["digest"] == "sha256:" + hashlib.sha256(b"text\n").hexdigest()


def test_what_is_held_back_is_named_by_its_rule_and_tells_nothing(site: Project) -> None:
    built(site)
    source = cast(f"a {TOKEN}", title="A title")
    site.write({"content/a.cast": source, "content/new.md": f"{TOKEN}\n", f"content/{TOKEN}.cast": cast("x")})
    assert built(site) == ["held-back content", "held-back a.cast", "held-back new.md"]
    for item in ("a.cast", "new.md"):
        assert last(site, item)["rules"] == ["github-token"]
        assert "digest" not in last(site, item)
    written = "".join(path.read_text() for path in (site.root / ".castsite").glob("audit*.jsonl"))
    for secret in (TOKEN, TOKEN[:12], "A title", hashlib.sha256(source).hexdigest()):
        assert secret not in written
    assert built(site) == []
    (site.root / f"content/{TOKEN}.cast").unlink()
    site.write({"content/a.cast": cast("a"), "content/new.md": "fine\n"})
    assert built(site) == ["published a.cast", "published new.md", "removed content"]


def test_what_says_itself_what_it_hides_is_held_back(site: Project) -> None:
    built(site)
    site.write({"content/a.cast": with_front("title: on hunter\nredact: [hunter]", "hunter")})
    assert built(site) == ["held-back a.cast"]
    assert last(site, "a.cast")["because"] == "secret-found"
    assert last(site, "a.cast")["rules"] == ["redact"]
    assert "digest" not in last(site, "a.cast")


def test_of_what_is_redacted_the_digest_is_that_of_what_is_published(site: Project) -> None:
    source = with_front("redact: [hunter]", "on hunter")
    site.write({"content/a.cast": source})
    built(site)
    digests = [hashlib.sha256(data).hexdigest() for data in (site.published()["a.cast"], source)]
    assert last(site, "a.cast")["digest"] == f"sha256:{digests[0]}"
    assert digests[1] not in (site.root / ".castsite/audit.jsonl").read_text()


def test_a_finding_beside_or_behind_an_item_is_the_item_s(site: Project) -> None:
    site.write({"content/c.cast": cast("c"), "content/page.md": "---\nrecording: b.cast\n---\ntext\n"})
    assert built(site) == ["published a.cast", "published c.cast", "published page.md", "published t.md"]
    site.write({"content/a.md": f"{TOKEN}\n", "content/b.cast": cast(TOKEN)})
    assert built(site) == ["held-back a.cast", "held-back page.md"]
    site.write({"content/a.md": "fine\n", "content/b.cast": cast("b")})
    assert built(site) == ["published a.cast", "published page.md"]


def test_a_recording_that_broke_says_why_it_went(site: Project) -> None:
    built(site)
    site.write({"content/a.cast": b"nonsense"})
    assert built(site) == ["removed a.cast"]
    assert last(site, "a.cast")["because"] == "cast-unknown-format"


def test_each_output_folder_has_its_own_story(site: Project) -> None:
    assert len(built(site)) == 3
    assert len(built(site, output="other")) == 3
    assert built(site) == built(site, output="other") == []
    (site.root / "content/b.cast").unlink()
    assert built(site) == ["removed b.cast"]
    assert last(site, "b.cast")["output"] == "public"
    assert built(site, output="other") == ["removed b.cast"]
    assert last(site, "b.cast")["output"] == "other"


def test_what_only_its_owner_looks_at_is_not_written_down(site: Project) -> None:
    for options in ({"private": True}, {"drafts": True}, {"future": True}):
        assert built(site, output="looked-at", **options) == []
    assert not list((site.root / ".castsite").glob("audit*"))
    built(site)
    site.write({"content/d.cast": with_front("draft: true")})
    assert built(site, drafts=True) == []
    assert built(site) == []


def test_a_build_that_is_refused_writes_nothing(site: Project) -> None:
    built(site)
    before = lines(site)
    site.write({"content/c.cast": cast("c"), "public/c/index.html": "mine"})
    with pytest.raises(OutputRefusedError):
        built(site)
    assert lines(site) == before
    (site.root / "content/c.cast").unlink()
    site.write(dict.fromkeys(("content/a.cast", "content/b.cast"), b"nonsense"))
    (site.root / "content/t.md").unlink()
    assert built(site) == []  # no recording is left, so the site stays as it was


def test_without_a_trail_nothing_is_published(site: Project) -> None:
    (site.root / ".castsite/audit.jsonl").mkdir(parents=True)
    with pytest.raises(StorageError):
        built(site)
    assert not (site.root / "public").exists()


@pytest.mark.parametrize("command", ["build", "log"])
@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_a_pipe_in_its_place_is_not_waited_for(site: Project, command: str) -> None:
    (site.root / ".castsite").mkdir()
    os.mkfifo(site.root / ".castsite/audit.jsonl")
    done = site.run(command)
    assert done.returncode == 5
    assert "fatal: .castsite/audit.jsonl: not-a-file: is not a regular file; remove it\n" in done.stderr


def test_cleaning_leaves_it_and_a_lost_one_begins_with_what_was_found(site: Project) -> None:
    built(site)
    before = lines(site)
    config = load_config(KEY, environ={}).config
    clean(site.root, config, Options())
    assert lines(site) == before
    assert built(site) == []
    (site.root / ".castsite/audit.jsonl").unlink()
    site.write({"content/c.cast": cast("c")})
    assert built(site) == ["found a.cast", "found b.cast", "published c.cast", "found t.md"]
    found = read(site.root / ".castsite")
    assert found
    assert found.damaged == 0


@pytest.mark.parametrize("name", TOKENS)
def test_messages_of_findings_begin_with_the_rule(name: str) -> None:
    gate = Gate(SecretsPolicy(), f"content/{TOKENS[name].replace('/', '-')}.cast")
    _, (told, *_) = Gate(SecretsPolicy(), "content/x.md").of_text(f"x {TOKENS[name]} y")
    assert rule_of(told) == find(f"x {TOKENS[name]} y")[0].rule
    assert {rule_of(one) for one in gate.of_name()[1]} <= {hit.rule for hit in find(f"content/{TOKENS[name]}.cast")}
    finding = Finding(**dict.fromkeys(Finding._fields, 0) | {"rule": name, "rule_class": "P", "channel": "output"})  # type: ignore[arg-type]
    (told,) = gate.problems([gate.judge(finding._replace(shown="", places=1, where="o:1:2-3", time=None), "x")])
    assert rule_of(told) == name


def test_a_path_that_is_no_text_is_written_as_one() -> None:
    assert plain("content/\udcff.cast") == "content/�.cast"

"""Every real recording of a folder of them, through the whole build."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from projects import Project

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


Row = dict[str, Any]
Built = tuple[dict[str, Row], Project, Row]


@pytest.fixture(scope="module")
def built(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    site = Project(tmp_path_factory.mktemp("corpus"))
    rows = [json.loads(line) for line in (corpus / "catalog.jsonl").read_text("utf-8").splitlines()]
    catalog = {}
    for number, row in enumerate(rows):  # each in a folder of its own: their names are longer than addresses may be
        folder = site.root / "content" / f"n{number}"
        folder.mkdir(parents=True)
        shutil.copyfile(corpus / "files" / row["file"], folder / row["file"])
        catalog[f"content/n{number}/{row['file']}"] = row
    report = json.loads(site.build("--json").stdout)
    return catalog, site, report


def is_asciicast(row: Row) -> bool:
    return row["version"] in (1, 2, 3)


def test_every_valid_recording_is_published_and_every_other_file_explained(built: Built) -> None:
    catalog, site, report = built
    listed = {item["source"] for item in json.loads(site.run("list", "--json").stdout)}
    told = {problem["path"] for problem in report["problems"]}
    assert report["recordings"]["published"] == len(listed)
    for path, row in catalog.items():
        if path in listed:
            continue
        assert path in told, f"{path} is neither published nor explained"
        empty = "header only, no events" in row["deviations"]  # valid as a file, but there is nothing to show
        assert not (row["valid"] and is_asciicast(row)) or empty, f"{path} is valid and was left out"


def test_every_published_recording_has_all_its_files(built: Built) -> None:
    _, site, _ = built
    files = site.published()
    for item in json.loads(site.run("list", "--json").stdout):
        for form in ("{}/index.html", "{}.cast", "{}.txt", "{}.svg", "{}.json"):
            assert form.format(item["slug"]) in files
        for line in files[f"{item['slug']}.cast"].splitlines():
            json.loads(line)
        assert json.loads(files[f"{item['slug']}.json"])["duration"] == pytest.approx(item["duration"], abs=0.001)

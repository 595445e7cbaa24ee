"""Real recordings of other formats, where there is a folder of them."""

from __future__ import annotations

import json
from pathlib import Path

from formats.reading import LIMITS, cast_of, found, told, transcript

from castsite.errors import Severity
from castsite.formats.model import Beside


def files(corpus: Path, version: str) -> dict[str, bytes]:
    rows = map(json.loads, (corpus / "catalog.jsonl").read_text("utf-8").splitlines())
    names = [row["file"] for row in rows if row["version"] == version]
    return {name: (corpus / "files" / name).read_bytes() for name in names}


def test_every_ttyrec_is_read(corpus: Path) -> None:
    real = files(corpus, "ttyrec")
    assert real
    for name, data in real.items():
        result = found(data, path=name, limits=LIMITS)
        assert result.format == "ttyrec", name
        assert result.cast is not None, name
        assert transcript(result.cast), name


def test_outputs_of_script_are_read_with_their_timing_and_without(corpus: Path) -> None:
    outputs = files(corpus, "script")
    timings = files(corpus, "script-timing")
    assert outputs
    for name, data in outputs.items():
        assert found(data, path=name).synthetic
        timing = timings.get(name.removesuffix("script") + "timing")
        if timing is not None:
            assert told(found(data, path=name, beside=Beside(timing=timing))) == []
            assert cast_of(data, beside=Beside(timing=timing)).duration > 10_000_000


def test_timing_files_alone_are_named(corpus: Path) -> None:
    for name, data in files(corpus, "script-timing").items():
        errors = [one.text for one in found(data, path=name).problems if one.severity is Severity.ERROR]
        assert ["timing file of script(1)" in text for text in errors] == [True], name

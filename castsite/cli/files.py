"""Recordings of the content folder by their files' names, without looking into them."""

from __future__ import annotations

from dataclasses import dataclass

from castsite.cli.project import Project
from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.formats.names import RECORDING
from castsite.schema.nearest import did_you_mean
from castsite.site.sources import Kind, Scan, scan


@dataclass(frozen=True, slots=True)
class Files:
    """The file of a recording and of the text beside it; paths are relative to the project."""

    recording: str
    companion: str | None


def look(project: Project) -> Scan:
    """Walk the content folder of a project."""
    config = project.config
    return scan(project.root / config.content, label=config.content, ignore=config.ignore, limits=config.limits)


def find_files(found: Scan, name: str) -> Files:
    """Find the one recording that a name means: a path, or its end. Raises ConfigError for none, and for several."""
    wanted = RECORDING.sub("", name.strip("/"))
    recordings = {RECORDING.sub("", file.path): file for file in found.files if file.kind is Kind.RECORDING}
    own = {path: path.partition("/")[2] for path in recordings}
    exact = [path for path in recordings if wanted in {path, own[path]}]
    ending = [path for path in recordings if wanted and f"/{path}".endswith(f"/{wanted}")]
    chosen = exact or ending
    if len(chosen) == 1:
        file = recordings[chosen[0]]
        texts = (one.path for one in found.files if one.kind is Kind.COMPANION and one.recording == file.path)
        return Files(file.path, next(texts, None))
    if chosen:
        names = ", ".join(own[path] for path in chosen[:5])
        text = f"{quote(name)} could be {names}{' …' if len(chosen) > 5 else ''}; write more of it"
    else:
        near = did_you_mean(wanted.rpartition("/")[2], (path.rpartition("/")[2] for path in recordings))
        text = f"no recording {quote(name)}{near or '; castsite list names them all'}"
    raise ConfigError(Problem(Severity.FATAL, Place(""), "no-recording", text))

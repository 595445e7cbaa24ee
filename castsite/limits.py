"""The documented bounds on input, in one place. The owner may change them in `castsite.yml`, front matter may not.

Sources: what 699 public recordings contain (widest 315 columns, 19,962 events, 22,151 characters in one event), what
browsers and hosts accept, and what the terminal engine survives.
"""

from __future__ import annotations

from dataclasses import dataclass

from castsite.errors import counted

KIB = 1024
MIB = 1024 * KIB
SECOND = 1_000_000
"""One second in microseconds, the unit of every time in castsite."""
DAY = 86_400 * SECOND

UPLOAD_ROOM = 64 * KIB
"""Bytes that the body of an upload may have besides the recording itself."""
UPLOAD_PARTS = 16
"""Parts of the body of an upload."""
UPLOAD_PART_HEADER = 8 * KIB
"""Bytes of the header of one part, where a file's name stands, which nobody reads."""
UPLOAD_DESCRIPTION = 4096
"""Characters kept of the description that comes with an upload, as on asciinema.org."""
UPLOAD_ADDRESS = 1000
"""Characters kept of an address that comes with an upload."""
UPLOADS_PER_MINUTE = 10
"""Uploads that are looked at; others are asked to come again."""


def moved_by(*keys: str) -> str:
    """End a message about a bound with the keys of the configuration that move it."""
    return f"(limits: {', '.join(keys)})"


def size_text(size: int) -> str:
    """Bytes, for a message.

    >>> size_text(1000), size_text(1536), size_text(50 * MIB)
    ('1,000 bytes', '1.5 KiB', '50 MiB')
    """
    if size < KIB:
        return counted(size, "byte")
    return f"{size / KIB:,.4g} KiB" if size < MIB else f"{size / MIB:,.4g} MiB"


def larger_text(size: int, most: int) -> str:
    """More bytes than there may be, for a message: to the byte where both would read the same.

    >>> larger_text(65 * KIB, 64 * KIB), larger_text(64 * KIB + 1, 64 * KIB)
    ('65 KiB', '65,537 bytes')
    """
    text = size_text(size)
    return counted(size, "byte") if text == size_text(most) else text


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, inclusive: exactly at the limit is accepted."""

    cols: int = 1000
    """columns of a terminal"""
    rows: int = 500
    """rows of a terminal"""
    cells: int = 200_000
    """columns × rows"""
    file_size: int = 50 * MIB
    """bytes of a recording, after decompression"""
    file_size_warning: int = 10 * MIB
    """bytes from which a recording is reported as large"""
    line_size: int = 8 * MIB
    """bytes of one line of a recording"""
    event_size: int = 4 * MIB
    """characters of one event's data"""
    events: int = 1_000_000
    """events of a recording"""
    duration: int = DAY
    """microseconds of a recording after its idle limit"""
    gap: int = DAY
    """microseconds between two events; longer ones are shortened (browser timers overflow at 24.8 days)"""
    inflate_ratio: int = 200
    """expanded ÷ compressed size, counted once more than 1 MiB came out"""
    archive_entries: int = 10_000
    """entries of an archive"""
    archive_member: int = 64 * MIB
    """bytes of one member of an archive, expanded"""
    archive_total: int = 512 * MIB
    """bytes of all members of an archive that are read, expanded"""
    yaml_size: int = 16 * MIB
    """bytes of a recording of Terminalizer, whose YAML is slow to read"""
    header_depth: int = 20
    """nesting of the JSON header"""
    front_matter: int = 64 * KIB
    """bytes of a front matter block"""
    front_matter_depth: int = 20
    """nesting of front matter"""
    body: int = 64 * KIB
    """bytes of a Markdown body"""
    title: int = 200
    """characters of a title"""
    tag: int = 50
    """characters of a tag"""
    tags: int = 32
    """tags of one item"""
    marker_label: int = 200
    """characters of a marker's label"""
    markers: int = 1000
    """markers of a recording"""
    slug_segment: int = 80
    """characters of one segment of an address"""
    path_segment: int = 120
    """bytes of one segment of an output path, at least 40"""
    path: int = 240
    """bytes of a whole relative output path, at least 80"""
    folder_depth: int = 16
    """levels of folders below the content folder"""
    transcript_inline: int = 200 * KIB
    """bytes of transcript written into a page; the rest is in the text file"""
    search_terms: int = 200_000
    """different words of a recording's parts, added up, that search finds; parts after that are left out"""
    line_length: int = 8192
    """characters kept of one transcript line"""
    captions_size: int = 512 * KIB
    """bytes of a file of captions; an hour of speech needs about 80 KiB"""
    cues: int = 10_000
    """captions of one file"""
    cue_length: int = 500
    """characters of one caption, which are read at once"""
    audio_size: int = 50 * MIB
    """bytes of a file of sound"""
    image_size: int = 5 * MIB
    """bytes of a picture"""
    image_side: int = 4096
    """pixels of a picture's longer side"""
    seconds_per_recording: int = 30
    """seconds a worker may spend on one recording"""
    worker_memory: int = 1024 * MIB
    """bytes of address space of one worker process, where the system can bound it"""
    site_size: int = 1000 * MIB
    """bytes of a whole site before a warning (GitHub Pages)"""
    output_file_size: int = 100 * MIB
    """bytes of one published file before a warning (GitHub); a larger one of the folder `static/` is left out"""

    def of(self, key: str) -> int:
        """Give the bound of this name."""
        found: int = getattr(self, key)
        return found

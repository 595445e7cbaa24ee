r"""Window titles as screen and tmux are sent them: `ESC k`, the title, `ESC \`.

Only these two programs know the sequence; any other terminal prints the title as text, so that a recording made inside
them would show each command twice. It is taken out when a recording is read, even when it is split over events. As in
tmux, any other escape sequence ends a title too.
"""

from __future__ import annotations

from collections import deque
from itertools import accumulate, pairwise
from typing import Final

from castsite.regex import regex

# NUL and DEL may stand anywhere and are not published, so they must not hide a title now that would show up then
_TITLE: Final = regex("(?:\x1b[\x00\x7f]*)+k[^\x18\x1a\x1b\x80-\x9f]*(?:\x1b[\x00\x7f]*\\\\|\x9c|(?=[\x1b\x80-\x9f]))")
_BLOCK: Final = 4096


def without_titles(texts: list[str]) -> list[str]:
    """Take titles out of consecutive outputs; the list keeps its length."""
    if not _may_hold_title(texts):
        return texts
    whole = "".join(texts)
    titles = [match.span() for match in _TITLE.finditer(whole)]
    return _cut(whole, [0, *accumulate(map(len, texts))], titles)


def _cut(whole: str, borders: list[int], spans: list[tuple[int, int]]) -> list[str]:
    """Split `whole` at the borders again, without the spans; both are in order, so one walk does it."""
    texts = []
    rest = deque(spans)
    for begin, end in pairwise(borders):
        parts, at = [], begin
        while rest and rest[0][0] < end:
            parts.append(whole[at : max(at, rest[0][0])])
            at = min(rest[0][1], end)
            if rest[0][1] > end:
                break
            rest.popleft()
        texts.append("".join((*parts, whole[at:end])))
    return texts


def _may_hold_title(texts: list[str]) -> bool:
    """Look through joined blocks, many times faster than through each text."""
    for start in range(0, len(texts), _BLOCK):
        block = "".join(texts[start : start + _BLOCK])
        if "\x1bk" in block or block.endswith("\x1b") or "\x00" in block or "\x7f" in block:
            return True
    return False

"""HTML comments in Markdown are not shown, as in every renderer that passes HTML: an author speaks to nobody there.

Rules of CommonMark 0.31, 4.6 (2) and 6.6, for a parser that passes no other HTML: a comment that begins a line goes on
over blank lines until `-->`, or to the end of its block where there is none; within a line it ends in its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from castsite.regex import regex

COMMENT: Final = "comment"
"""Type of the token that stands for a comment between blocks; its `content` is what it says."""

_START, _END = "<!--", "-->"
_MORE = regex(r"more", re.IGNORECASE)


def comments_plugin(parser: MarkdownIt) -> None:
    """Teach a parser to leave comments out."""
    parser.block.ruler.before("fence", COMMENT, _block, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.before("autolink", COMMENT, _inline)


def is_more(token: Token) -> bool:
    """Whether a comment says where the beginning of a text ends."""
    return token.type == COMMENT and token.level == 0 and bool(_MORE.fullmatch(token.content.strip()))


def is_unclosed(token: Token) -> bool:
    """Whether a comment goes on to the end of its block because nothing ends it."""
    return token.type == COMMENT and bool(token.meta.get("unclosed"))


def without_comments(tokens: Iterable[Token]) -> list[Token]:
    """Leave the comments between blocks out of a text."""
    return [token for token in tokens if token.type != COMMENT]


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - a rule of the library
    at = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith(_START, at):
        return False
    last, tail = _last(state, start, end)
    if last == start and tail:
        return False  # the paragraph that it begins leaves it out
    if silent:
        return True
    said, closed, _ = state.src[at + len(_START) : state.eMarks[last]].partition(_END)
    token = state.push(COMMENT, "", 0)
    token.map, token.hidden, token.content = [start, last + 1], True, said
    token.meta = {} if closed else {"unclosed": True}
    if tail:
        _paragraph(state, last, tail)
    state.line = last + 1
    return True


def _last(state: StateBlock, start: int, end: int) -> tuple[int, str]:
    """Give the last line of a comment and what stands behind it there: it ends with its list item or quotation."""
    for line in range(start, end):
        if not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            return line - 1, ""
        begin = state.bMarks[line] + state.tShift[line] + (len(_START) if line == start else 0)
        _, found, tail = state.src[begin : state.eMarks[line]].partition(_END)
        if found:
            return line, tail.strip()
    return end - 1, ""


def _paragraph(state: StateBlock, line: int, text: str) -> None:
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = text, [line, line + 1], []
    state.push("paragraph_close", "p", -1)


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: ARG001, FBT001 - a rule of the library
    if not state.src.startswith(_START, state.pos):
        return False
    end = state.src.find(_END, state.pos + len(_START), state.posMax)
    if end < 0:
        return False
    state.pos = end + len(_END)
    return True

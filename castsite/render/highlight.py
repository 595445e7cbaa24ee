"""Code in Markdown: coloured by class, never by inline style, and the style sheet that belongs to it.

Lexers are piles of regular expressions, and many of them need minutes for a kilobyte that was written to hurt (a
quarter of Pygments' own does for one of thirty simple patterns). So only languages that were measured are coloured,
only code shaped like code, and only so much of it; the rest is shown plain.
"""

from __future__ import annotations

from functools import cache

from pygments import format as render
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Token, _TokenType

from castsite.regex import regex

_LANGUAGES = (
    "bash sh zsh shell console fish powershell pwsh bat tcsh python py python3 pycon json yaml toml ini diff udiff "
    "javascript js jsx typescript ts html xml css scss sql postgresql make makefile cmake docker dockerfile go rust c "
    "cpp kotlin ruby rb perl php lua r swift haskell elixir erlang ocaml clojure scheme lisp scala zig nginx http vim "
    "awk sed graphql properties tex jinja nasm"
)
LANGUAGES = frozenset(_LANGUAGES.split())
"""Names a fence may ask colours by. Each takes under 2 s for 16 KiB of any pattern tried on it."""

CODE_LIMIT = 16 * 1024
"""Characters of code coloured in one body."""

_NOT_CODE = regex(r"\s{60}|[^\n]{400}")
"""What sends a lexer back over the same text again and again: long white space, endless lines."""

_PREFIX = "hl-"

_COLOURS: dict[_TokenType, str] = {
    Token.Comment: "color:light-dark(#61686e,#8f979e)",
    Token.Comment.Preproc: "color:light-dark(#6a3fa0,#c3a6ff)",
    Token.Keyword: "color:light-dark(#6a3fa0,#c3a6ff)",
    Token.Operator.Word: "color:light-dark(#6a3fa0,#c3a6ff)",
    Token.Literal.String: "color:light-dark(#2f6b2f,#9fd08c)",
    Token.Literal.Number: "color:light-dark(#0b6272,#7fd0e0)",
    Token.Name.Builtin: "color:light-dark(#0b6272,#7fd0e0)",
    Token.Name.Function: "color:light-dark(#1d4f9e,#8cb8ff)",
    Token.Name.Class: "color:light-dark(#1d4f9e,#8cb8ff)",
    Token.Name.Tag: "color:light-dark(#1d4f9e,#8cb8ff)",
    Token.Name.Decorator: "color:light-dark(#1d4f9e,#8cb8ff)",
    Token.Name.Attribute: "color:light-dark(#0b6272,#7fd0e0)",
    Token.Name.Variable: "color:light-dark(#0b6272,#7fd0e0)",
    Token.Generic.Deleted: "color:light-dark(#b3261e,#ff8f84)",
    Token.Generic.Inserted: "color:light-dark(#2f6b2f,#9fd08c)",
    Token.Generic.Heading: "font-weight:600",
    Token.Generic.Subheading: "color:light-dark(#6a3fa0,#c3a6ff)",
    Token.Generic.Strong: "font-weight:600",
    Token.Generic.Emph: "font-style:italic",
    Token.Generic.Prompt: "color:light-dark(#61686e,#8f979e)",
    Token.Generic.Output: "color:light-dark(#474d52,#b7bdc2)",
    Token.Generic.Traceback: "color:light-dark(#b3261e,#ff8f84)",
    Token.Generic.Error: "color:light-dark(#b3261e,#ff8f84)",
}
"""Declarations by kind of token; kinds below one inherit it. Readable (4.5:1) on the theme's `--sunk`."""


def highlight_code(code: str, language: str) -> str:
    """Give the code as HTML with a class per token, or nothing when it should be shown plain."""
    if language not in LANGUAGES or _NOT_CODE.search(code):
        return ""
    tokens = _lexer(language).get_tokens(code)
    # a kind without a colour needs no element around it
    seen = ((kind if _declaration(kind) else Token.Text, text) for kind, text in tokens)
    return render(seen, _formatter())


@cache
def highlight_css() -> str:
    """Write the style sheet for highlighted code, light and dark at once by `light-dark()`."""
    selectors: dict[str, list[str]] = {}
    for kind, name in sorted(STANDARD_TYPES.items(), key=lambda item: item[1]):
        if name and (declaration := _declaration(kind)):
            selectors.setdefault(declaration, []).append(f".{_PREFIX}{name}")
    return "".join(f"{','.join(names)}{{{declaration}}}\n" for declaration, names in selectors.items())


@cache
def _declaration(kind: _TokenType) -> str:
    known = (_COLOURS[ancestor] for ancestor in reversed(kind.split()) if ancestor in _COLOURS)
    return next(known, "")


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False)


@cache
def _formatter() -> HtmlFormatter[str]:
    return HtmlFormatter(nowrap=True, classprefix=_PREFIX)

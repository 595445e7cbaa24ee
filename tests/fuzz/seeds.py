"""Writes the files that fuzzing begins with, small ones of every kind: `python -m fuzz.seeds`."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path

from fuzz import credentials, outputs, redaction, uploads
from tokens import TOKENS

HERE = Path(__file__).parent / "seeds"
TARGETS = ("recordings", "front_matter", "texts", "outputs", "credentials", "redaction", "uploads")


def seeds(target: str) -> dict[str, bytes]:
    """Make all files of a target, by name."""
    made = {
        "recordings": _recordings,
        "front_matter": _front_matter,
        "texts": _texts,
        "outputs": _outputs,
        "credentials": _credentials,
        "redaction": _redaction,
        "uploads": _uploads,
    }[target]()
    return {f"{number:02}": data for number, data in enumerate(made)}


def _lines(*lines: object) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def _recordings() -> list[bytes]:
    events = [[0.5, "o", "$ ls\r\n"], [1.5, "i", "q"], [2.0, "m", "here"], [2.5, "r", "100x30"], [3, "o", "\x1b[1mé"]]
    theme = {"fg": "#fff", "bg": "#000000", "palette": ":".join(["#123456"] * 8)}
    full = {"width": 80, "height": 24, "title": "t", "timestamp": 1.7e9, "env": {"SHELL": "sh"}, "idle_time_limit": 2}
    two = _lines({"version": 2, **full, "theme": theme}, *events)
    three = _lines({"version": 3, "term": {"cols": 80, "rows": 24, "theme": theme}, "tags": ["a"]}, *events)
    one = {"version": 1, "width": 80, "height": 24, "duration": 1.5, "stdout": [[0.5, "$ "], [1, "ls\r\n"]]}
    return [
        two,
        three,
        json.dumps(one).encode(),
        json.dumps(one, indent=2).encode(),
        gzip.compress(two, mtime=0),
        bz2.compress(two),
        lzma.compress(three, preset=0),
        gzip.compress(two, mtime=0)[:-20],
        b"---\ntitle: t\n---\n" + two,
        b"\xef\xbb\xbf" + two.replace(b"\n", b"\r\n"),
        two.replace(b"$ ls", b"\x1b[0m\\e\\x1b\\q"),
        two[:-9],
        three + b'# comment\n[0.5, "x", "0"]\nlol!\n[NaN, "o", "x"]\n["1", "o", null]\n',
        _lines({"version": 2, "width": 80, "height": 24}, *[[4 - at, "o", f"\x1bk{at}\x1b\\"] for at in range(4)]),
        b"",
    ]


def _front_matter() -> list[bytes]:
    full = """title: "A: b"
date: 2026-01-02T03:04:05+01:00
updated: 2026-02-03
tags: [git, "två"]
series: {name: s, part: 2}
weight: 3
authors: [{name: Ada, url: "https://a.example/"}, Bob]
draft: false
visibility: unlisted
expires: 30
slug: a/b
aliases: [/c/, d]
poster: 0:12
player: {speed: 1.5, loop: true, theme: nord}
start: 1s
end: 1:02
cut: [[1, 2], "0:03-0:04"]
speed: [[1, 2, 4]]
idle_time_limit: off
markers: [[1.5, one], {time: 0:02, label: two}]
captions: {en: a.vtt}
audio: a.mp3
export: [gif, svg]
outputs: [md]
commands: [[1, ls]]
links: [{url: "https://b.example/", text: b}]
related: [c.cast]
extra: {a: {b: [c]}}
secrets:
  allow:
    - {rule: assignment, where: "o:1:2-3", source: "sha256:00", reason: r, until: 2027-01-31}
"""
    section = "title: s\nsort: -date\npagination: 5\nrecursive: yes\ncascade:\n  tags: [a]\n  player: {speed: 2}\n"
    odd = ["titel: x", "a: &a [*a]", "<<: {a: 1}", "t: !!python/object:os.system x", "a: 1\na: 2", "- a", "? [a]\n: b",
           "title: |\n  a\n  ---\n  b", 'title: "\\ud800"', "[" * 60, "x: 'a", "\ttitle: x", "title: \x00"]  # fmt: skip
    blocks = [full, section, "recording: a.rec\nsize: 80x24\ntiming: b\ncps: 20\n", *odd]
    return [*(f"---\n{block}\n---\ntext\n".encode() for block in blocks), b"---\n", b"---\r\ntitle: x\r\n---\r\n",
            b"+++\na = 1\n+++\n", b"\xef\xbb\xbf---\ntitle: \xff\n---\n", b"no block"]  # fmt: skip


def _texts() -> list[bytes]:
    texts = [
        "# A *b* `c`\n\nd ~~e~~ **f** <b>g</b> &amp; \\*\n\n<!-- more -->\n\n## A\n",
        "[a](b.cast) ![p](p.png) [t](t.md#h-t) ![b](b.cast){speed=2 t=1:05 loop}\n\n![b](b.cast)\n\n[x](javascript:x)",
        "- [x] a\n- [ ] b\n\n1. c\n   > d\n\n7) e\n",
        "|a|b|\n|:-|-:|\n|1|`2|3`|\n",
        "> [!NOTE]\n> a\n\n> [!WARNING] b\n",
        'a[^1] b[^x]\n\n[^1]: c\n    d\n\n[r]: https://a.example/ "t"\n[r] <https://b.example/?a=1&b> <a@b.example>\n',
        "```python {.x #y onclick=z}\nprint('</code>')\n```\n\n    indented\n\n~~~\nopen",
        "<!-- a --> b <!-- never ends\n\n<script>alert(1)</script>\n<img src=x onerror=alert(1)>\n",
        "![r](https://a.example/p.png)\n[![p](p.png)](b.cast)\n# h {#evil .x style=y}\n***\n",
        "> " * 40 + "a\n" + "[" * 40 + "**a " * 40 + "_a__" * 20 + "`" * 15 + "\u2028\x00\ufeff",
    ]
    return [text.encode() for text in texts]


def _outputs() -> list[bytes]:
    border = outputs.BORDER.decode("latin-1")
    resize = bytes([outputs.RESIZE, 20, 6]).decode("latin-1")
    texts = [
        "plain\r\n\ttext\b\a\x1b[1;31mred\x1b[0m\x1b[2J\x1b[H\x1b[3;4Hx",
        f"a\x1b{border}[3{border}1mb\x1b]0;ti{border}tle\ac",
        f"\x1b[?1049halt{border}{resize}{border}\x1b[?1049lback\x1b[?25l\x1b[?2026h\x1b[4h\x1b[20l\x1b[!p",
        "\x1b7\x1b8\x1bD\x1bE\x1bH\x1bM\x1b(0qqq\x1b(B\x0eq\x0f\x1b#8\x1bc",
        "\x1b]4;1;#ff0000\x1b\\\x1b]10;rgb:ff/ff/ff\x1b\\\x1b]8;;https://a.example/\x1b\\l\x1b]8;;\x1b\\\x1b]52;c;eA==\a",
        "\x1bP1;2qsixel\x1b\\\x1b_Gk\x1b\\\x1b^p\x1b\\\x1bXs\x1b\\\x1bkt\x1b\\",
        "\x1b[c\x1b[6n\x1b[>4;2m\x1b[?1000h\x1b[18t\x1b[?2026$p\x1b=\x1b>\x1b[2 q",
        "\x1b[12;\x18x\x1b]0;a\x1b[1mb\x1b[2\x1b[1mc\x1b[3\n1md\x1b[1\x1a",
        "w" * 45
        + "\x1b[5;1H\x1b[2L\x1b[3M\x1b[4@\x1b[2P\x1b[2X\x1b[3b\x1b[1;3r\x1b[2S\x1b[1T\x1b[s\x1b[u\x1b[5W\x1b[2Z",
    ]
    made = [b"\x0c\x04" + text.encode("latin-1") for text in texts]
    return [*made, b"\x0a\x05" + "日本語 é 👩‍💻\u009b31mx\u0085y\u009d0;t\u009cz".encode()]


def _redaction() -> list[bytes]:
    """Make the ways of a value onto a screen; what stands for it is not written down."""
    border = redaction.BORDER.decode("latin-1")
    resize = bytes([redaction.RESIZE, 18, 6]).decode("latin-1")
    typed = bytes([redaction.TYPED]).decode("latin-1")
    texts = [
        "say \x01 here\r\n",
        f"\x02{border}\x03\r\n",
        f"\r\x1b[K$ \x02{border}\r\x1b[K$ \x01{border}\r\x1b[K$ \x02",
        f"\x1b[3;8H\x03{border}\x1b[3;1H\x02",
        f"\x1b[4h\x1b[1;1H\x02\x1b[1;4Hxx\x1b[1;4H\x1b[2P{border}\x1b[4l\x03",
        f"0123456789\x01{border}{resize}{border}\x1b[1;1H\x1b[L",
        "\x1b[?1049h\x1b[H\x01\x1b[?1049l\x1b[2;3r\x1b[3;1H\x01\n\n\x1bM",
        "\x1b]0;\x01\a\x1b]8;;https://a.example/\x01\x1b\\l\x1b]8;;\x1b\\\x1bP\x01\x1b\\",
        f"{typed}\x01\r{border}{typed}\x02x\x7f\x03",
        "\x01\x1b[3b\x1b7\x1b[5;5H\x01\x1b8\b\b\x1b[3X\x1b(0\x01\x1b(B",
        "|\x02|\r\n|\x03|\r\n|\x04|",
    ]
    return [b"\x0c\x04" + text.encode("latin-1", "ignore") for text in texts]


def _credentials() -> list[bytes]:
    named = [b"x " + credentials.pair(token) + b" end\n" for token in TOKENS.values()]
    anchors = [
        b"".join(credentials.pair(piece) for piece in credentials.PIECES[at : at + 12]) for at in range(0, 96, 12)
    ]
    key = credentials.pair("-----BEGIN RSA PRIVATE KEY-----\n") + b"MIIEpAIBAAKCAQEA1234567\n" * 3
    return [
        *(b"".join(named[at : at + 8]) for at in range(0, len(named), 8)),
        *anchors,
        key + credentials.pair("-----END RSA PRIVATE KEY-----"),
        key,
        b"export MY_" + credentials.pair("password") + b'="k3Jd9sLq2mXv7Tz"\napi_key: Zq8Lm2Xv9Ks4Jd7Tz1Wn5\n',
        b"curl -u ada:s3cr3tPw9x https://ada:k3Jd9sLq@a.example/ -H 'Authorization: Bearer Zq8Lm2Xv9Ks4Jd7Tz1Wn5'\n",
        credentials.pair("İ") * 100 + named[0],
    ]


def _uploads() -> list[bytes]:
    recording = _lines({"version": 2, "width": 80, "height": 24}, [0.5, "o", "$ ls\r\n"])
    file, title = ("file", recording, "a.cast"), ("title", b"t\xc3\xa9", None)
    whole = uploads.form(file, title)
    return [
        whole,
        uploads.form(title, ("visibility", b"unlisted", None), file, ("audio_url", b"http://a/", None)),
        whole[:-9],
        uploads.form(file, file),
        uploads.form(title),
        whole.replace(b'filename="a.cast"', b"filename*=utf-8''%ff; filename*1*=a; filename=a\0"),
        whole.replace(b'name="title"', b"name*0=ti; name*1=tle"),
        whole.replace(b"Content-D", b"content-d").replace(b"\r\n\r\n", b"\r\nx: y\r\n\r\n", 1),
        b"--b--\r\n",
        b"",
    ]


def main() -> None:
    """Write them."""
    for target in TARGETS:
        folder = HERE / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in seeds(target).items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()

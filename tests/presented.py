"""One credential in every way in which a recording may show it."""

from __future__ import annotations

import base64
from itertools import accumulate

from builders import v2
from tokens import TOKENS

TOKEN = TOKENS["github-token"]


def events(*pairs: tuple[float, str]) -> bytes:
    return v2(*([time, "o", text] for time, text in pairs), width=60, height=10)


def typed(texts: list[str]) -> bytes:
    return events(*((0.1 * (number + 1), text) for number, text in enumerate(texts)))


HALF = len(TOKEN) // 2
COLOURED = "".join(f"\x1b[3{at % 8}m{letter}" for at, letter in enumerate(TOKEN))
B64 = base64.b64encode(TOKEN.encode()).decode()
PADDED = "x" * (60 - HALF - 1) + " "

PRESENTED = {
    "one event": events((1, f"token {TOKEN}\r\n")),
    "split": typed([TOKEN[:10], TOKEN[10:20], TOKEN[20:]]),
    "typed": typed(["$ ", *TOKEN]),
    "colour per character": events((1, COLOURED)),
    "redrawn per key": typed([f"\r\x1b[K$ {part}" for part in accumulate(TOKEN)]),
    "typo": events((1, f"$ {TOKEN[:9]}Q\b \b{TOKEN[9:]}\r\n")),
    "auto-wrap": events((1, PADDED + TOKEN + "\r\n")),
    "wrapped by moves": events((1, f"\x1b[1;1H{PADDED}{TOKEN[:HALF]}"), (2, f"\x1b[2;1H{TOKEN[HALF:]}\x1b[9;1H")),
    "out of order": events((1, f"\x1b[3;{HALF + 1}H{TOKEN[HALF:]}"), (2, f"\x1b[3;1H{TOKEN[:HALF]}\x1b[9;1H")),
    "title only": events((1, f"hello\x1b]0;{TOKEN}\a")),
    "title over events": events((1, f"hello\x1b]2;{TOKEN[:7]}"), (2, f"{TOKEN[7:]}\a")),
    "link": events((1, f"\x1b]8;;https://a.b/?t={TOKEN}\x1b\\here\x1b]8;;\x1b\\")),
    "clipboard": events((1, f"hello\x1b]52;c;{B64}\a")),
    "variable": events((1, f"hello\x1b]1337;SetUserVar=a={B64}\a")),
    "device control": events((1, f"hello\x1bP{TOKEN}\x1b\\")),
    "insert mode": events((1, f"{TOKEN[:5]}{TOKEN[9:]}\x1b[1;6H\x1b[4h{TOKEN[5:9]}\x1b[4l\x1b[9;1H")),
    "escape split": events((1, f"{TOKEN[:9]}\x1b"), (2, f"[1m{TOKEN[9:]}")),
    "wide before": events((1, f"日本語 {TOKEN}\r\n")),
    "all redraws at once": events((1, "".join(f"\r\x1b[K$ {part}" for part in accumulate(TOKEN)))),
    "after scrolling": events((1, "a\r\n" * 30 + TOKEN + "\r\n" * 12)),
    "erased key by key": events((1, TOKEN), (2, "\b \b" * len(TOKEN))),
    "full row before": events((1, "a" * 60 + f"\r\n{TOKEN}\r\n")),
    "pane": events(
        (
            1,
            "".join(
                f"\x1b[{row};1H{'left ' * 3:<{29}}│{part:<30}"
                for row, part in enumerate(["prompt", TOKEN[:30], TOKEN[30:], "more"], 1)
            )
            + "\x1b[9;1H",
        )
    ),
    "partial repaint": events((1, f"\x1b[1;1H{TOKEN[:20]}????"), (2, f"\x1b[1;21H{TOKEN[20:]}\x1b[9;1H")),
}

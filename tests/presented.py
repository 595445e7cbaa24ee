"""One credential in every way in which a recording may show it."""

from __future__ import annotations

import base64
from itertools import accumulate

from builders import v2
from tokens import TOKENS

TOKEN = TOKENS["github-token"]


def events(*pairs: tuple[float, str], width: int = 60) -> bytes:
    return v2(*([time, "o", text] for time, text in pairs), width=width, height=10)


def presented(token: str) -> dict[str, bytes]:
    """Make a recording of each way; the terminal is wide enough for two halves of a token."""
    width = max(60, 2 * ((len(token) + 9) // 2))
    half, column = len(token) // 2, width // 2
    coloured = "".join(f"\x1b[3{at % 8}m{letter}" for at, letter in enumerate(token))
    coded = base64.b64encode(token.encode()).decode()
    padded = "x" * (width - half - 1) + " "
    panes = enumerate(["prompt", token[:column], token[column:], "more"], 1)
    typed = [*((0.1 * (at + 1), text) for at, text in enumerate(["$ ", *token]))]
    redrawn = [f"\r\x1b[K$ {part}" for part in accumulate(token)]
    made: dict[str, list[tuple[float, str]]] = {
        "one event": [(1, f"token {token}\r\n")],
        "split": [(0.1, token[:10]), (0.2, token[10:20]), (0.3, token[20:])],
        "typed": typed,
        "colour per character": [(1, coloured)],
        "redrawn per key": [(0.1 * (at + 1), text) for at, text in enumerate(redrawn)],
        "typo": [(1, f"$ {token[:9]}Q\b \b{token[9:]}\r\n")],
        "auto-wrap": [(1, padded + token + "\r\n")],
        "wrapped by moves": [(1, f"\x1b[1;1H{padded}{token[:half]}"), (2, f"\x1b[2;1H{token[half:]}\x1b[9;1H")],
        "out of order": [(1, f"\x1b[3;{half + 1}H{token[half:]}"), (2, f"\x1b[3;1H{token[:half]}\x1b[9;1H")],
        "title only": [(1, f"hello\x1b]0;{token}\a")],
        "title over events": [(1, f"hello\x1b]2;{token[:7]}"), (2, f"{token[7:]}\a")],
        "link": [(1, f"\x1b]8;;https://a.b/?t={token}\x1b\\here\x1b]8;;\x1b\\")],
        "clipboard": [(1, f"hello\x1b]52;c;{coded}\a")],
        "variable": [(1, f"hello\x1b]1337;SetUserVar=a={coded}\a")],
        "device control": [(1, f"hello\x1bP{token}\x1b\\")],
        "insert mode": [(1, f"{token[:5]}{token[9:]}\x1b[1;6H\x1b[4h{token[5:9]}\x1b[4l\x1b[9;1H")],
        "escape split": [(1, f"{token[:9]}\x1b"), (2, f"[1m{token[9:]}")],
        "wide before": [(1, f"日本語 {token}\r\n")],
        "all redraws at once": [(1, "".join(redrawn))],
        "after scrolling": [(1, "a\r\n" * 30 + token + "\r\n" * 12)],
        "erased key by key": [(1, token), (2, "\b \b" * len(token))],
        "full row before": [(1, "a" * width + f"\r\n{token}\r\n")],
        "pane": [
            (
                1,
                "".join(f"\x1b[{row};1H{'left ' * 3:<{column - 1}}│{part:<{column}}" for row, part in panes)
                + "\x1b[9;1H",
            )
        ],
        "partial repaint": [(1, f"\x1b[1;1H{token[:20]}????"), (2, f"\x1b[1;21H{token[20:]}\x1b[9;1H")],
    }
    return {name: events(*pairs, width=width) for name, pairs in made.items()}


PRESENTED = presented(TOKEN)
"""Of one token, by name."""

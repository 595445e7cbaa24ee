from __future__ import annotations

import pytest

from castsite.record.keys import Act, Keys, Listener, key_of


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ctrl-a", b"\x01"), ("C-A", b"\x01"), ("^a", b"\x01"), ("ctrl-\\", b"\x1c"), ("^@", b"\x00"), ("off", b""),
        ("m", b"m"), ("f1", None), ("", None), ("ctrl-ö", None), (" ", None), ("ctrl-", None),
    ],
)  # fmt: skip
def test_keys_are_read_as_people_write_them(text: str, key: bytes | None) -> None:
    assert key_of(text) == key


def test_keys_are_picked_out_of_what_is_typed() -> None:
    listener = Listener(Keys(mark=b"\x07", pause=b"\x1c"))
    assert listener.feed(b"a\x07b\x1c") == [b"a", Act.MARK, b"b", Act.PAUSE]
    assert listener.feed(b"\x1b[92;5u\x1b[27;5;103~\x1b[A") == [Act.PAUSE, Act.MARK, b"\x1b[A"]


def test_without_keys_everything_is_typed() -> None:
    assert Listener(Keys()).feed(b"a\x07\x1c") == [b"a\x07\x1c"]


def test_after_a_prefix_a_key_may_come_later_and_another_one_gives_both() -> None:
    listener = Listener(Keys(mark=b"m", pause=b"p", prefix=b"\x02"))
    assert listener.feed(b"mp\x02") == [b"mp"]
    assert listener.feed(b"m") == [Act.MARK]
    assert listener.feed(b"\x02\x02m") == [b"\x02", b"m"]
    assert listener.feed(b"\x02x\x02p") == [b"\x02", b"x", Act.PAUSE]

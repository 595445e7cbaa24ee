"""The transcript as captions."""

from __future__ import annotations

import pytest
from builders import cast, output
from filming import take

from castsite.export.vtt import vtt
from castsite.limits import SECOND


@pytest.mark.parametrize(
    ("last", "end"), [(2 * SECOND, "00:00:05.000"), (SECOND // 2, "00:00:03.500"), (0, "00:00:03.001")]
)
def test_the_last_caption_stays_as_long_as_the_last_picture_of_a_film(last: int, end: str) -> None:
    """A line at the very end would else be shown for a thousandth of a second, which nobody reads."""
    made = vtt(take(cast(output(1, "one\r\n"), output(3, "two\r\n")), last_frame=last))
    assert made.data is not None
    assert made.data.decode() == f"WEBVTT\n\n00:00:01.000 --> 00:00:03.000\none\n\n00:00:03.000 --> {end}\ntwo\n\n"

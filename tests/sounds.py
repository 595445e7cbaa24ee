"""Files of sound for tests: tones of known pitch, as samples."""

from __future__ import annotations

import io
import math
import wave
from array import array
from itertools import pairwise

RATE = 8000


def wav(*tones: tuple[float, float]) -> bytes:
    """Make a file of tones, each a pitch in hertz (0: silence) and a length in seconds."""
    samples = array("h")
    for pitch, seconds in tones:
        count = round(seconds * RATE)
        samples.extend(round(9000 * math.sin(2 * math.pi * pitch * i / RATE)) for i in range(count))
    target = io.BytesIO()
    with wave.open(target, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(samples.tobytes())
    return target.getvalue()


def samples(data: bytes) -> array[int]:
    """Give the samples of a file of 16 bits."""
    with wave.open(io.BytesIO(data)) as heard:
        return array("h", heard.readframes(heard.getnframes()))


def pitch(part: array[int]) -> float:
    """Give the pitch of a tone in hertz, by how often it rises through zero."""
    rises = sum(a < 0 <= b for a, b in pairwise(part))
    return rises * RATE / len(part)

"""Texts that are remembered."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from castsite.memory import Memory
from castsite.render.markdown import Rendered
from castsite.render.texts import Texts, made


def test_html_of_another_answer_is_never_given(tmp_path: Path) -> None:
    """Two builds may have been answered otherwise; what one has told and what the other has kept do not go together."""
    one, other = made(Rendered(blocks=(Markup("<p>one"),)), ()), made(Rendered(blocks=(Markup("<p>other"),)), ())
    memory = Memory(tmp_path, "1")
    texts = Texts.of(memory, b"rules")
    texts.learn("body:a", b"key", one)
    texts.kept.put_encoded("body:a", other.told.digest, other.data)
    memory.save()
    again = Texts.of(Memory(tmp_path, "1"), b"rules")
    assert again.recall("body:a", b"key", lambda question: question.answer) is not None
    assert again.fetch("body:a") is None
    texts.learn("body:a", b"key", one)
    assert texts.fetch("body:a") == Rendered(blocks=(Markup("<p>one"),))

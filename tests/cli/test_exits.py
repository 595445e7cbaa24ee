"""How a command ends."""

from __future__ import annotations

import click
import pytest

from castsite.cli.exits import Terminated, guarded


@pytest.mark.parametrize(("interruption", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_what_interrupts_the_making_of_a_class_ends_a_command_as_ever(
    interruption: type[BaseException], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted:
        def __set_name__(self, _owner: type, _name: str) -> None:
            raise interruption

    @click.command()
    def command() -> None:
        type("Made", (), {"name": Interrupted()})

    monkeypatch.setattr("sys.argv", ["castsite"])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        guarded(command)
    assert ended.value.code == code

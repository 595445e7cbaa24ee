"""`castsite completion SHELL`: the script that completes commands and options."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for SHELL.

    bash: add `eval "$(castsite completion bash)"` to ~/.bashrc; zsh: the same in ~/.zshrc;
    fish: `castsite completion fish > ~/.config/fish/completions/castsite.fish`.
    """
    kind = get_completion_class(shell)
    if kind is not None:
        sys.stdout.write(kind(ctx.find_root().command, {}, "castsite", "_CASTSITE_COMPLETE").source())

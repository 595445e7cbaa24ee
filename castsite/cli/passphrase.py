"""`castsite passphrase`: make one for private recordings."""

from __future__ import annotations

import click

from castsite.safety.passphrase import generate


@click.command("passphrase")
def command() -> int:
    """Print a new passphrase for private recordings: 16 random characters. It is kept nowhere; keep it yourself."""
    print(generate())
    return 0

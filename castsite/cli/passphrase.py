"""`castsite passphrase`: make one for private recordings."""

from __future__ import annotations

import click

from castsite.safety.passphrase import generate


@click.command("passphrase")
def command() -> int:
    """Make a passphrase for private recordings and print it: 16 random characters, kept nowhere but with you."""
    print(generate())
    return 0

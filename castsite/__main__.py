"""`python -m castsite`, and the console script."""

from __future__ import annotations


def main() -> None:
    """Run the command line; imported late so that nothing else pays for it."""
    from castsite.cli import run  # noqa: PLC0415 - the import is the work

    run()


if __name__ == "__main__":
    main()

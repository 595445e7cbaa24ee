"""`python -m castsite`, and the console script."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; imported late so that nothing else pays for it."""
    try:
        from castsite.cli import run  # noqa: PLC0415 - the import is the work

        run()
    except KeyboardInterrupt:  # before the command line could take it
        sys.exit(130)


if __name__ == "__main__":
    main()

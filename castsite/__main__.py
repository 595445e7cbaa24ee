"""`python -m castsite`, and the console script."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; imported late so that nothing else pays for it."""
    try:
        from castsite.cli import run  # noqa: PLC0415 - the import is the work

        run()
    except (KeyboardInterrupt, RuntimeError) as error:  # before the command line could take it
        # until Python 3.12 what interrupts the making of a class is only the cause of what is raised
        if isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt):
            sys.exit(130)
        raise


if __name__ == "__main__":
    main()

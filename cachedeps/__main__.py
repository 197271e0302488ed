"""The program: ``cachedeps`` and ``python -m cachedeps``."""

from __future__ import annotations

import sys

from cachedeps.cli.run import run


def main() -> None:
    """Runs the command line and exits."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

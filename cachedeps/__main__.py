"""The program: ``cachedeps`` and ``python -m cachedeps``."""

from __future__ import annotations

import os
import sys

from cachedeps.cli.command_line import run


def main() -> None:
    """Runs the command line and exits."""
    # looking for plugins of other packages would cost a tenth of a quick command's time
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()

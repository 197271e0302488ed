"""A pipeline that cleans up after its own fix, through the library.

Usage: python examples/03_pipeline_library.py [FOLDER]
FOLDER gets the JumpOnion example; without one a temporary folder is used.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import chdir
from pathlib import Path

import cachedeps
from cachedeps.actions.demo import build_jumponion

EXPECTED_ROWS = 20


def deploy_analytics_fix(*, reviewer: str) -> str:
    """Reset what the fixed analytics pipeline fed, and return the receipt's id.

    The number of rows is written into the deployment by the person who looked at the preview.
    Should the database hold another number by now, ``approve`` refuses and nothing is written.
    """
    project = cachedeps.load("cachedeps.toml")
    plan = project.plan("analytics", scope=cachedeps.Since("2026-04-01"))  # no database yet
    with project.connect() as db:
        preview = db.preview(plan)  # reads only
        print(f"{preview.rows} rows of {preview.owners.count} owners are stale")
        receipt = db.apply(preview.approve(by=reviewer, rows=EXPECTED_ROWS))
        print(f"reset under receipt {receipt.id}")
    return receipt.id


def roll_back(receipt_id: str) -> None:
    """Put every cell back that still holds what the receipt's run wrote."""
    with cachedeps.load("cachedeps.toml").connect() as db:
        undone = db.restore(receipt_id)
        print(f"{undone.cells} cells are back")


def main(folder: Path) -> None:
    """Run the fix on the example in ``folder``, and take it back."""
    build_jumponion(folder)
    with chdir(folder):
        roll_back(deploy_analytics_fix(reviewer="ann@example.com"))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(Path(temporary))

"""Golden files: what a renderer writes, kept to be read by people."""

from __future__ import annotations

import os
from pathlib import Path

CASES = Path(__file__).parent.parent / "cases"


def assert_golden(name: str, text: str) -> None:
    """Compares with ``tests/cases/<name>``; CACHEDEPS_UPDATE_GOLDEN=1 writes the file anew."""
    path = CASES / name
    if os.environ.get("CACHEDEPS_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_text(encoding="utf-8") == text

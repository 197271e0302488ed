"""Placeholders that stand for a value in help texts and in the commands we suggest."""

from __future__ import annotations

WHO = "WHO"
NUMBER = "N"

"""The rules' pages, which stand beside the rules and are shipped with them."""

from __future__ import annotations

from importlib.resources import files

from cachedeps.domain.verdict import RULES


def page(slug: str) -> str:
    """The page of one rule, as Markdown.

    Raises:
        KeyError: no rule has that slug.
    """
    if slug not in RULES:
        raise KeyError(slug)
    return files("cachedeps.guard").joinpath("rules", f"{slug}.md").read_text("utf-8")

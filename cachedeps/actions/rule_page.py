"""The page of one rule of the guard, for whoever met its slug."""

from __future__ import annotations

from cachedeps.config.nearest import did_you_mean
from cachedeps.domain.verdict import RULES
from cachedeps.errors import UnknownNameError
from cachedeps.guard.pages import page


def rule_page(slug: str) -> str:
    """The page as Markdown.

    Raises:
        UnknownNameError: no rule has that slug.
    """
    if slug not in RULES:
        near = did_you_mean(slug, RULES) or f"the rules: {', '.join(RULES)}"
        message = f'the guard has no rule "{slug}"'
        raise UnknownNameError(message, hint=near)
    return page(slug)

"""cachedeps: schema-aware cache dependency manager.

Declare once what feeds each cache column; for a fix of one upstream, invalidate exactly the
cells that it made stale, see them first, and be able to undo it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cachedeps.domain.closure import RunApproval as RunApproval
    from cachedeps.domain.closure import RunPreview as RunPreview
    from cachedeps.domain.outcome import Approval as Approval
    from cachedeps.domain.outcome import Drift as Drift
    from cachedeps.domain.outcome import Preview as Preview
    from cachedeps.domain.outcome import Receipt as Receipt
    from cachedeps.domain.outcome import RestoreChoice as RestoreChoice
    from cachedeps.domain.plan import Plan as Plan
    from cachedeps.domain.scope import BadVersions as BadVersions
    from cachedeps.domain.scope import FixedAt as FixedAt
    from cachedeps.domain.scope import Keys as Keys
    from cachedeps.domain.scope import OwnedBy as OwnedBy
    from cachedeps.domain.scope import Scope as Scope
    from cachedeps.domain.scope import Since as Since
    from cachedeps.domain.scope import Stale as Stale
    from cachedeps.domain.scope import Until as Until
    from cachedeps.domain.scope import VersionRange as VersionRange
    from cachedeps.domain.scope import Where as Where
    from cachedeps.domain.verdict import Verdict as Verdict
    from cachedeps.errors import CachedepsError as CachedepsError
    from cachedeps.project import Database as Database
    from cachedeps.project import Project as Project
    from cachedeps.project import init as init
    from cachedeps.project import load as load

__version__ = "0.1.0"

_HOMES = {
    "cachedeps.project": ("Database", "Project", "init", "load"),
    "cachedeps.errors": ("CachedepsError",),
    "cachedeps.domain.closure": ("RunApproval", "RunPreview"),
    "cachedeps.domain.verdict": ("Verdict",),
    "cachedeps.domain.outcome": ("Approval", "Drift", "Preview", "Receipt", "RestoreChoice"),
    "cachedeps.domain.plan": ("Plan",),
    "cachedeps.domain.scope": (
        "BadVersions",
        "FixedAt",
        "Keys",
        "OwnedBy",
        "Scope",
        "Since",
        "Stale",
        "Until",
        "VersionRange",
        "Where",
    ),
}
__all__ = ["__version__", *(name for names in _HOMES.values() for name in names)]


def __getattr__(name: str) -> Any:
    # a public name is imported when it is first asked for: the command line starts fast
    from importlib import import_module

    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

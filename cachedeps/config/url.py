"""Database URLs: which database they mean, and how they are shown without a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote_plus

from cachedeps.domain.model import DatabaseSettings
from cachedeps.errors import UsageError

ENVIRONMENT_PREFIX = "env:"
NOT_A_URL = "(not a database URL)"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9]*)(\+[A-Za-z0-9_]+)?://")
_DIALECTS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "sqlite": "sqlite",
}
_SECRET_PARAMETER = re.compile(r"pass|pwd|secret|token|credential", re.IGNORECASE)
_WINDOWS_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def dialect_of(url: str) -> str:
    """The dialect that a URL's scheme names; "" where it names none that is known."""
    match = _SCHEME.match(url)
    return _DIALECTS.get(match[1].lower(), "") if match else ""


def environment_name(url: str) -> str:
    """The variable that ``env:NAME`` names; "" for any other text."""
    return url.removeprefix(ENVIRONMENT_PREFIX) if url.startswith(ENVIRONMENT_PREFIX) else ""


def resolve_url(
    settings: DatabaseSettings, declaration_path: Path | str, environ: Mapping[str, str]
) -> str:
    """The URL to connect with.

    ``env:NAME`` is looked up in ``environ``; a relative SQLite path of the file is relative to
    the folder of the declaration.

    Raises:
        UsageError: no URL is declared, or the variable it stands in is not set.
    """
    if not settings.url:
        message = "the declaration names no database"
        raise UsageError(message, hint='add url = "..." under [database], or give --url')
    name = environment_name(settings.url)
    url = environ.get(name, "").strip() if name else settings.url
    if not url:
        message = f"the environment variable {name} is not set; it should hold the database's URL"
        raise UsageError(message, hint=f"set it, e.g. export {name}=postgresql://...")
    return _with_absolute_path(url, Path(declaration_path).parent)


def _with_absolute_path(url: str, folder: Path) -> str:
    """A SQLite URL whose file does not depend on the current folder; others as they are."""
    match = re.match(r"(sqlite(?:\+\w+)?:///)(file:)?([^?]*)(.*)", url, re.DOTALL)
    if match is None:
        return url
    head, file, path, query = match[1], match[2] or "", match[3], match[4]
    if path in {"", ":memory:"} or path.startswith("/") or _WINDOWS_DRIVE.match(path):
        return url
    if file and "mode=memory" in query:
        return url
    return f"{head}{file}{(folder / path).resolve()}{query}"


def shown(url: str) -> str:
    """``url`` as it may be shown: without a password, wherever in it that stands."""
    if environment_name(url):
        return url
    match = _SCHEME.match(url)
    if match is None:
        return NOT_A_URL if url else ""
    rest = _without_secret_parameters(_without_password(url[match.end() :]))
    return match[0] + rest


def _without_password(rest: str) -> str:
    """Takes ``:password`` out of ``user:password@host/...``.

    A password with an @ or / that should have been escaped goes too: all up to the last @.
    """
    match = re.match(r"([^:/@]*):.*?@", rest, re.DOTALL)
    if match is None:
        return rest
    before_query, question, query = rest[match.end() :].partition("?")
    return f"{match[1]}@{before_query.rpartition('@')[2]}{question}{query}"


def _without_secret_parameters(rest: str) -> str:
    path, question, query = rest.partition("?")
    kept = [
        part
        for part in re.split("[&;]", query)
        if not _SECRET_PARAMETER.search(unquote_plus(part.partition("=")[0]))
    ]
    return path + question + "&".join(kept) if question and any(kept) else path

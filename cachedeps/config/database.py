"""``[database]``: which database, of which kind, and in which time zone it is read."""

from __future__ import annotations

from collections.abc import Mapping

from cachedeps.config.document import DatabaseEntry
from cachedeps.config.names import plain_name
from cachedeps.config.nearest import did_you_mean
from cachedeps.config.problems import Place, Problems
from cachedeps.config.url import dialect_of, environment_name
from cachedeps.domain.model import DatabaseSettings

_ALIKE = frozenset({"mysql", "mariadb"})
_EXAMPLES = "sqlite:///app.db, postgresql://user@host/name, mysql://user@host/name, env:NAME"


def build_database(
    entry: DatabaseEntry, environ: Mapping[str, str], problems: Problems
) -> DatabaseSettings:
    """The settings; a URL that is wrong is told without being shown."""
    _check_time_zone(entry.timezone, problems)
    for key, name in (("schema", entry.schema_name), ("journal_schema", entry.journal_schema)):
        if name is not None:
            problems.attempt(("database", key), plain_name, name)
    return DatabaseSettings(
        url=entry.url,
        dialect=_dialect(entry, environ, problems),
        schema=entry.schema_name,
        journal_schema=entry.journal_schema,
        timezone=entry.timezone,
    )


def _dialect(entry: DatabaseEntry, environ: Mapping[str, str], problems: Problems) -> str:
    variable = environment_name(entry.url)
    told = dialect_of(environ.get(variable, "").strip() if variable else entry.url)
    place: Place = ("database", "url")
    if entry.url and not variable and not told:
        message = "the url does not start with the name of a database that is known"
        problems.add("bad-url", place, message, fix=f"e.g. {_EXAMPLES}")
    if entry.dialect is None:
        return told
    if told and not variable and told != entry.dialect and not {told, entry.dialect} <= _ALIKE:
        message = f'the url is for {told}, and dialect = "{entry.dialect}"'
        problems.add("bad-url", ("database", "dialect"), message, fix="take dialect out")
    return entry.dialect


def _check_time_zone(name: str, problems: Problems) -> None:
    if name == "UTC":
        return
    import zoneinfo

    known = zoneinfo.available_timezones()
    if name in known:
        return
    near = did_you_mean(name, sorted(known))
    message = f'no time zone is named "{name}"; {near}'.rstrip("; ")
    problems.add("bad-timezone", ("database", "timezone"), message, fix='e.g. "Europe/Berlin"')

"""Proposes a starter declaration for a live schema."""

from __future__ import annotations

import re
import shlex

from cachedeps.actions.checks.undeclared import could_be_cache
from cachedeps.actions.starters.candidates import propose_caches, stamp_columns
from cachedeps.actions.starters.people import propose_owner, propose_time
from cachedeps.config.url import environment_name, shown
from cachedeps.db.inspect import inspect_all, unseen_schemas
from cachedeps.db.session import Session
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveTable, RelationKind, Schema
from cachedeps.render import toml_text
from cachedeps.render.starter import ProposedTable, Starter, starter_text

URL_VARIABLE = "DATABASE_URL"
OWN_TABLES = "cachedeps_"
LOG_NAME = re.compile(r"(?:.*_)?(?:logs?|audits?|events?|history|archives?)", re.IGNORECASE)


def init(session: Session, url: str, schemas: tuple[str, ...] = ()) -> str:
    """The text of a starter ``cachedeps.toml`` for the session's database.

    Args:
        session: an open session; it is only read.
        url: the URL as the user gave it; it is written only where it holds no password.
        schemas: which schemas to look at; none for the default ones.

    Raises:
        UnknownNameError: there are no tables.
    """
    with session.reading() as connection:
        dialect = session.dialect.name
        schema = inspect_all(connection, dialect=dialect, schemas=schemas)
        unseen = () if schemas else unseen_schemas(connection, dialect=dialect)
    return starter_text(propose(schema, url=url, unseen=unseen))


def propose(schema: Schema, *, url: str, unseen: tuple[str, ...] = ()) -> Starter:
    """A proposal of what may be caches, whose the rows are, and what nobody can know.

    ``unseen`` are further schemas of the same database, to be named and asked about.
    """
    tables = [table for table in schema.tables if _declarable(table)]
    keys: dict[str, TableRef] = {}
    proposed = []
    remarks = []
    for table in tables:
        caches = propose_caches(table) if table.kind is RelationKind.TABLE else ()
        if caches and not LOG_NAME.fullmatch(table.ref.name):
            proposed.append(_table(schema, table, _key(table.ref, keys)))
        elif caches:
            names = ", ".join(cache.column for cache in caches)
            remarks.append(f"{table.ref} reads like a log: can caches be rebuilt from {names}?")
        elif table.kind is RelationKind.MATERIALIZED_VIEW:
            remarks.append(
                f"{table.ref} is a materialized view: which of its columns are caches "
                '(reset = "refresh")?'
            )
    without = [str(t.ref) for t in tables if t.ref not in keys.values()]
    if shown(url) != url:
        remarks.append(
            f"Is {URL_VARIABLE} set? The URL holds a password, so it is not written here."
        )
    if without:
        remarks.append(f"Nothing that looks like a cache was seen in: {', '.join(without)}")
    if unseen:
        flags = " ".join(f"--schema {shlex.quote(name)}" for name in unseen)
        again = f"cachedeps init --url {shlex.quote(shown(url))} {flags}"
        remarks.append(f"Other schemas were not looked at; to see them: {again}")
    return Starter(_database(url, schema.dialect), tuple(proposed), tuple(remarks))


def _declarable(table: LiveTable) -> bool:
    name = table.ref.name
    return name.isprintable() and not name.startswith(OWN_TABLES)


def _database(url: str, dialect: str) -> tuple[tuple[str, str], ...]:
    variable = bool(environment_name(url))
    if shown(url) == url and not variable:
        return (("url", toml_text.string(url)),)
    text = url if variable else f"env:{URL_VARIABLE}"
    # with the dialect in the file, a check of the file alone needs no environment
    return (("url", toml_text.string(text)), ("dialect", toml_text.string(dialect)))


def _key(ref: TableRef, taken: dict[str, TableRef]) -> str:
    """A name for the table in the file, where a dot stands between schema and table."""
    plain = ref.name.replace(".", "_")
    key = f"{ref.schema.replace('.', '_')}.{plain}" if ref.schema else plain
    while key in taken:
        key += "_"
    taken[key] = ref
    return key


def _table(schema: Schema, table: LiveTable, key: str) -> ProposedTable:
    caches = propose_caches(table)
    stamps = stamp_columns(table)
    names: list[tuple[str, str]] = []
    if key != str(table.ref):
        names.append(("name", toml_text.string(table.ref.name)))
        if table.ref.schema:
            names.append(("schema", toml_text.string(table.ref.schema)))
    owner, owner_questions = propose_owner(schema, table)
    time, time_questions = propose_time(table, schema.dialect, stamps)
    questions = [*owner_questions, *time_questions]
    if not (table.key or _unique(table)):
        questions.append("No primary key: which columns identify a row? key = [...]")
    known = {cache.column for cache in caches} | stamps
    rest = [column.name for column in could_be_cache(table) if column.name not in known]
    if rest:
        questions.append("Is none of these a cache? Then uncomment the next line:")
        questions.append(f"not_caches = {toml_text.strings(rest)}")
    return ProposedTable(key, (*names, *owner, *time), tuple(questions), caches)


def _unique(table: LiveTable) -> bool:
    required = {column.name for column in table.columns if not column.nullable}
    return any(required.issuperset(columns) for columns in table.unique)

"""Tables: the physical table, whose rows they are, and what is said of them."""

from __future__ import annotations

import re

from cachedeps.config.build_windows import build_windows
from cachedeps.config.document import Document, OwnerEntry, TableEntry
from cachedeps.config.names import plain_name
from cachedeps.config.problems import BadName, BadOwner, BadVia, Place, Problems
from cachedeps.config.reading import Reading
from cachedeps.domain.model import Cache, OwnerPath, Table, TableRef

_REFERENCE = re.compile(
    r"[^>]+->[^>]+?\S(\s+(cascade|set null|set default|restrict|no action))?\s*", re.IGNORECASE
)


def physical_tables(
    document: Document, default_schema: str | None, problems: Problems
) -> dict[str, TableRef]:
    """The physical table of each key under ``[tables]``."""
    found: dict[str, TableRef] = {}
    keys: dict[TableRef, str] = {}
    for key, entry in document.tables.items():
        place: Place = ("tables", key)
        ref = problems.attempt(place, _physical, key, entry, default_schema)
        if ref is None:
            continue
        if ref in keys:
            message = f"this is the table {ref}, which [tables.{keys[ref]}] declares already"
            problems.add(
                "duplicate", place, message, fix="declare a table once, with all its caches"
            )
        keys.setdefault(ref, key)
        found[key] = ref
    return found


def _physical(key: str, entry: TableEntry, default_schema: str | None) -> TableRef:
    """``app.uploads`` means schema and table, unless the entry says what it means."""
    schema, name = entry.schema_name, entry.name
    if name is None:
        head, dot, tail = key.partition(".")
        if "." in tail:
            message = f"{key} has too many parts"
            raise BadName(message, fix='say what is meant: name = "..." and schema = "..."')
        name = tail if dot else key
        schema = schema or (head if dot else None)
    if schema is not None:
        plain_name(schema)
    return TableRef(plain_name(name), None if schema == default_schema else schema)


def build_table(key: str, entry: TableEntry, caches: tuple[Cache, ...], reading: Reading) -> Table:
    """One table; what is wrong is left out and noted."""
    place: Place = ("tables", key)
    ref = reading.names.declared.get(key) or TableRef(key)
    not_caches = reading.columns(entry.not_caches, (*place, "not_caches"))
    for index, name in enumerate(entry.not_caches):
        if any(cache.column == name for cache in caches):
            message = f"{name} is declared as a cache, and as none"
            reading.problems.add("duplicate", (*place, "not_caches", index), message)
    _check_references(entry.references, (*place, "references"), reading)
    return Table(
        name=key,
        ref=ref,
        caches=caches,
        owner=_owner(entry, ref, (*place, "owner"), reading),
        time=reading.column(entry.time, (*place, "time")),
        key=reading.columns(entry.key, (*place, "key")),
        references=tuple(entry.references),
        not_caches=not_caches,
        protected=entry.protected,
        test_rows=reading.predicate(entry.test_rows, (*place, "test_rows")),
        test_rows_conflict=reading.condition(
            entry.test_rows_conflict, ref, (*place, "test_rows_conflict")
        ),
        key_windows=build_windows(entry, (*place, "key_windows"), reading),
    )


def _owner(entry: TableEntry, ref: TableRef, place: Place, reading: Reading) -> OwnerPath | None:
    form = entry.owner
    if form is None:
        return None
    where = None
    if isinstance(form, OwnerEntry):
        where = reading.predicate(form.where, (*place, "where"))
        place, form = (*place, "path"), form.path
    texts = [form] if isinstance(form, str) else form

    def read() -> OwnerPath:
        try:
            return reading.paths_from(ref).owner(texts, where)
        except BadVia as error:
            raise BadOwner(error.message, fix=error.fix) from None

    return reading.problems.attempt(place, read)


def _check_references(texts: list[str], place: Place, reading: Reading) -> None:
    for index, text in enumerate(texts):
        if not _REFERENCE.fullmatch(text):
            message = f'"{text}" is not a foreign key'
            fix = 'write it as "user_id -> users.id cascade"'
            reading.problems.add("bad-reference", (*place, index), message, fix=fix)

"""From the document to the domain: names resolved, edges joined, everything checked.

Every problem is noted and the walk goes on, so that all of them are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cachedeps.config.build_caches import CacheBuilder
from cachedeps.config.build_edges import (
    Nodes,
    check_cycles,
    check_names,
    collect,
    upstream_edges,
)
from cachedeps.config.build_guard import exemptions
from cachedeps.config.build_tables import build_table, physical_tables
from cachedeps.config.database import build_database
from cachedeps.config.document import BackupEntry, Document, UpstreamEntry
from cachedeps.config.names import UPSTREAM_NAME, TableNames, plain_name
from cachedeps.config.problems import Place, Problems
from cachedeps.config.reading import Reading
from cachedeps.domain.model import Backup, Declaration, Source, Table, TableRef, Upstream

_DURATION = re.compile(r"([1-9][0-9]{0,8})([smhdw])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def build(document: Document, environ: Mapping[str, str], problems: Problems) -> Declaration:
    """The declaration that a document means; only to be used where ``problems`` is empty."""
    database = build_database(document.database, environ, problems)
    declared = physical_tables(document, database.schema, problems)
    reading = Reading(TableNames(declared, database.schema), database.dialect, problems)
    nodes = collect(document, reading)
    places = _places(document)
    check_names(nodes, places, reading)
    check_cycles(nodes, places, reading)
    return Declaration(
        database=database,
        upstreams=tuple(
            _upstream(name, entry, nodes, reading) for name, entry in document.upstreams.items()
        ),
        tables=_tables(document, nodes, reading),
        backups=tuple(_backup(name, entry, problems) for name, entry in document.backups.items()),
        exemptions=exemptions(document, problems),
    )


def _places(document: Document) -> dict[str, Place]:
    places: dict[str, Place] = {name: ("upstreams", name) for name in document.upstreams}
    for key, table in document.tables.items():
        places |= {f"{key}.{name}": ("tables", key, "caches", name) for name in table.caches}
    return places


def _tables(document: Document, nodes: Nodes, reading: Reading) -> tuple[Table, ...]:
    tables: list[Table] = []
    for key, entry in document.tables.items():
        ref = reading.names.declared.get(key) or TableRef(key)
        builder = CacheBuilder(key, ref, document.upstreams, nodes, reading)
        tables.append(build_table(key, entry, builder.build(entry.caches), reading))
    return tuple(tables)


def _upstream(name: str, entry: UpstreamEntry, nodes: Nodes, reading: Reading) -> Upstream:
    place: Place = ("upstreams", name)
    _check_upstream_name(name, place, reading)
    _check_versions(entry, place, reading.problems)
    return Upstream(
        name=name,
        description=entry.description,
        version=entry.version,
        good_versions=tuple(entry.good_versions),
        edges=upstream_edges(entry.depends_on, nodes, place, reading),
        source=_source(name, entry, nodes, reading),
    )


def _check_upstream_name(name: str, place: Place, reading: Reading) -> None:
    if UPSTREAM_NAME.fullmatch(name):
        return
    if reading.problems.attempt(place, plain_name, name) is None:
        return
    prefixes = [name[:at] for at, letter in enumerate(name) if letter == "."]
    taken = next((t for t in (name, *prefixes) if t in reading.names.declared), None)
    if taken:
        message = f"an upstream cannot be named {name}: {taken} is a table"
        reading.problems.add("bad-name", place, message, fix="use letters, digits, _ and -")


def _check_versions(entry: UpstreamEntry, place: Place, problems: Problems) -> None:
    if not entry.good_versions:
        return
    here = (*place, "good_versions")
    if entry.version is None:
        message = "good_versions are told beside a version, and there is none"
        problems.add("bad-version", here, message, fix="add version = ...")
    elif any(type(good) is not type(entry.version) for good in entry.good_versions):
        message = "version and good_versions must all be integers, or all be strings"
        problems.add("bad-version", here, message)


def _source(name: str, entry: UpstreamEntry, nodes: Nodes, reading: Reading) -> Source | None:
    place: Place = ("upstreams", name)
    table = nodes.rows.get(name)
    if entry.table is None:
        for key, given in (("columns", entry.columns), ("changed_at", entry.changed_at)):
            if given:
                message = f"{key} is about rows of a source table, and none is named"
                reading.problems.add("bad-source", (*place, key), message, fix='add table = "..."')
    if table is None:
        return None
    return Source(
        table=table,
        columns=reading.columns(entry.columns, (*place, "columns")),
        changed_at=reading.column(entry.changed_at, (*place, "changed_at")),
    )


def _backup(name: str, entry: BackupEntry, problems: Problems) -> Backup:
    place: Place = ("backups", name)
    if not entry.path.strip():
        problems.add("wrong-value", (*place, "path"), "the path is empty")
    if entry.max_age is None:
        return Backup(name, entry.path)
    match = _DURATION.fullmatch(entry.max_age)
    if match is None:
        message = f'"{entry.max_age}" is not a length of time'
        fix = "a number with s, m, h, d or w, e.g. 1h, 30m, 7d"
        problems.add("bad-duration", (*place, "max_age"), message, fix=fix)
        return Backup(name, entry.path)
    return Backup(name, entry.path, int(match[1]) * _SECONDS[match[2]])

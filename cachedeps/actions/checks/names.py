"""Are the declared tables and columns there?"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.actions.checks.mentions import Mention, mentions
from cachedeps.actions.checks.subject import Subject
from cachedeps.config.nearest import nearest
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import LiveTable


def check_names(subject: Subject) -> Iterator[Finding]:
    """Tables and columns that the declaration names and the database does not have."""
    done: set[tuple[TableRef, str, str | None]] = set()
    places: dict[TableRef, list[str]] = {}
    for mention in mentions(subject.declaration):
        live = subject.live(mention.table)
        if live is None:
            told = places.setdefault(mention.table, [])
            # Told once for a place and all that stands below it.
            if not any(f"{mention.key}.".startswith(f"{key}.") for key in told):
                told.append(mention.key)
                yield _missing_table(subject, mention)
            continue
        what = (mention.table, mention.key, mention.column)
        found = None if what in done else _missing_column(subject, mention, live)
        if found is not None:
            done.add(what)
            yield found


def _missing_table(subject: Subject, mention: Mention) -> Finding:
    known = subject.facts.tables
    same = [str(ref) for ref in known if ref.name == mention.table.name]
    close = same[0] if same else nearest(str(mention.table), map(str, known))
    message = f"the database has no table {mention.table} ({mention.role})"
    dotted = next((r for r in known if r.schema is None and r.name == str(mention.table)), None)
    if dotted is not None:
        # else it stands between schema and table
        fix = f'the dot belongs to the name: add name = "{dotted.name}"'
        return subject.finding("table-missing", mention.key, message, fix)
    fix = f"did you mean {close}?" if close else "correct the name, or take it out"
    return subject.finding("table-missing", mention.key, message, fix)


def _missing_column(subject: Subject, mention: Mention, live: LiveTable) -> Finding | None:
    if mention.implied:
        return _no_single_key(subject, mention, live)
    if mention.column is None or _has(subject, live, mention):
        return None
    names = [column.name for column in live.columns]
    close = nearest(mention.column, names)
    message = f"table {mention.table} has no column {mention.column} ({mention.role})"
    fix = f"did you mean {close}?" if close else f"its columns are {', '.join(names)}"
    return subject.finding("column-missing", mention.key, message, fix)


def _has(subject: Subject, live: LiveTable, mention: Mention) -> bool:
    name = mention.column or ""
    if live.column(name) is not None:
        return True
    folded = {column.name.casefold() for column in live.columns}
    return mention.in_sql and subject.ignores_case and name.casefold() in folded


def _no_single_key(subject: Subject, mention: Mention, live: LiveTable) -> Finding | None:
    if len(live.key) == 1:
        return None
    columns = f"the key ({', '.join(live.key)})" if live.key else "no primary key"
    message = (
        f"the {mention.role} path goes to the primary key of {mention.table}, which has {columns}"
    )
    fix = f'name the column: "... = {mention.table}.COLUMN"'
    return subject.finding("column-missing", mention.key, message, fix)

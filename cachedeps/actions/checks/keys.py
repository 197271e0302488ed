"""Can rows be named one by one, and do joins find the rows that are meant?"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.actions.checks.subject import Subject, key_of, key_of_cache
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Cache, Equality, ResetKind, Table, TableRef, Term, Via
from cachedeps.domain.schema import LiveColumn, LiveTable, RelationKind, TypeKind

_WITHOUT_KEYS = frozenset({ResetKind.NONE, ResetKind.REFRESH})
_NUMBERS = frozenset({TypeKind.INTEGER, TypeKind.FLOAT, TypeKind.DECIMAL})
_MOMENTS = frozenset({TypeKind.DATE, TypeKind.TIMESTAMP, TypeKind.TIMESTAMP_ZONED})


def check_keys(subject: Subject) -> Iterator[Finding]:
    """Tables whose rows nothing identifies, and rows whose foreign keys point nowhere."""
    for table, live in subject.tables():
        if _needs_key(table) and table.key and not _is_unique(table, live):
            listed = ", ".join(table.key)
            message = f"several rows of {live.ref} can have the same ({listed}): it is no key"
            fix = "name columns that are unique together, or leave key out"
            yield subject.finding("no-key", f"{key_of(table)}.key", message, fix)
        elif _needs_key(table) and not identifies(table, live):
            message = f"{live.ref} has no primary key, so its rows cannot be named one by one"
            fix = "add a primary key, or a unique constraint over NOT NULL columns"
            yield subject.finding("no-key", key_of(table), message, fix)
        if live.ref in subject.facts.broken_references:
            message = (
                f"rows of {live.ref} refer to rows that do not exist: something writes to this "
                "SQLite file with foreign_keys off"
            )
            fix = (
                "find them with PRAGMA foreign_key_check, and let every connection begin with "
                "PRAGMA foreign_keys = ON"
            )
            yield subject.finding("foreign-keys-off", key_of(table), message, fix)


def _is_unique(table: Table, live: LiveTable) -> bool:
    """Whether the declared key holds a set of columns that the database keeps unique."""
    if live.kind is not RelationKind.TABLE or any(not live.column(name) for name in table.key):
        return True
    unique = (live.key, *live.unique) if live.key else live.unique
    return any(set(columns).issubset(table.key) for columns in unique if columns)


def _needs_key(table: Table) -> bool:
    return any(cache.reset.kind not in _WITHOUT_KEYS for cache in table.caches)


def identifies(table: Table, live: LiveTable) -> bool:
    """Whether something identifies each row: a declared key, a primary key, a unique set."""
    if table.key or live.key or live.kind is not RelationKind.TABLE:
        return True
    required = {column.name for column in live.columns if not column.nullable}
    return any(required.issuperset(columns) for columns in live.unique)


def check_joins(subject: Subject) -> Iterator[Finding]:
    """``via`` paths whose hops are ambiguous or compare what cannot be compared."""
    for table, _live in subject.tables():
        for cache in table.caches:
            seen = set()
            for via in _paths(cache):
                if via not in seen:
                    seen.add(via)
                    yield from _path(subject, table, cache, via)


def _paths(cache: Cache) -> Iterator[Via]:
    for edge in cache.edges:
        if edge.via is not None:
            yield edge.via
        if edge.when is not None and edge.when.via is not None:
            yield edge.when.via
    if cache.rows is not None and cache.rows.via is not None:
        yield cache.rows.via


def _path(subject: Subject, table: Table, cache: Cache, via: Via) -> Iterator[Finding]:
    hops: dict[frozenset[TableRef], list[Equality]] = {}
    for equality in via.equalities:
        pair = frozenset((equality.left.table or table.ref, equality.right.table or table.ref))
        hops.setdefault(pair, []).append(equality)
        yield from _types(subject, table, cache, equality)
    between = _link_tables(subject, via) - {table.ref}
    for pair, hop in hops.items():
        # a link table is there to join many rows to many
        if not pair & between:
            yield from _ambiguous(subject, table, cache, via, hop)


def _link_tables(subject: Subject, via: Via) -> set[TableRef]:
    """Tables on the way whose rows are told apart by the columns that the path joins."""
    terms: dict[TableRef, list[Term]] = {}
    for equality in via.equalities:
        for term in (equality.left, equality.right):
            if term.table is not None and term.table != via.target:
                terms.setdefault(term.table, []).append(term)
    return {ref for ref, joined in terms.items() if _unique(subject, ref, joined)}


def _ambiguous(
    subject: Subject, table: Table, cache: Cache, via: Via, hop: list[Equality]
) -> Iterator[Finding]:
    first = hop[0]
    sides = (
        (first.left.table or table.ref, [equality.left for equality in hop]),
        (first.right.table or table.ref, [equality.right for equality in hop]),
    )
    if any(_unique(subject, ref, terms) for ref, terms in sides):
        return
    (left, left_terms), (right, right_terms) = sides
    message = (
        f"via {via.text!r} joins {_columns(left, left_terms)} and {_columns(right, right_terms)}, "
        "and neither side is unique: one changed row may make many rows stale"
    )
    fix = (
        "make one side unique, or join by a key, if one row there belongs to one row here; "
        "if not, lead the path through the table whose key both sides hold"
    )
    key = key_of_cache(cache, "depends_on")
    yield subject.finding("via-not-unique", key, message, fix)


def _columns(ref: TableRef, terms: list[Term]) -> str:
    return ", ".join(f"{ref}.{term.column or '(key)'}" for term in terms)


def _unique(subject: Subject, ref: TableRef, terms: list[Term]) -> bool:
    live = subject.live(ref)
    # What cannot be judged is reported by the checks of names.
    if live is None or any(term.column is None for term in terms):
        return True
    names = {term.column for term in terms}
    if not names <= {column.name for column in live.columns}:
        return True
    return any(names.issuperset(columns) for columns in live.unique)


def _types(subject: Subject, table: Table, cache: Cache, equality: Equality) -> Iterator[Finding]:
    left = _live_column(subject, table, equality.left)
    right = _live_column(subject, table, equality.right)
    if subject.schema.dialect != "postgresql" or left is None or right is None:
        return
    families = {_family(left), _family(right)}
    if len(families) > 1 and TypeKind.OTHER not in families:
        message = (
            f"via compares {left.name} ({left.type}) with {right.name} ({right.type}), "
            "which PostgreSQL refuses"
        )
        fix = "join by columns of the same type"
        yield subject.finding("via-type", key_of_cache(cache, "depends_on"), message, fix)


def _family(column: LiveColumn) -> TypeKind:
    if column.kind in _NUMBERS:
        return TypeKind.DECIMAL
    return TypeKind.TIMESTAMP if column.kind in _MOMENTS else column.kind


def _live_column(subject: Subject, table: Table, term: Term) -> LiveColumn | None:
    live = subject.live(term.table or table.ref)
    if live is None:
        return None
    if term.column is None:
        return live.column(live.key[0]) if len(live.key) == 1 else None
    return live.column(term.column)

"""Meets a plan with a live schema: which tables it needs, and whose rows it chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.actions.context import Context
from cachedeps.db.dialects.base import key_out
from cachedeps.db.inspect import inspect
from cachedeps.domain.model import Equality, OwnerPath, TableRef
from cachedeps.domain.plan import Plan
from cachedeps.domain.rows import (
    ComputedBefore,
    ComputedEarlier,
    KeyIn,
    KeyValues,
    Linked,
    OwnerIn,
    RowNode,
    Within,
)
from cachedeps.errors import ScopeError, UnknownNameError
from cachedeps.sql.rowsets import RowSets
from cachedeps.sql.statements import Statements
from cachedeps.sql.tables import Catalog, as_clause

MOST_OWNED_ROWS = 10_000
LABELS_TO_COMPARE = 10_000


def bind(context: Context, connection: Connection, plan: Plan) -> Statements:
    """The plan's statements on the live schema; owners in its scope become row keys.

    Owners are looked up once, here: what is printed, saved and executed names rows, and no
    address of a person ends up in a plan file.

    Raises:
        UnknownNameError: an owner of the scope names nobody.
        SchemaMismatchError: the schema lacks a table or column that the plan needs.
    """
    times = times_of(plan)
    catalog = load_catalog(context, connection, tables_of(context, plan), times)
    rows = tuple(
        _owned_keys(context, connection, node, catalog) if isinstance(node, OwnerIn) else node
        for node in plan.rows
    )
    scope = replace(plan.scope, owners=("",) * len(plan.scope.owners))
    bound = replace(plan, rows=rows, scope=scope) if plan.scope.owners else plan
    return Statements(bound, catalog, context.session.dialect)


def load_catalog(
    context: Context,
    connection: Connection,
    refs: set[TableRef],
    times: frozenset[str] = frozenset(),
    keys: Mapping[TableRef, tuple[str, ...]] | None = None,
) -> Catalog:
    """The live tables among ``refs``; columns called as in ``times`` are looked at closely.

    ``keys`` are the key columns by which rows were named before; None: as declared.
    """
    wanted = sorted(refs, key=str)
    dialect = context.session.dialect
    schema = inspect(connection, wanted, dialect=dialect.name)
    tables = tuple(
        replace(
            table,
            columns=tuple(
                replace(c, separator=dialect.time_separator(connection, table.ref, c))
                if c.name in times
                else c
                for c in table.columns
            ),
        )
        for table in schema.tables
    )
    declared = {table.ref: table.key for table in context.declaration.tables if table.key}
    return Catalog(replace(schema, tables=tables), declared if keys is None else keys)


def times_of(plan: Plan) -> frozenset[str]:
    """The names of the columns that the plan compares as times."""
    names: set[str] = set()
    for node in plan.rows:
        if isinstance(node, Within | ComputedBefore):
            names.add(node.column)
        elif isinstance(node, ComputedEarlier):
            names |= {node.computed_at, node.changed_at}
        elif isinstance(node, Linked) and node.newer:
            names |= {node.newer.computed_at, node.newer.changed_at}
    return frozenset(names)


def tables_of(context: Context, plan: Plan) -> set[TableRef]:
    """Every table that the plan's statements and its preview read."""
    refs = {write.ref for write in plan.writes} | {step.ref for step in plan.steps}
    for node in plan.rows:
        if isinstance(node, Linked):
            refs |= {node.table, *_mentioned(node.equalities)}
        elif isinstance(node, OwnerIn):
            refs |= {node.table, *owner_tables(node.owner)}
        elif isinstance(node, KeyIn):
            refs.add(node.table)
    for table in context.declaration.tables:
        if table.ref in refs and table.owner is not None:
            refs |= set(owner_tables(table.owner))
    return refs


def owner_tables(owner: OwnerPath) -> Iterator[TableRef]:
    """The tables that a path to the owner reads."""
    yield from _mentioned(owner.equalities)
    if owner.label.table is not None:
        yield owner.label.table


def _mentioned(equalities: tuple[Equality, ...]) -> Iterator[TableRef]:
    for equality in equalities:
        for term in (equality.left, equality.right):
            if term.table is not None:
                yield term.table


def check_keys(context: Context, connection: Connection, plan: Plan, catalog: Catalog) -> None:
    """A key that names no row is a mistake of whoever typed it, not *nothing to do*.

    Raises:
        UnknownNameError: a key of the scope names no row.
    """
    for node in plan.rows:
        if not isinstance(node, KeyIn):
            continue
        row = as_clause(catalog.table(node.table))
        clause = RowSets([node], catalog, context.session.dialect).clause(0, node.table, row)
        columns = catalog.key(node.table)
        query = sa.select(*[row.c[column.name] for column in columns]).where(clause)
        try:
            rows = connection.execute(query).all()
        except sa.exc.DataError:
            message = f"a key cannot be one of {node.table}: its columns are of other types"
            raise UnknownNameError(message, hint="check --key; nothing was planned") from None
        found = {
            tuple(str(key_out(v, c)) for v, c in zip(values, columns, strict=True))
            for values in rows
        }
        missing = [key for key in node.keys if tuple(map(str, key)) not in found]
        if missing and len(found) < len(node.keys):
            listed = ", ".join(",".join(map(str, key)) for key in missing[:5])
            more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
            message = f"no row of {node.table} has the key {listed}{more}"
            raise UnknownNameError(message, hint="check --key; nothing was planned")


def _owned_keys(
    context: Context, connection: Connection, node: OwnerIn, catalog: Catalog
) -> RowNode:
    row = as_clause(catalog.table(node.table))
    rows = RowSets([node], catalog, context.session.dialect)
    check_labels(connection, node, rows, row)
    columns = catalog.key(node.table)
    names = [row.c[column.name] for column in columns]
    query = sa.select(*names).where(rows.clause(0, node.table, row)).order_by(*names)
    found = connection.execute(query.limit(MOST_OWNED_ROWS + 1)).all()
    if len(found) > MOST_OWNED_ROWS:
        message = f"these owners have more than {MOST_OWNED_ROWS:,} rows of {node.table}"
        raise ScopeError(message, hint='choose them by --where "TABLE: predicate"')
    keys: tuple[KeyValues, ...] = tuple(
        tuple(key_out(v, c) for v, c in zip(values, columns, strict=True)) for values in found
    )
    return KeyIn(node.table, keys)


def check_labels(
    connection: Connection, node: OwnerIn, rows: RowSets, *places: sa.FromClause
) -> None:
    """Every label must name somebody in one of the places where rows of the table are.

    Raises:
        UnknownNameError: a label names nobody; the hint says who may be meant.
    """
    listings = [_listing(node, rows, row) for row in places]
    wanted: list[Any] = [sa.bindparam("owner", value, unique=True) for value in node.labels]
    found = {
        _text(value).casefold()
        for label, listing in listings
        for (value,) in connection.execute(listing.where(label.in_(wanted)))
    }
    missing = [value for value in node.labels if value.casefold() not in found]
    if missing:
        known = [
            _text(value)
            for _, listing in listings
            for (value,) in connection.execute(listing.limit(LABELS_TO_COMPARE))
        ]
        close = get_close_matches(missing[0], known, n=1, cutoff=0.8)
        hint = f"did you mean {close[0]}?" if close else "check the spelling"
        message = f"nobody is called {missing[0]!r} in {node.owner.text or node.table}"
        raise UnknownNameError(message, hint=hint)


def _text(label: object) -> str:
    # MySQL's journal keeps the text of deleted rows as bytes
    return label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)


def _listing(
    node: OwnerIn, rows: RowSets, row: sa.FromClause
) -> tuple[sa.ColumnElement[Any], sa.Select[Any]]:
    """The label's column, and the SELECT of everybody who can be named."""
    _, clauses, label = rows.owner(node.owner, node.table, row)
    # an address that the path's filter leaves out names nobody; the filter stands last
    filters = clauses[-1:] if node.owner.where is not None else []
    # the label's own table alone: an owner without rows is known, and simply has none
    table = label.table if isinstance(label, sa.ColumnClause) and label.table is not None else row
    return label, sa.select(label).select_from(table).where(*filters).distinct()

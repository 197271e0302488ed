"""A small world as a team would write it: the declaration in TOML, the data in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cachedeps.domain.scope import Scope, TableKeys, TablePredicate, VersionRange
from tests.properties.world import (
    Cache,
    Condition,
    Edge,
    Key,
    Path,
    Request,
    Stamp,
    Table,
    Upstream,
    World,
)

TYPES = {
    "sqlite": {"integer": "integer", "text": "text", "time": "timestamp"},
    "postgresql": {"integer": "bigint", "text": "text", "time": "timestamp"},
    "mariadb": {"integer": "bigint", "text": "varchar(40)", "time": "datetime"},
}


def toml(world: World, dialect: str = "sqlite") -> str:
    """The text of cachedeps.toml."""
    lines = ["[database]", f'dialect = "{dialect}"']
    for upstream in world.upstreams:
        lines += _upstream(upstream)
    for table in world.tables:
        if table.declared:
            owner = 'owner = "person_id -> people.email"'
            lines += [f"[tables.{table.name}]", 'time = "at"', owner]
    for cache in world.caches:
        lines += _cache(cache)
    return "\n".join(lines) + "\n"


def _upstream(upstream: Upstream) -> Iterator[str]:
    yield f"[upstreams.{upstream.name}]"
    if upstream.version is not None:
        yield f"version = {_value(upstream.version)}"
    if upstream.good_versions:
        yield f"good_versions = {_list(map(_value, upstream.good_versions))}"
    if upstream.edges:
        yield f"depends_on = {_list(map(_edge, upstream.edges))}"
    if upstream.table:
        yield f'table = "{upstream.table}"'
    if upstream.changed_at:
        yield f'changed_at = "{upstream.changed_at}"'


def _cache(cache: Cache) -> Iterator[str]:
    yield f"[tables.{cache.table}.caches.{cache.name}]"
    yield f'column = "{cache.column}"'
    yield f"depends_on = {_list(map(_edge, cache.edges))}"
    literal = cache.reset.startswith("=")
    yield (
        f"reset = {{ value = {_value(cache.reset[1:])} }}"
        if literal
        else f'reset = "{cache.reset}"'
    )
    if cache.rows:
        yield f"rows = {_condition(cache.rows)}"
    if cache.stamps:
        yield f"stamp = {_list(map(_stamp, cache.stamps))}"
    if cache.computed_at:
        yield f'computed_at = "{cache.computed_at}"'


def _edge(edge: Edge) -> str:
    parts = [f'on = "{edge.on}"']
    if edge.when:
        parts.append(f"when = {_condition(edge.when)}")
    if edge.via:
        parts.append(f"via = {_path(edge.via)}")
    if edge.deaf_to:
        parts.append(f"except = {_list(map(_value, edge.deaf_to))}")
    return f'"{edge.on}"' if len(parts) == 1 else f"{{ {', '.join(parts)} }}"


def _condition(condition: Condition) -> str:
    predicate = f'"{condition.predicate}"'
    if condition.via is None:
        return predicate
    return f"{{ via = {_path(condition.via)}, where = {predicate} }}"


def _path(path: Path) -> str:
    if not path.equalities:
        return '"all"'
    if len(path.equalities) == 1:
        return f'"{" -> ".join(path.equalities[0])}"'
    return _list(f'"{left} = {right}"' for left, right in path.equalities)


def _stamp(stamp: Stamp) -> str:
    divide = f", divide = {stamp.divide}" if stamp.divide else ""
    return f'{{ column = "{stamp.column}", of = "{stamp.of}"{divide} }}'


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _list(parts: Iterable[str]) -> str:
    return f"[{', '.join(parts)}]"


def create(table: Table, dialect: str = "sqlite") -> str:
    """The statement that creates a table."""
    types = TYPES[dialect]
    columns = [
        f"{name} {types[kind]}{' NOT NULL' if name in table.key else ''}"
        for name, kind in table.columns.items()
    ]
    return (
        f"CREATE TABLE {table.name} ({', '.join(columns)}, PRIMARY KEY ({', '.join(table.key)}))"
    )


def scope_of(request: Request) -> Scope:
    """The scope of a request as a library user would say it."""
    return Scope(
        since=request.since,
        until=request.until,
        where=tuple(TablePredicate(text, name or None) for name, text in request.where.items()),
        keys=tuple(_keys(name, keys) for name, keys in request.keys.items()),
        owners=request.owners,
        bad_versions=tuple(
            VersionRange(*bad) if isinstance(bad, tuple) else bad for bad in request.bad_versions
        ),
        keep_unstamped=request.keep_unstamped,
        fixed_at=request.fixed_at,
        stale=request.stale,
    )


def _keys(table: str, keys: tuple[Key, ...]) -> TableKeys:
    typed = tuple(tuple(int(str(value)) for value in key) for key in keys)
    return TableKeys(typed, table or None)

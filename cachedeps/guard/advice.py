"""What to write instead: a cachedeps command or a statement that the guard lets pass."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Cache, Table
from cachedeps.parse.foreign.tree import Name

MOST_NAMED = 6


def reason_for(slug: str) -> str:
    """How a statement is excepted from a rule, where there is no better way."""
    return f"say why in the statement (-- cachedeps: allow {slug} because ..)"


def fed_by(graph: Graph, cache: Cache) -> tuple[str, ...]:
    """The upstreams nearest to a cache: its own, or those of the caches that it depends on."""
    direct = [edge.on for edge in cache.edges if edge.on in graph.upstreams]
    if direct:
        return tuple(dict.fromkeys(direct))
    above = graph.upstream_of([cache.node])
    return tuple(name for name in graph.upstreams if name in above)


def told(graph: Graph, caches: Iterable[Cache]) -> str:
    """``rotation_metrics depends on analytics; diagnosis_text on diagnosis_llm``."""
    parts = []
    for cache in caches:
        feeds = " and ".join(fed_by(graph, cache)) or "nothing declared"
        parts.append(f"{cache.name} depends on {feeds}")
    more = len(parts) - MOST_NAMED
    return "; ".join(parts[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def likely_fix(graph: Graph, caches: Iterable[Cache]) -> str:
    """The upstream that was probably fixed: of the cache that is easiest to rebuild; or ""."""
    ordered = sorted(caches, key=lambda cache: cache.irreplaceable)
    return next((name for cache in ordered for name in fed_by(graph, cache)), "")


def invalidation(graph: Graph, caches: Iterable[Cache]) -> str:
    """The command that resets what one upstream feeds."""
    chosen = tuple(caches)
    upstream = likely_fix(graph, chosen)
    if upstream:
        return f"cachedeps invalidate --upstream {upstream}"
    ordered = sorted(chosen, key=lambda cache: cache.irreplaceable)
    return f"cachedeps invalidate --column {ordered[0].node}" if ordered else ""


def candidates(graph: Graph, caches: Iterable[Cache]) -> str:
    """``analytics, diagnosis_llm or plan_llm``: what may have been fixed, one at a time."""
    names = list(dict.fromkeys(name for cache in caches for name in fed_by(graph, cache)))
    if len(names) > MOST_NAMED:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"]
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def one_row(table: Name, key: Iterable[str], columns: Iterable[str] = ()) -> str:
    """The UPDATE of these columns (or the DELETE, without any) of one row, named by its key.

    "" where a name would have to be quoted, which every database does in its own way.
    """
    assigned, chosen = (tuple(dict.fromkeys(names)) for names in (columns, key))
    if not chosen or not _are_plain(table, (*assigned, *chosen)):
        return ""
    where = " AND ".join(f"{name} = :{name}" for name in chosen)
    values = ", ".join(f"{name} = :{name}" for name in assigned)
    head = f"UPDATE {table} SET {values}" if values else f"DELETE FROM {table}"  # noqa: S608  (shown, never run)
    return f"{head} WHERE {where}"


def new_row(table: Name, columns: tuple[str, ...], dialect: str) -> str:
    """The INSERT that leaves a row alone which has the key already; "" as in ``one_row``."""
    if not columns or not _are_plain(table, columns):
        return ""
    ignore = " IGNORE" if dialect in {"mysql", "mariadb"} else ""
    values = ", ".join(f":{name}" for name in columns)
    insert = f"INSERT{ignore} INTO {table} ({', '.join(columns)}) VALUES ({values})"
    return insert if ignore else f"{insert} ON CONFLICT DO NOTHING"


def _are_plain(table: Name, columns: tuple[str, ...]) -> bool:
    names = (table.name, *([table.schema] if table.schema else ()), *columns)
    return all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names)


def instead_of_a_write(graph: Graph, table: Table, caches: Iterable[Cache]) -> str:
    """The way of a wide write: a plan where caches are reset, else the reviewed gate."""
    chosen = tuple(caches)
    return invalidation(graph, chosen) if chosen else "cachedeps run FILE"


def cleanup(table: Table) -> str:
    """The clean-up by the declared attribute, where there is one."""
    return f"cachedeps cleanup {table.name}" if table.test_rows is not None else ""

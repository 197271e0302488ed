"""From a request in words to a plan: names, times, predicates. Touches no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Declaration, Predicate
from cachedeps.domain.plan import Plan, RowScope
from cachedeps.domain.planning import Request, make_plan
from cachedeps.domain.rows import Bound
from cachedeps.domain.scope import Moment, Scope, VersionRange
from cachedeps.errors import ScopeError, UnknownNameError
from cachedeps.parse.predicates import parse


def plan(
    declaration: Declaration,
    graph: Graph,
    upstreams: tuple[str, ...],
    columns: tuple[str, ...],
    scope: Scope,
    now: datetime,
) -> Plan:
    """The plan for a fix of ``upstreams`` (or for ``columns`` alone) in ``scope``.

    Raises:
        UnknownNameError: a name is not declared.
        ScopeError: the scope cannot be read, or does not fit the tables.
        PredicateError: a predicate of the scope is no plain boolean expression.
    """
    for name in upstreams:
        _must_exist(name, graph.upstreams, "upstream", graph)
    for name in columns:
        _must_exist(name, graph.caches, "cache", graph)
    request = Request(
        upstreams=tuple(dict.fromkeys(upstreams)),
        columns=tuple(dict.fromkeys(columns)),
        scope=resolve(scope, declaration, graph, now),
        planned_at=now.isoformat(timespec="seconds"),
    )
    return make_plan(declaration, graph, request)


def _must_exist(name: str, known: Iterable[str], kind: str, graph: Graph) -> None:
    names = list(known)
    if name in names:
        return
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    if name in graph:
        hint = (
            "that is a cache: --column " + name
            if kind == "upstream"
            else "that is an upstream: --upstream " + name
        )
    message = f"there is no {kind} {name!r} in {declaration_name(graph)}"
    raise UnknownNameError(
        message, hint=f"{hint or ''}".strip() or "cachedeps graph shows every name"
    )


def declaration_name(graph: Graph) -> str:
    """How an error calls the declaration."""
    return f"the declaration ({len(graph.upstreams)} upstreams, {len(graph.caches)} caches)"


def resolve(scope: Scope, declaration: Declaration, graph: Graph, now: datetime) -> RowScope:
    """The scope with its times as instants and its predicates parsed.

    An open end is closed at ``now``, so that rows which arrive later do not belong to it.
    """
    zone = ZoneInfo(declaration.database.timezone)
    since = None if scope.since is None else _moment(scope.since, zone, "--since")
    until = None if scope.until is None else _end(scope.until, zone)
    frozen = since is not None and until is None
    if since is not None and until is None:
        # rows that are to come are out of scope, also where since is yet to come
        until = max(since, now.astimezone(UTC))
    if since is not None and until is not None and since > until:
        message = f"the time scope is empty: it begins at {since} and ends before {until}"
        raise ScopeError(message, hint="check --since and --until, and the declared timezone")
    fixed_at = None if scope.fixed_at is None else _moment(scope.fixed_at, zone, "--fixed-at")
    values, ranges = _versions(scope.bad_versions)
    return RowScope(
        since=_bound(since, zone),
        until=_bound(until, zone),
        until_frozen=frozen,
        where=tuple(
            (w.table, _predicate(w.text, w.table, declaration, graph)) for w in scope.where
        ),
        keys=tuple((_table(k.table, graph), k.keys) for k in scope.keys),
        owners=tuple(dict.fromkeys(scope.owners)),
        bad=values,
        bad_ranges=ranges,
        keep_unstamped=scope.keep_unstamped,
        fixed_at=_bound(fixed_at, zone),
        stale=scope.stale,
    )


def _predicate(text: str, table: str | None, declaration: Declaration, graph: Graph) -> Predicate:
    _table(table, graph)
    return parse(text, declaration.database.dialect)


def _table(name: str | None, graph: Graph) -> str | None:
    known = {*graph.tables, *(str(u.source.table) for u in graph.upstreams.values() if u.source)}
    if name is not None and name not in known:
        close = get_close_matches(name, sorted(known), n=1)
        hint = f"did you mean {close[0]}?" if close else f"declared: {', '.join(sorted(known))}"
        message = f"the scope names table {name!r}, which is not declared"
        raise UnknownNameError(message, hint=hint)
    return name


def _moment(moment: Moment, zone: ZoneInfo, flag: str) -> datetime:
    """An instant; text and datetimes without an offset are in the declared zone."""
    if isinstance(moment, datetime):
        found = moment
    else:
        try:
            found = datetime.fromisoformat(moment.strip())
        except ValueError:
            message = f"{flag} {moment!r} is no date or time"
            hint = "write 2026-04-25, 2026-04-25T14:30 or 2026-04-25T14:30:00+02:00"
            raise ScopeError(message, hint=hint) from None
    return _in_utc(found if found.tzinfo else found.replace(tzinfo=zone), flag)


def _in_utc(moment: datetime, flag: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        message = f"{flag} {moment.isoformat()} lies outside of the years 1 to 9999 in UTC"
        raise ScopeError(message, hint="leave it out, or give a nearer time") from None


def _end(moment: Moment, zone: ZoneInfo) -> datetime:
    """The exclusive end: of the named day where there is no time of day."""
    day = _bare_date(moment)
    if day is None:
        return _moment(moment, zone, "--until")
    if day == date.max:
        return _in_utc(datetime.max.replace(tzinfo=zone), "--until")
    after = day + timedelta(days=1)
    return _in_utc(datetime(after.year, after.month, after.day, tzinfo=zone), "--until")


def _bare_date(moment: Moment) -> date | None:
    """The day that a text names without a time of day, in any of the forms of ISO 8601."""
    if isinstance(moment, datetime):
        return None
    try:
        return date.fromisoformat(moment.strip())
    except ValueError:
        return None


def _bound(moment: datetime | None, zone: ZoneInfo) -> Bound | None:
    if moment is None:
        return None
    return Bound(_naive(moment.astimezone(UTC)), _naive(moment.astimezone(zone)))


def _naive(moment: datetime) -> str:
    """ISO 8601 with a blank, without offset, without trailing zeros of a fraction."""
    text = moment.replace(tzinfo=None).isoformat(sep=" ")
    return text.rstrip("0") if "." in text else text


def _versions(
    versions: tuple[VersionRange | int | str, ...],
) -> tuple[tuple[int | str, ...], tuple[tuple[int, int], ...]]:
    ranges = []
    for version in versions:
        if isinstance(version, VersionRange):
            if version.low > version.high:
                message = f"--bad-version {version.low}..{version.high} is empty"
                raise ScopeError(message, hint="write the smaller version first")
            ranges.append((version.low, version.high))
    values = tuple(v for v in versions if not isinstance(v, VersionRange))
    return values, tuple(ranges)

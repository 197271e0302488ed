"""Key windows: which keys belong to whom, and what gives them out."""

from __future__ import annotations

from itertools import combinations

from cachedeps.config.document import CounterEntry, KeyWindowEntry, TableEntry
from cachedeps.config.problems import Place
from cachedeps.config.reading import Reading
from cachedeps.domain.model import NEAR, CounterTable, KeyWindow, TableRef


def build_windows(entry: TableEntry, place: Place, reading: Reading) -> tuple[KeyWindow, ...]:
    """The windows of one table's key; what is wrong is left out and noted."""
    for name, window in entry.key_windows.items():
        _check(entry, window, (*place, name), reading)
    windows = tuple(
        _window(name, window, (*place, name), reading)
        for name, window in entry.key_windows.items()
    )
    _check_overlaps(windows, place, reading)
    return windows


def _window(name: str, entry: KeyWindowEntry, place: Place, reading: Reading) -> KeyWindow:
    return KeyWindow(
        name=name,
        low=entry.low,
        high=entry.high,
        rows=reading.predicate(entry.rows, (*place, "rows")),
        sequence=_sequence(entry, (*place, "sequence"), reading),
        negated=entry.negated,
        test=entry.test,
        margin=NEAR if entry.margin is None else entry.margin,
    )


def _sequence(
    entry: KeyWindowEntry, place: Place, reading: Reading
) -> TableRef | CounterTable | None:
    form = entry.sequence
    if form is None:
        return None
    if not isinstance(form, CounterEntry):
        return reading.problems.attempt(place, reading.names.read, form)
    table = reading.problems.attempt((*place, "table"), reading.names.read, form.table)
    value = reading.column(form.value, (*place, "value"))
    where = reading.predicate(form.where, (*place, "where"))
    return CounterTable(table, value, where) if table and value else None


def _check(table: TableEntry, entry: KeyWindowEntry, place: Place, reading: Reading) -> None:
    problems = reading.problems
    if len(table.key) > 1:
        message = f"the key has {len(table.key)} columns; windows are of a single integer key"
        problems.add("bad-window", place, message, fix="leave the windows out")
    if entry.low is None and entry.high is None:
        message = "the window has neither low nor high, so it says nothing"
        problems.add("bad-window", place, message, fix="add low = ..., high = ..., or both")
    elif entry.low is not None and entry.high is not None and entry.low > entry.high:
        message = f"low = {entry.low} is above high = {entry.high}"
        problems.add("bad-window", (*place, "low"), message, fix="exchange them")
    if entry.negated and entry.sequence is None:
        message = "negated is about a sequence, and none is named"
        problems.add("bad-window", (*place, "negated"), message, fix='add sequence = "..."')
    if entry.test:
        _check_test(table, entry, place, reading)
    elif entry.margin is not None:
        message = "margin is how close real keys may come to a test window; this is none"
        problems.add("bad-window", (*place, "margin"), message, fix="add test = true")


def _check_test(table: TableEntry, entry: KeyWindowEntry, place: Place, reading: Reading) -> None:
    if table.test_rows is None:
        message = "this window is for test rows, and the table declares no test_rows"
        fix = 'say by which attribute test rows are told: test_rows = "..."'
        reading.problems.add("bad-window", (*place, "test"), message, fix=fix)
    for key, given in (("rows", entry.rows), ("sequence", entry.sequence)):
        if given is not None:
            message = f"a test window has no {key}: its rows are the table's test_rows"
            reading.problems.add("bad-window", (*place, key), message, fix=f"take {key} out")


def _check_overlaps(windows: tuple[KeyWindow, ...], place: Place, reading: Reading) -> None:
    """Test rows may be given a part of other rows' window; two others may share no key."""
    told: set[str] = set()
    for first, second in combinations([w for w in windows if not w.test and _is_sound(w)], 2):
        shared = _shared(first, second)
        if shared and second.name not in told:
            told.add(second.name)
            message = f"{shared} lies in the windows {first.name} and {second.name}"
            fix = "a key belongs to one of them: move low or high"
            reading.problems.add("overlapping-windows", (*place, second.name), message, fix=fix)


def _is_sound(window: KeyWindow) -> bool:
    if window.low is None or window.high is None:
        return window.low is not window.high
    return window.low <= window.high


def _shared(first: KeyWindow, second: KeyWindow) -> str:
    """A key that lies in both, as text; "" where there is none."""
    ends = (first.low, first.high, second.low, second.high)
    both = (key for key in ends if key is not None and first.holds(key) and second.holds(key))
    return next((f"the key {key}" for key in both), "")

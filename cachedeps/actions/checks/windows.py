"""Do test rows and real rows keep to their keys, and does a sequence lead one to the other?

Test rows with hand-made ids are harmless until something real is given such an id. That comes
in steps that can be seen long before: a test row is the outermost key of a window, a sequence
is set behind it, real rows follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from cachedeps.actions.checks.subject import Subject, dotted
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import CounterTable, KeyWindow
from cachedeps.domain.windows import Course, Found, KeyFacts, SetAside, WindowFacts

_BY_ATTRIBUTE = "delete test rows by their attribute, never by a range of keys"


def check_windows(subject: Subject) -> Iterator[Finding]:
    """Rows outside of their keys' window, test rows that look real, sequences on their way."""
    for facts in subject.keys:
        where = dotted("tables", facts.table)
        if facts.refused:
            message = (
                f"which rows of {facts.table} have which keys cannot be read: {facts.refused}"
            )
            fix = "correct test_rows, test_rows_conflict or rows for this database"
            yield subject.finding("window-unreadable", where, message, fix)
            continue
        if facts.odd:
            message = f"{facts.odd}: windows are of a single integer key"
            yield subject.finding(
                "window-key", f"{where}.key_windows", message, "leave key_windows out"
            )
        yield from _rows(subject, facts, where)
        for window in facts.windows:
            yield from _window(subject, facts, window)
        for test in facts.tests:
            yield from _test(subject, facts, test)


def _at(facts: KeyFacts, window: KeyWindow, *rest: str) -> str:
    return dotted("tables", facts.table, "key_windows", window.name, *rest)


def _told(found: Found) -> str:
    keys = ", ".join(map(str, found.keys))
    more = ", .." if found.rows > len(found.keys) else ""
    return f" ({keys}{more})" if keys else ""


def _count(found: Found, what: str) -> str:
    return f"{found.rows:,} {what}{'' if found.rows == 1 else 's'}"


def _by_number(found: Found, one: str, many: str) -> str:
    return one if found.rows == 1 else many


def _rows(subject: Subject, facts: KeyFacts, where: str) -> Iterator[Finding]:
    found = facts.conflicts
    if found.rows:
        doing = _by_number(found, "carries", "carry")
        having = _by_number(found, "has", "have")
        message = (
            f"{_count(found, 'row')} of {facts.table} {doing} the test attribute, and {having} "
            f"what only real rows have{_told(found)}"
        )
        fix = "give these rows back what they were before anything deletes test rows"
        yield subject.finding("test-row-conflict", f"{where}.test_rows_conflict", message, fix)
    found = facts.astray
    if found.rows:
        message = (
            f"{_count(found, 'test row')} of {facts.table} {_by_number(found, 'lies', 'lie')} "
            f"outside of every test window{_told(found)}"
        )
        fix = "widen the window, or find out who wrote them; an upsert may have hit real rows"
        yield subject.finding("test-row-outside-window", f"{where}.key_windows", message, fix)


def _window(subject: Subject, facts: KeyFacts, found: WindowFacts) -> Iterator[Finding]:
    window, course = found.window, found.course
    if found.outside.rows:
        message = (
            f"{_count(found.outside, 'row')} of {facts.table} should have a key of the window "
            f"{window.name} ({window.text}), and {_by_number(found.outside, 'has', 'have')} "
            f"another{_told(found.outside)}"
        )
        fix = "correct rows, low or high; or find out what gave these keys out"
        yield subject.finding("row-outside-window", _at(facts, window, "rows"), message, fix)
    key = _at(facts, window, "sequence")
    if found.missing:
        message = f"{_named(window)} is no sequence of this database, and no table's counter"
        fix = "name the sequence, the table whose counter it is, or { table, value, where }"
        yield subject.finding("sequence-missing", key, message, fix)
    if course is None:
        return
    if not window.holds(course.next) and not window.holds(course.ahead):
        message = (
            f"the next key of {_named(window)} is {course.ahead}, which lies outside of the "
            f"window {window.name} ({window.text})"
        )
        fix = "say negated = true where keys have the other sign, or correct low and high"
        yield subject.finding("sequence-outside-window", key, message, fix)
    for test in facts.tests:
        yield from _approach(subject, facts, found, course, test)


def _named(window: KeyWindow) -> str:
    named = window.sequence
    if isinstance(named, CounterTable):
        return f"{named.table}.{named.value}"
    return str(named)


def _approach(
    subject: Subject, facts: KeyFacts, found: WindowFacts, course: Course, test: SetAside
) -> Iterator[Finding]:
    """What a sequence has to do with one test window."""
    window, name = found.window, _named(found.window)
    key = _at(facts, window, "sequence")
    told = f"the test window {test.window.name} ({test.window.text})"
    if not course.reaches(test.window):
        behind = [near.key for near in test.near if near.window == window]
        if behind and _went_past(course, test.window):
            message = (
                f"{name} has gone past {told}: real keys lie before it ({behind[0]}), and the "
                f"next one is {course.ahead}"
            )
            fix = f"look at the rows in the window before anything deletes there; {_BY_ATTRIBUTE}"
            yield subject.finding("sequence-near-test-window", key, message, fix)
        return
    distance = course.distance(test.window)
    if distance <= test.window.margin:
        yield subject.finding(
            "sequence-near-test-window", key, _near(name, course, distance, told), _away(name)
        )
    leader = found.leader
    if leader is not None and leader.is_test and test.window.holds(leader.key):
        yield _leading(subject, facts, found, course, told)


def _went_past(course: Course, window: KeyWindow) -> bool:
    if course.rises:
        return window.high is not None and course.next > window.high
    return window.low is not None and course.next < window.low


def _near(name: str, course: Course, distance: int, told: str) -> str:
    if not distance:
        return f"the next key of {name} is {course.ahead}, which lies in {told}"
    keys = "one key" if distance == 1 else f"{distance:,} keys"
    return f"the next key of {name} is {course.ahead}, {keys} from {told}"


def _away(name: str) -> str:
    return f"set {name} back behind the last real key, and move the test rows; {_BY_ATTRIBUTE}"


def _leading(
    subject: Subject, facts: KeyFacts, found: WindowFacts, course: Course, told: str
) -> Finding:
    leader, name = found.leader, _named(found.window)
    end, function = ("largest", "MAX") if course.rises else ("smallest", "MIN")
    if leader is None or leader.real is None:
        beside = "there is no real one"
    else:
        beside = f"the {end} real one is {leader.real}"
    last = "" if leader is None else str(leader.key)
    message = (
        f"the {end} key of {facts.table} in the window {found.window.name} is a test row's "
        f"({last}; {beside}, and {name} stands at {course.ahead}): whatever sets {name} by "
        f"{function} of the key would make it leap into {told}"
    )
    fix = (
        f"let {name} end before the window (MAXVALUE or MINVALUE), or draw the keys of test rows "
        f"from {name} too and mark them by the attribute alone"
    )
    return subject.finding("test-row-leads", _at(facts, found.window, "sequence"), message, fix)


def _test(subject: Subject, facts: KeyFacts, found: SetAside) -> Iterator[Finding]:
    window = found.window
    if found.real.rows:
        message = (
            f"{_count(found.real, 'real row')} of {facts.table} "
            f"{_by_number(found.real, 'lies', 'lie')} in the test window {window.name} "
            f"({window.text}){_told(found.real)}"
        )
        yield subject.finding(
            "real-row-in-test-window", _at(facts, window), message, _BY_ATTRIBUTE
        )
    for near in found.near:
        by_sequence = near.window.sequence is not None
        if near.distance <= window.margin and not by_sequence:
            apart = "beside" if near.distance == 1 else f"{near.distance:,} keys from"
            message = (
                f"the real key {near.key} of {facts.table} lies {apart} the test window "
                f"{window.name} ({window.text})"
            )
            fix = "move the test window away; or say margin = 0 where keys grow the other way"
            yield subject.finding("real-key-near-test-window", _at(facts, window), message, fix)

"""The verdict on the SQL within a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from cachedeps.domain.graph import Graph
from cachedeps.domain.model import Exemption
from cachedeps.domain.verdict import Objection, Ruling, Verdict
from cachedeps.guard.check import STUMBLED, check, waived
from cachedeps.guard.rules.opaque_statement import UNJUDGED
from cachedeps.parse.embedded.python import Found, Unreadable, sql_in
from cachedeps.parse.embedded.unknowns import ANY_TABLE

_OPAQUE = "opaque-statement"
_READS = re.compile(r"\W*(?:select|show|with|values)\b", re.IGNORECASE)
_WRITES = re.compile(
    r"\b(?:update|delete|insert|replace|merge|drop|truncate|alter|create|call|do|execute|into)\b",
    re.IGNORECASE,
)
# what runs cannot be seen, whoever reads it
_RUNS_CODE = re.compile(r"\W*(?:call|do|execute|prepare)\b", re.IGNORECASE)


def check_python(
    graph: Graph,
    source: bytes,
    dialect: str,
    exemptions: tuple[Exemption, ...] = (),
    asked: Callable[[str], Verdict] | None = None,
) -> Verdict:
    """The verdict on every statement that a Python file holds; raises nothing for any file.

    Args:
        graph: the declared nodes and tables.
        source: the file's content.
        dialect: postgresql, mysql, mariadb or sqlite.
        exemptions: rules that do not count, as declared.
        asked: gives the verdict on SQL that is known, where more is known than is declared.
    """
    try:
        found = sql_in(source, dialect)
    except Unreadable as problem:
        message = f"the file cannot be read as Python: {problem}"
        return Verdict.of((Objection(_OPAQUE, Ruling.REFUSE, message, line=problem.line),), 0)
    except Exception as error:  # noqa: BLE001  (a verdict that is missing must not pass for one)
        message = f"the file cannot be judged: {STUMBLED} ({type(error).__name__})"
        return Verdict.of((Objection(_OPAQUE, Ruling.REFUSE, message),), 0)
    judge = _Judge(graph, dialect, exemptions, asked)
    verdicts = [(one, judge.verdict(one)) for one in found]
    findings = [
        waived(replace(finding, line=one.line(finding.line)), _reasons(one))
        for one, verdict in verdicts
        for finding in verdict.findings
    ]
    findings.sort(key=lambda finding: finding.line)
    whole = Verdict.of(tuple(findings), sum(verdict.statements for _, verdict in verdicts))
    used = dict.fromkeys(word for _, verdict in verdicts for word in verdict.used)
    hits = (replace(h, line=one.line(h.line)) for one, verdict in verdicts for h in verdict.hits)
    return replace(whole, used=tuple(used), hits=tuple(hits))


def _reasons(found: Found) -> dict[str, str]:
    return {slug: reason for slug, reason in found.allows if reason}


class _Judge:
    """Judges statements of which parts may be unknown."""

    def __init__(
        self,
        graph: Graph,
        dialect: str,
        exemptions: tuple[Exemption, ...],
        asked: Callable[[str], Verdict] | None,
    ) -> None:
        self._graph = graph
        self._dialect = dialect
        self._exemptions = exemptions
        self._asked = asked or self._check
        self._tables = [table.ref.name for table in graph.tables.values()]
        names = {n.lower() for t in graph.tables.values() for n in (t.name, t.ref.name)}
        self._words = frozenset(name for name in names if re.fullmatch(r"\w+", name))
        self._odd_names = names - self._words

    def verdict(self, found: Found) -> Verdict:
        if found.unknown is not None:
            return self._of_unknown(found)
        if found.tables is not None:
            return self._of_any_table(found, found.tables)
        verdict = self._asked(found.sql)
        if self._may_be_words(found):
            return Verdict.of((), verdict.statements)
        if self._may_be_foreign(found):
            kept = tuple(f for f in verdict.findings if not _is_unread(f))
            return Verdict.of(kept, verdict.statements)
        return verdict

    def _may_be_words(self, found: Found) -> bool:
        """Whether nobody says that it is SQL: no function, no capitals, no table."""
        return found.is_spoken and not self._mentions(found.sql)

    def _may_be_foreign(self, found: Found) -> bool:
        """Whether it does not matter that it cannot be read: words, or another database's SQL."""
        if found.is_spoken or _only_reads(found.sql):
            return True
        named = found.runs or self._mentions(found.sql)
        return not named and _RUNS_CODE.match(found.sql) is None

    def _check(self, sql: str) -> Verdict:
        return check(self._graph, sql, self._dialect, None, self._exemptions)

    def _mentions(self, sql: str) -> bool:
        text = sql.lower()
        words = set(re.findall(r"\w+", text))
        return bool(words & self._words) or any(name in text for name in self._odd_names)

    def _of_unknown(self, found: Found) -> Verdict:
        """A statement with a part of which nothing is known, in a place where it decides."""
        if found.tables is None and not self._mentions(found.sql):
            return Verdict.of((), 1)
        return self._opaque(found, f"what {_quoted(found.unknown)} stands for")

    def _of_any_table(self, found: Found, said: str) -> Verdict:
        """A statement on a table that is not known: it may be any that is declared."""
        for name in self._tables:
            verdict = self._check(found.sql.replace(ANY_TABLE, self._quoted(name)))
            if verdict.ruling is not Ruling.ALLOW:
                worst = max(_counted(verdict), key=lambda finding: finding.ruling.weight)
                if found.is_spoken and _is_unread(worst):
                    break
                where = f"; were it {name}: {worst.message}"
                return self._opaque(found, f"which table {_quoted(said)} is", where)
        return Verdict.of((), 1)

    def _opaque(self, found: Found, what: str, more: str = "") -> Verdict:
        verb = found.sql.split(None, 1)[0].upper()
        message = f"{what} in this {verb} is known only when the program runs{more}"
        objection = Objection(_OPAQUE, Ruling.REFUSE, message)
        reasons = {e.rule: e.reason for e in self._exemptions if e.table is None}
        return Verdict.of((waived(objection, reasons, declared=True),), 1)

    def _quoted(self, name: str) -> str:
        quote = "`" if self._dialect in {"mysql", "mariadb"} else '"'
        return f"{quote}{name.replace(quote, quote * 2)}{quote}"


def _only_reads(sql: str) -> bool:
    return _READS.match(sql) is not None and _WRITES.search(sql) is None


def _is_unread(finding: Objection) -> bool:
    return finding.rule == _OPAQUE and finding.message.startswith(UNJUDGED)


def _counted(verdict: Verdict) -> Iterator[Objection]:
    return (finding for finding in verdict.findings if finding.waived is None)


def _quoted(said: str | None) -> str:
    return f"{{{said}}}" if said else "a part"

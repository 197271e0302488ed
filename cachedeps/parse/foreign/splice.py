"""One UPDATE or DELETE of others, cut at its clauses.

The pieces keep the author's own text, so that the rows which a statement chooses can be asked
for, and the statement be held to them, without making its SQL anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from cachedeps.errors import UnfreezableError
from cachedeps.parse.foreign import lexing, prefixes
from cachedeps.parse.foreign.lexing import Ambiguous, Cut
from cachedeps.parse.foreign.read import read
from cachedeps.parse.foreign.tree import Kind, Name, Node, Query, Statement, Verb, Write

Span = tuple[int, int]

_MYSQL = frozenset({"mysql", "mariadb"})
_WORD = re.compile(r"[A-Za-z_]\w*|[()]|'+")
_CLAUSES = frozenset({"from", "using", "set", "where", "returning", "order"})
_PART = r"(?:'+|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)"
_TARGET = re.compile(
    rf"\s*(?P<name>{_PART}(?:\s*\.\s*{_PART})*)(?:\s+(?:as\s+)?(?!indexed\b|not\b|partition\b)"
    rf"(?P<alias>{_PART}))?\s*",
    re.IGNORECASE,
)
_VOLATILE = frozenset(
    [
        "random", "rand", "randomblob", "uuid", "uuid_short", "gen_random_uuid", "nextval",
        "uuid_generate_v1", "uuid_generate_v4", "clock_timestamp", "timeofday", "sysdate",
        "random_bytes", "gen_random_bytes", "uuidv4", "uuidv7", "random_normal", "lastval",
        "last_insert_id", "changes", "total_changes", "last_insert_rowid", "setseed",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Splice:
    """The pieces of one UPDATE or DELETE.

    ``table`` is the one that it changes, ``exact`` whether its name was quoted. ``known_as`` is
    the text that qualifies its columns. ``choosing`` is ``WITH .. SELECT %s FROM .. WHERE ..``
    in three pieces: what stands before the SELECT, the FROM, and the condition ("" for none).
    ``head`` is an UPDATE's own text up to its condition, ``assigned`` the columns it sets.
    ``reads_itself`` says that its values or its condition look at other rows of the table;
    ``joined`` that rows are chosen by other tables' rows beside them.
    """

    verb: Verb
    table: Name
    exact: bool
    known_as: str
    before: str
    source: str
    condition: str
    head: str
    assigned: tuple[str, ...]
    reads_itself: bool
    joined: bool

    def select(self, what: str, also: str = "", *, distinct: bool = False) -> str:
        """A SELECT of ``what`` from the rows that the statement chooses, as its text says.

        Args:
            what: what to select, as SQL text.
            also: a further condition.
            distinct: each result once.
        """
        verb = "SELECT DISTINCT" if distinct else "SELECT"
        return f"{self.before.lstrip()}{verb} {what}\nFROM {self.source}{self._where(also)}"

    def update(self, also: str) -> str:
        """The UPDATE itself, for those of its rows for which ``also`` holds, too."""
        return f"{self.head.rstrip()}{self._where(also)}"

    def _where(self, also: str) -> str:
        if not self.condition:
            return f"\nWHERE {also}" if also else ""
        return f"\nWHERE ({self.condition.strip()}\n)" + (f" AND {also}" if also else "")


def splice(text: str, dialect: str) -> Splice:
    """The pieces of the one UPDATE or DELETE that a text holds.

    Args:
        text: SQL without placeholders.
        dialect: postgresql, mysql, mariadb or sqlite.

    Raises:
        UnfreezableError: it is something else, or of a form whose rows cannot be asked for.
    """
    try:
        cuts = lexing.cut(text, dialect)
    except Ambiguous as ambiguous:
        _refuse(str(ambiguous))
    statements = read(text, dialect)
    if len(cuts) != 1 or len(statements) != 1:
        _refuse(f"the text holds {len(cuts)} statements, and one is run at a time")
    found, statement = cuts[0], statements[0]
    write = _the_write(statement)
    if prefixes.Numbering().named(found, dialect) != found.text:
        _refuse("it has placeholders, whose values are not known here")
    _check_choice(statement, write)
    return _Cutter(found, write, dialect).splice()


def _refuse(why: str) -> NoReturn:
    hint = "write one UPDATE or DELETE of one table, with its rows chosen by WHERE"
    message = f"this cannot go through run: {why}"
    raise UnfreezableError(message, hint=hint) from None


def _the_write(statement: Statement) -> Write:
    if statement.opaque:
        _refuse(statement.opaque)
    verbs = {write.verb for write in statement.writes}
    if len(statement.writes) > 1:
        _refuse("it writes to several tables, or several times")
    if not verbs & {Verb.UPDATE, Verb.DELETE} or statement.writes[0].merge_on is not None:
        _refuse("it is neither an UPDATE nor a DELETE")
    write = statement.writes[0]
    if write.conflict is not None:
        _refuse("OR REPLACE deletes rows that nobody chose")
    if write.limited:
        _refuse(
            "which rows LIMIT leaves is chance; choose them by key IN (SELECT .. ORDER BY .. LIMIT)"
        )
    return write


def _check_choice(statement: Statement, write: Write) -> None:
    nodes = [] if write.where is None else [write.where]
    nodes += [node for s in write.sources if s.query is not None for node in s.query.nodes()]
    for node in nodes:
        for part in node.walk():
            if part.kind in {Kind.CALL, Kind.OTHER} and part.text.lower() in _VOLATILE:
                _refuse(f"{part.text.upper()} chooses other rows each time it is asked")


class _Cutter:
    """Finds the clauses of one statement outside of all parentheses."""

    def __init__(self, found: Cut, write: Write, dialect: str) -> None:
        self._text = found.text
        self._code = found.code
        self._write = write
        self._mysql = dialect in _MYSQL
        self._start = 0
        self._places: dict[str, tuple[int, int]] = {}
        self._find(write.verb.value)

    def _find(self, verb: str) -> None:
        previous = ""
        begun = False
        for start, end, word in _outside(self._code):
            if not begun:
                begun = word == verb
                self._start = start
                self._places[verb] = (start, end)
            elif word in _CLAUSES and previous not in {"distinct", "."}:
                # the first of a kind; what follows a WHERE may be spelled alike
                self._places.setdefault(word, (start, end))
            previous = word
        for word in ("returning", "order"):
            if word in self._places:
                _refuse(f"{word.upper()} has no place in it")

    def splice(self) -> Splice:
        """The pieces; see ``splice``."""
        deletes = self._write.verb is Verb.DELETE
        target, source = self._delete() if deletes else self._update()
        if target is not None:
            name, exact, known_as = self._target(*target)
        else:
            # one of several tables of MySQL's, which are joined in one clause
            name, exact = self._write.table, True
            known_as = "`" + name.known_as.replace("`", "``") + "`"
        end = self._places["where"][0] if "where" in self._places else len(self._text)
        return Splice(
            verb=self._write.verb,
            table=name,
            exact=exact,
            known_as=known_as,
            before=self._text[: self._start],
            source=source.strip(),
            condition=self._text[self._places["where"][1] :] if "where" in self._places else "",
            head="" if deletes else self._text[:end],
            assigned=tuple(a.column for a in self._write.assignments),
            reads_itself=_reads(self._write, name),
            joined=bool(self._write.sources),
        )

    def _span(self, word: str, *until: str) -> Span:
        """Where the text behind a clause's word stands, up to the next of the words ``until``."""
        start = self._places[word][1]
        ends = [self._places[u][0] for u in until if u in self._places]
        return start, min([e for e in ends if e >= start], default=len(self._text))

    def _between(self, span: Span) -> str:
        return self._text[span[0] : span[1]].strip()

    def _delete(self) -> tuple[Span | None, str]:
        """Where the target stands (None where it is one of a join), and the whole source."""
        modifiers = self._code[self._places["delete"][1] : self._places["from"][0]]
        words = {word.lower() for word in modifiers.split()}
        if "ignore" in words:
            _refuse("IGNORE hides errors")
        if self._mysql and words - {"low_priority", "quick"}:
            # DELETE a FROM users a JOIN ..
            return None, self._between(self._span("from", "where"))
        if self._mysql and "using" in self._places:
            return None, self._between(self._span("using", "where"))
        target = self._span("from", "using", "where")
        return target, self._beside(target, "using")

    def _update(self) -> tuple[Span | None, str]:
        end = self._places["update"][1]
        modifiers = re.match(
            r"(?:\s+(?:low_priority|ignore|or\s+\w+)\b)*", self._code[end:], re.IGNORECASE
        )
        said = modifiers[0] if modifiers else ""
        if re.search(r"\b(?:ignore|or)\b", said, re.IGNORECASE):
            _refuse("OR .. and IGNORE hide errors")
        target = (end + len(said), self._places["set"][0])
        if self._mysql:
            return (None if self._write.sources else target), self._between(target)
        return target, self._beside(target, "from")

    def _beside(self, target: Span, word: str) -> str:
        """The other tables, then the target.

        It stands last, so that a RIGHT JOIN of the others joins what it joined before.
        """
        if word not in self._places:
            return self._between(target)
        return f"{self._between(self._span(word, 'where'))}\n, {self._between(target)}"

    def _target(self, start: int, end: int) -> tuple[Name, bool, str]:
        """The table's name as written, whether it was quoted, and what its columns go by."""
        target, code = self._text[start:end], self._code[start:end]
        if re.match(r"\s*only\b", code, re.IGNORECASE) or "*" in code:
            _refuse("ONLY and * choose tables by inheritance")
        match = _TARGET.match(code)
        if match is None:
            _refuse("the name of its table cannot be made out")
        low = match.start("name")
        spans = [(low + m.start(), low + m.end()) for m in re.finditer(_PART, match["name"])]
        if len(spans) > 2:
            _refuse("its table is in another database")
        parts = [target[at:to] for at, to in spans]
        bare = [_unquoted(part) for part in parts]
        known_as = target[slice(*match.span("alias"))] if match["alias"] else parts[-1]
        schema = bare[0] if len(bare) == 2 else None
        return Name(bare[-1], schema, self._write.table.alias), parts[-1] != bare[-1], known_as


def _unquoted(part: str) -> str:
    if part[:1] in {'"', "`", "["}:
        closing = "]" if part[0] == "[" else part[0]
        return part[1:-1].replace(closing * 2, closing)
    return part


def _outside(code: str) -> Iterator[tuple[int, int, str]]:
    """Words outside of parentheses, in lower case; "." stands before a word that follows one."""
    depth = 0
    for match in _WORD.finditer(code):
        word = match[0]
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif not depth:
            if code[: match.start()].rstrip().endswith("."):
                yield match.start(), match.start(), "."
            yield match.start(), match.end(), word.lower()


def _reads(write: Write, name: Name) -> bool:
    """Whether the statement looks at other rows of the table that it changes."""
    wanted = name.name.lower()
    if any(source.name.name.lower() == wanted for source in write.sources):
        return True
    nodes: Sequence[Node | None] = [write.where, *(a.value for a in write.assignments)]
    queries = [
        part.query for node in nodes if node is not None for part in node.walk() if part.query
    ]
    queries += [source.query for source in write.sources if source.query is not None]
    return any(wanted in _tables(query) for query in queries)


def _tables(query: Query) -> set[str]:
    found: set[str] = set()
    pending = [query]
    while pending:
        here = pending.pop()
        found |= {source.name.name.lower() for source in here.sources}
        pending += [s.query for s in here.sources if s.query is not None]
        pending += here.parts
        pending += [p.query for node in here.nodes() for p in node.walk() if p.query]
    return found

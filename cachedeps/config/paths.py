"""Join paths: ``via`` between tables, and the way from a row to its owner's label.

In an equality an unqualified column is of the row at hand and a qualified one of another row.
A column qualified with this row's own table is of another row only in a join of the table
with itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cachedeps.config.names import Name, Path, TableNames, read_path
from cachedeps.config.problems import BadOwner, BadVia
from cachedeps.domain.model import Equality, OwnerPath, Predicate, TableRef, Term, Via

Pair = tuple[Name, Name]
EVERY = "all"


@dataclass(frozen=True, slots=True)
class PathReader:
    """Reads the paths that start at rows of the table ``own``."""

    own: TableRef
    names: TableNames

    def edge_via(self, texts: Sequence[str], parent: TableRef) -> Via:
        """The ``via`` of an edge from rows of ``parent``.

        Raises:
            BadVia: it is no path, or does not lead from this row to ``parent``.
        """
        if list(texts) == [EVERY]:
            return Via(parent, every=True, text=EVERY)
        equalities = self._equalities(
            [_pair(text) for text in texts], own_is_another_row=parent == self.own
        )
        _check_joined(equalities, parent)
        return Via(parent, equalities, text=", ".join(texts))

    def condition_via(self, texts: Sequence[str]) -> Via:
        """The ``via`` of a condition; it arrives at the last table that is newly named.

        Raises:
            BadVia: it is no path, or names no other row.
        """
        pairs = [_pair(text) for text in texts]
        plainly = any(len(name) == 1 for pair in pairs for name in pair)
        equalities = self._equalities(pairs, own_is_another_row=plainly)
        tables = [term.table for e in equalities for term in (e.left, e.right) if term.table]
        if not tables:
            message = "the path names no other table"
            raise BadVia(message, fix='write it as "account_id -> accounts.id"')
        target = list(dict.fromkeys(tables))[-1]
        _check_joined(equalities, target)
        return Via(target, equalities, text=", ".join(texts))

    def owner(self, texts: Sequence[str], where: Predicate | None) -> OwnerPath:
        """The owner path in its arrow form (one text) or as equalities that end in the label.

        Raises:
            BadOwner: it is neither, or does not lead from this row to the label.
        """
        if not texts:
            message = "the owner path is empty"
            raise BadOwner(message)
        last = _read(texts[-1], BadOwner)
        if len(texts) == 1:
            return self._short_owner(texts[0], last, where)
        if last.signs:
            message = f"the path must end in the column that names the owner, not in {texts[-1]}"
            raise BadOwner(message, fix='e.g. ["user_id = users.id", "users.email"]')
        label_table = self._table(last.names[0])
        if label_table is None:
            message = f"the label {texts[-1]} must name its table"
            raise BadOwner(message)
        pairs = [_pair(text) for text in texts[:-1]]
        equalities = self._equalities(pairs, own_is_another_row=label_table == self.own)
        _check_joined(equalities, label_table)
        label = Term(label_table, last.names[0][-1])
        return OwnerPath(label, equalities, where, text=", ".join(texts))

    def _short_owner(self, text: str, path: Path, where: Predicate | None) -> OwnerPath:
        """``a -> t.b -> u.label``: each arrow goes to the other table's primary key."""
        if "=" in path.signs:
            message = "the short form is written with ->, and ends in the label"
            fix = 'e.g. "user_id -> users.email", or a list of equalities that ends in the label'
            raise BadOwner(message, fix=fix)
        start = self._table(path.names[0])
        if start not in {None, self.own}:
            message = f"the path must start at a column of this table, not of {start}"
            raise BadOwner(message, fix=f"e.g. user_id -> {text}")
        here = Term(None, path.names[0][-1])
        equalities: list[Equality] = []
        passed: set[TableRef] = set()
        for name in path.names[1:]:
            table = self._table(name)
            if table is None or table in passed:
                twice = (
                    f"{name[-1]} must name its table" if table is None else f"{table} is met twice"
                )
                message = f"each step after the first must name another table's column: {twice}"
                raise BadOwner(message)
            passed.add(table)
            equalities.append(Equality(here, Term(table, None)))
            here = Term(table, name[-1])
        return OwnerPath(here, tuple(equalities), where, text=text)

    def _equalities(
        self, pairs: Sequence[Pair], *, own_is_another_row: bool
    ) -> tuple[Equality, ...]:
        def term(name: Name) -> Term:
            table = self._table(name)
            if table == self.own and not own_is_another_row:
                table = None
            return Term(table, name[-1])

        return tuple(Equality(term(left), term(right)) for left, right in pairs)

    def _table(self, name: Name) -> TableRef | None:
        return self.names.resolve(name[:-1]) if len(name) > 1 else None


def _read(text: str, refusal: type[BadOwner | BadVia]) -> Path:
    path = read_path(text)
    if path is None:
        message = f'"{text}" is not a path of columns'
        fix = 'write column, table.column or "quoted name".column, joined by = or ->'
        raise refusal(message, fix=fix)
    return path


def _pair(text: str) -> Pair:
    if text == EVERY:
        message = '"all" stands alone, and only in the via of an edge'
        raise BadVia(message)
    path = _read(text, BadVia)
    if len(path.names) != 2:
        message = f'"{text}" is not one equality'
        fix = 'one hop is "upload_id -> uploads.id"; several are a list of equalities'
        raise BadVia(message, fix=fix)
    return path.names[0], path.names[1]


def _check_joined(equalities: Sequence[Equality], target: TableRef) -> None:
    """Every table must be joined, directly or not, to the row at hand; the target too."""
    sides = [(e.left.table, e.right.table) for e in equalities]
    for left, right in sides:
        if left == right:
            message = f"one equality compares {left or 'this row'} with itself"
            raise BadVia(message)
    joined: set[TableRef | None] = {None}
    while more := {t for side in sides if joined & set(side) for t in side} - joined:
        joined |= more
    apart = [str(t) for side in sides for t in side if t not in joined]
    if apart:
        message = f"{', '.join(dict.fromkeys(apart))} is not joined to this row"
        fix = "write this row's columns without a table, e.g. upload_id -> uploads.id"
        raise BadVia(message, fix=fix)
    if target not in joined:
        message = f"the path does not arrive at {target}"
        raise BadVia(message, fix=f"end it in a column of {target}")

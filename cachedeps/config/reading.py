"""What every part of ``build`` reads with: the names of the file, the dialect, the problems."""

from __future__ import annotations

from dataclasses import dataclass

from cachedeps.config.document import Condition as ConditionForm
from cachedeps.config.document import ConditionEntry
from cachedeps.config.names import TableNames, plain_name
from cachedeps.config.paths import PathReader
from cachedeps.config.problems import BadPredicate, Place, Problems
from cachedeps.domain.model import Condition, Predicate, TableRef
from cachedeps.errors import PredicateError


@dataclass(frozen=True, slots=True)
class Reading:
    """The names of the file, its dialect, and where problems go."""

    names: TableNames
    dialect: str
    problems: Problems

    def paths_from(self, own: TableRef) -> PathReader:
        """Reads the paths that start at rows of ``own``."""
        return PathReader(own, self.names)

    def column(self, name: str | None, place: Place) -> str | None:
        """``name``, if it can be a column's name; a problem at ``place`` otherwise."""
        if name is None:
            return None
        return self.problems.attempt(place, plain_name, name)

    def columns(self, names: list[str], place: Place) -> tuple[str, ...]:
        """Those of ``names`` that can be columns; a name that is said twice is a problem."""
        found: dict[str, None] = {}
        for index, name in enumerate(names):
            if name in found:
                self.problems.add("duplicate", (*place, index), f"{name} is named twice")
            elif self.column(name, (*place, index)):
                found[name] = None
        return tuple(found)

    def predicate(self, text: str | None, place: Place) -> Predicate | None:
        """The predicate that ``text`` is; None for no text and for a text that is none."""
        if text is None:
            return None
        return self.problems.attempt(place, self._parse, text)

    def condition(
        self, form: ConditionForm | None, own: TableRef, place: Place
    ) -> Condition | None:
        """The condition that ``rows``, ``when`` and ``test_rows_conflict`` say."""
        if form is None:
            return None
        if not isinstance(form, ConditionEntry):
            predicate = self.predicate(form, place)
            return Condition(predicate) if predicate else None
        via = self.problems.attempt((*place, "via"), self.paths_from(own).condition_via, form.via)
        predicate = self.predicate(form.where, (*place, "where"))
        return Condition(predicate, via) if predicate and via else None

    def _parse(self, text: str) -> Predicate:
        # only a declaration with a predicate pays for the SQL parser
        from cachedeps.parse.predicates import parse

        try:
            return parse(text, self.dialect)
        except PredicateError as error:
            raise BadPredicate(error.message, fix=error.hint) from None

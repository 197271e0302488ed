"""Made-up statements over a family of tables, as somebody would write them by hand."""

from __future__ import annotations

from random import Random

from tests.databases.database import quoted
from tests.properties.families import VALUES, Table, literal


def deed(random: Random, dialect: str, tables: list[Table]) -> str:
    """One UPDATE or DELETE."""
    return _Deed(random, dialect, tables).text()


class _Deed:
    def __init__(self, random: Random, dialect: str, tables: list[Table]) -> None:
        self._random = random
        self._dialect = dialect
        filled = [table for table in tables if table.rows]
        self._tables = {table.name: table for table in tables}
        self._table = random.choice(filled or tables)

    def _quote(self, name: str) -> str:
        return quoted(self._dialect, name)

    def text(self) -> str:
        """The statement."""
        joins = self._table.references and self._random.random() < 0.3
        if self._random.random() < 0.6:
            return self._joined_delete() if joins and self._dialect != "sqlite" else self._delete()
        return self._joined_update() if joins else self._update()

    def _delete(self) -> str:
        name = self._quote(self._table.name)
        # InnoDB looks at other tables anew for each row, when its cascades have changed them
        looks = self._dialect != "mariadb"
        return f"DELETE FROM {name} WHERE {self._condition(name, looks=looks)}"

    def _update(self) -> str:
        name = self._quote(self._table.name)
        return f"UPDATE {name} SET {self._sets('')} WHERE {self._condition(name, looks=True)}"

    def _sets(self, qualifier: str) -> str:
        note, amount, kind = (self._quote(n) for n in ("Note", "amount", "kind"))
        q = qualifier
        plain = [f"{note} = 'it''s %s :y ;'", f"{kind} = {q}{kind} + 1"]
        if self._table.name != "links":
            plain.append(f"{amount} = {q}{amount} / 2")
        for ref in self._table.references:
            nullable = all(self._table.column(name).nullable for name in ref.columns)
            if nullable and self._random.random() < 0.5:
                plain.append(", ".join(f"{self._quote(name)} = NULL" for name in ref.columns))
        if self._table.unique:
            code = self._table.column("code")
            value = literal(self._random.choice(VALUES[code.kind]), self._dialect)
            plain.append(f"{self._quote('code')} = {value}")
        return ", ".join(self._random.sample(plain, self._random.randint(1, min(2, len(plain)))))

    def _condition(self, name: str, *, looks: bool) -> str:
        column = self._quote("kind")
        choices = [
            f"{column} = {self._random.randint(1, 3)}",
            f"{column} <> {self._random.randint(1, 3)}",
            f"{column} IS NULL",
            f"{self._quote('Note')} IN ('a', 'x;--', '100%', ':x', 'é', '')",
            f"{column} IN (1, 2) OR {self._quote('Note')} IS NULL",
        ]
        if looks:
            choices += self._looking(name)
        return self._random.choice(choices)

    def _looking(self, name: str) -> list[str]:
        """Conditions that look at other tables."""
        column, choices = self._quote("kind"), []
        for ref in self._table.references:
            if len(ref.columns) == 1:
                here, there = self._quote(ref.columns[0]), self._quote(ref.there[0])
                of = self._quote(ref.target)
                query = f"SELECT {there} FROM {of} WHERE {column} < 3"
                if ref.target != self._table.name or self._dialect != "mariadb":
                    choices.append(f"{here} IN ({query})")
        for child in self._tables.values():
            for ref in child.references:
                if ref.target == self._table.name and child.name != self._table.name:
                    met = " AND ".join(
                        f"o.{self._quote(a)} = {name}.{self._quote(b)}"
                        for a, b in zip(ref.columns, ref.there, strict=True)
                    )
                    found = f"SELECT 1 FROM {self._quote(child.name)} o WHERE {met}"
                    choices += [f"EXISTS ({found})", f"NOT EXISTS ({found})"]
        return choices

    def _join(self) -> tuple[str, str, str]:
        """The joined table, the condition of the join, and one more on it."""
        ref = self._random.choice(self._table.references)
        met = " AND ".join(
            f"x.{self._quote(a)} = p.{self._quote(b)}"
            for a, b in zip(ref.columns, ref.there, strict=True)
        )
        return self._quote(ref.target), met, f"p.{self._quote('kind')} < 3"

    def _joined_delete(self) -> str:
        name = self._quote(self._table.name)
        other, met, also = self._join()
        if self._dialect == "mariadb":
            return f"DELETE x FROM {name} x JOIN {other} p ON {met} WHERE {also}"
        return f"DELETE FROM {name} x USING {other} AS p WHERE {met} AND {also}"

    def _joined_update(self) -> str:
        name = self._quote(self._table.name)
        other, met, also = self._join()
        if self._dialect == "mariadb":
            kind, note = self._quote("kind"), self._quote("Note")
            return (
                f"UPDATE {name} x JOIN {other} p ON {met} "
                f"SET x.{kind} = p.{kind}, x.{note} = 'joined' WHERE {also}"
            )
        kind = self._quote("kind")
        return f"UPDATE {name} AS x SET {kind} = p.{kind} FROM {other} p WHERE {met} AND {also}"

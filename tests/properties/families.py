"""Made-up families of tables: foreign keys of every kind between them, and rows that keep them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from random import Random
from typing import Any

from tests.databases.database import Database, Session

Value = Any
Row = dict[str, Value]

NAMES = ("parents", "order", "Mixed Case", "it's", 'say "hi"', "größe", "a.b", "100%:x")
TYPES = {
    "int": {"sqlite": "INTEGER", "postgresql": "integer", "mariadb": "int"},
    "text": {"sqlite": "TEXT", "postgresql": "text", "mariadb": "varchar(40)"},
    "uuid": {"sqlite": "TEXT", "postgresql": "uuid", "mariadb": "uuid"},
    "decimal": {"sqlite": "NUMERIC", "postgresql": "numeric(8,2)", "mariadb": "decimal(8,2)"},
    "date": {"sqlite": "TEXT", "postgresql": "date", "mariadb": "date"},
}
VALUES: dict[str, tuple[Value, ...]] = {
    "int": tuple(range(-3, 12)),
    "text": (
        "a",
        "b",
        "Cc ",
        "it's",
        "100%",
        ":x",
        "é",
        "\\",
        'say "hi"',
        "",
        "x;--",
        "?",
        "${v}",
    ),
    "uuid": tuple(f"00000000-0000-4000-8000-0000000000{n:02x}" for n in range(250, 256)),
    "decimal": ("0.00", "-1.50", "10.00", "2.25", "999999.99", "0.10"),
    "date": ("2026-01-01", "2026-05-11", "1999-12-31", "2024-02-29", "2026-11-21"),
}
KINDS = tuple(VALUES)


@dataclass(frozen=True)
class Column:
    """One column; ``kind`` is a key of ``TYPES``."""

    name: str
    kind: str
    nullable: bool = True
    default: Value = None


@dataclass(frozen=True)
class Reference:
    """A foreign key of ``columns`` to the columns ``there`` of another table, or the same."""

    columns: tuple[str, ...]
    target: str
    there: tuple[str, ...]
    action: str


@dataclass
class Table:
    """One table and its rows; ``unique`` are sets of columns that no two rows share."""

    name: str
    columns: list[Column]
    key: tuple[str, ...]
    unique: list[tuple[str, ...]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def family(random: Random, dialect: str) -> list[Table]:
    """Two to six tables with foreign keys and rows."""
    names = random.sample(NAMES, random.randint(2, 6))
    tables = [_table(random, name) for name in names]
    for table in tables:
        for place in range(random.choice((0, 1, 1, 2, 3))):
            _refer(random, dialect, table, random.choice(tables), f"ref{place}")
    if random.random() < 0.5 and len(tables) < 6:
        tables.append(_join_table(random, dialect, tables))
    for table in tables:
        _fill_keys(random, table)
    for table in tables:
        _fill_references(random, table, tables)
    return tables


def _table(random: Random, name: str) -> Table:
    kinds = [random.choice(("int", "int", *KINDS)) for _ in range(random.choice((1, 1, 1, 2)))]
    columns = [Column(f"k{place}", kind, nullable=False) for place, kind in enumerate(kinds)]
    key = tuple(column.name for column in columns)
    columns += [Column("kind", "int"), Column("Note", "text"), Column("amount", "decimal")]
    unique: list[tuple[str, ...]] = []
    if random.random() < 0.6:
        columns.append(Column("code", random.choice(KINDS), nullable=random.random() < 0.5))
        unique.append(("code",))
    return Table(name, columns, key, unique)


def _actions(dialect: str) -> tuple[str, ...]:
    often = ("CASCADE", "CASCADE", "CASCADE", "SET NULL", "SET NULL", "RESTRICT", "NO ACTION")
    return often if dialect == "mariadb" else (*often, "SET DEFAULT")


def _refer(random: Random, dialect: str, table: Table, target: Table, prefix: str) -> None:
    there = random.choice([target.key, *target.unique])
    action = random.choice(_actions(dialect))
    nullable = action == "SET NULL" or random.random() < 0.7
    names = tuple(f"{prefix}_{name}" for name in there)
    for name, other in zip(names, there, strict=True):
        kind = target.column(other).kind
        default = random.choice(VALUES[kind]) if random.random() < 0.5 or not nullable else None
        default = default if action == "SET DEFAULT" else None
        table.columns.append(Column(name, kind, nullable, default))
    table.references.append(Reference(names, target.name, there, action))


def _join_table(random: Random, dialect: str, tables: list[Table]) -> Table:
    table = Table("links", [Column("Note", "text"), Column("kind", "int")], ())
    for prefix in ("one", "other"):
        _refer(random, dialect, table, random.choice(tables), prefix)
    table.columns = [replace(column, nullable=False) for column in table.columns[2:]] + [
        *table.columns[:2]
    ]
    table.references = [
        replace(ref, action="CASCADE" if ref.action.startswith("SET") else ref.action)
        for ref in table.references
    ]
    table.key = tuple(column.name for column in table.columns[:-2])
    return table


def _fill_keys(random: Random, table: Table) -> None:
    """Rows with keys and plain values, where these do not come from other tables."""
    if any(name.startswith(("one", "other")) for name in table.key):
        return
    possible = list(product(*(VALUES[table.column(name).kind] for name in table.key)))
    wanted = min(random.choice((0, 2, 4, 6, 9)), len(possible))
    codes: list[Value] = []
    if table.unique:
        codes = random.sample(VALUES[table.column("code").kind], 5)
        wanted = wanted if table.column("code").nullable else min(wanted, len(codes))
    for key in random.sample(possible, wanted):
        row = dict(zip(table.key, key, strict=True)) | _plain(random)
        if table.unique:
            free = not table.column("code").nullable or random.random() < 0.7
            row["code"] = codes.pop() if codes and free else None
        table.rows.append(row)


def _plain(random: Random) -> Row:
    return {
        "kind": random.choice((1, 1, 2, 3, None)),
        "Note": random.choice((*VALUES["text"], None)),
        "amount": random.choice((*VALUES["decimal"], None)),
    }


def _fill_references(random: Random, table: Table, tables: list[Table]) -> None:
    held = {t.name: t.rows for t in tables}
    if not table.rows and table.name == "links":
        sides = [
            [tuple(row[name] for name in ref.there) for row in held[ref.target]]
            for ref in table.references
        ]
        pairs = [a + b for a, b in product(*sides) if None not in a + b]
        for pair in random.sample(pairs, min(len(pairs), random.choice((0, 3, 8)))):
            plain = _plain(random)
            row = {"Note": plain["Note"], "kind": plain["kind"]}
            table.rows.append(dict(zip(table.key, pair, strict=True)) | row)
        table.rows = list({tuple(row[n] for n in table.key): row for row in table.rows}.values())
        return
    for row in list(table.rows):
        for ref in table.references:
            there = [tuple(other[name] for name in ref.there) for other in held[ref.target]]
            there = [values for values in there if None not in values]
            nullable = all(table.column(name).nullable for name in ref.columns)
            if there and (not nullable or random.random() < 0.8):
                row |= dict(zip(ref.columns, random.choice(there), strict=True))
            elif nullable:
                row |= dict.fromkeys(ref.columns)
            else:
                # nobody to refer to: no row; what referred to this one is repaired by ``create``
                table.rows.remove(row)
                break


def create(database: Database, tables: list[Table]) -> None:
    """Makes the tables in a database; references that lead nowhere go, and rows with them."""
    _repair(tables)
    session = database.connect()
    later = database.dialect != "sqlite"
    off, on = {
        "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
        "postgresql": ("SET session_replication_role = replica", "RESET session_replication_role"),
        "mariadb": ("SET foreign_key_checks = 0", "SET foreign_key_checks = 1"),
    }[database.dialect]
    session.execute(off)
    for table in tables:
        session.execute(_create(session, table, inline=not later))
    for table in tables if later else ():
        for ref in table.references:
            name = session.quote(table.name)
            session.execute(f"ALTER TABLE {name} ADD {_reference(session, ref)}")
    for table in tables:
        if table.rows:
            names = [column.name for column in table.columns]
            session.insert(table.name, *([row[name] for name in names] for row in table.rows))
    session.execute(on)
    session.close()


def _repair(tables: list[Table]) -> None:
    held = {table.name: table.rows for table in tables}
    changed = True
    while changed:
        changed = False
        for table, ref in [(t, r) for t in tables for r in t.references]:
            there = {tuple(row[name] for name in ref.there) for row in held[ref.target]}
            for row in list(table.rows):
                values = tuple(row[name] for name in ref.columns)
                if None not in values and values not in there:
                    table.rows.remove(row)
                    changed = True


def _create(session: Session, table: Table, *, inline: bool) -> str:
    lines = []
    for column in table.columns:
        line = f"{session.quote(column.name)} {TYPES[column.kind][session.dialect]}"
        line += "" if column.nullable else " NOT NULL"
        if column.default is not None:
            line += " DEFAULT " + literal(column.default, session.dialect)
        lines.append(line)
    lines.append(f"PRIMARY KEY ({_listed(session, table.key)})")
    lines += [f"UNIQUE ({_listed(session, names)})" for names in table.unique]
    lines += [_reference(session, ref) for ref in table.references if inline]
    return f"CREATE TABLE {session.quote(table.name)} ({', '.join(lines)})"


def _listed(session: Session, names: tuple[str, ...]) -> str:
    return ", ".join(map(session.quote, names))


def _reference(session: Session, ref: Reference) -> str:
    here, there = _listed(session, ref.columns), _listed(session, ref.there)
    target = session.quote(ref.target)
    return f"FOREIGN KEY ({here}) REFERENCES {target} ({there}) ON DELETE {ref.action}"


def literal(value: Value, dialect: str) -> str:
    """A value as SQL text."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("'", "''")
    return "'" + (text.replace("\\", "\\\\") if dialect == "mariadb" else text) + "'"


def drop(database: Database) -> None:
    """Empties a database, the journal included."""
    session = database.connect()
    if database.dialect == "postgresql":
        session.execute("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    elif database.dialect == "mariadb":
        session.execute("SET foreign_key_checks = 0")
        for (name,) in session.query("SHOW TABLES"):
            session.execute(f"DROP TABLE {session.quote(name)}")
    else:
        session.execute("PRAGMA foreign_keys = OFF")
        for (name,) in session.query("SELECT name FROM sqlite_master WHERE type = 'table'"):
            if not name.startswith("sqlite_"):
                session.execute(f"DROP TABLE {session.quote(name)}")
    session.close()

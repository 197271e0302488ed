"""The journal's own tables, in the database whose data they protect."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import LONGTEXT

from cachedeps.db.dialects.base import Dialect

VERSION = 1
KEY_COLUMNS = 8


class JournalTables:
    """Four tables with the prefix ``cachedeps_``.

    ``journal`` names the journal itself; ``run`` has one row for each apply or restore;
    ``page`` one for each page that was committed; ``cell`` one before-image for each cell,
    written in the transaction that changed the cell. In ``cell``, ``part`` numbers the columns
    of a row that was deleted whole, and is 0 otherwise.

    Args:
        dialect: the database, which says how keys and values are kept.
        schema: the schema that the tables stand in; None for the default one.
    """

    def __init__(self, dialect: Dialect, schema: str | None) -> None:
        number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
        long_text = sa.Text().with_variant(LONGTEXT(), "mysql", "mariadb")
        self.metadata = sa.MetaData(schema=schema)
        # the journal must be able to roll back, and to hold any name, whatever the default is
        made: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}
        self.journal = sa.Table(
            "cachedeps_journal",
            self.metadata,
            sa.Column("id", sa.String(36), primary_key=True),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("created_at", sa.String(40), nullable=False),
            **made,
        )
        self.run = sa.Table(
            "cachedeps_run",
            self.metadata,
            # an identity asks for no right on a sequence of its own
            sa.Column("run", number, sa.Identity(), primary_key=True, autoincrement=True),
            sa.Column("id", sa.String(40), nullable=False, unique=True),
            sa.Column("command", sa.String(16), nullable=False),
            sa.Column("state", sa.String(16), nullable=False),
            sa.Column("approved_by", long_text, nullable=False),
            sa.Column("started_at", sa.String(40), nullable=False),
            sa.Column("finished_at", sa.String(40)),
            sa.Column("plan_digest", sa.String(80), nullable=False),
            sa.Column("plan", long_text, nullable=False),
            sa.Column("database_name", long_text, nullable=False),
            sa.Column("restores", sa.String(40)),
            sa.Column("pages_total", sa.Integer, nullable=False),
            sa.Column("notes", long_text, nullable=False),
            **made,
        )
        self.page = sa.Table(
            "cachedeps_page",
            self.metadata,
            sa.Column("run", number, primary_key=True, autoincrement=False),
            sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("page", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("row_count", sa.Integer, nullable=False),
            sa.Column("cells", long_text, nullable=False),
            **made,
        )
        keys: list[sa.Column[Any]] = [
            sa.Column(f"key_{i}", dialect.journal_key_type) for i in range(KEY_COLUMNS)
        ]
        self.cell = sa.Table(
            "cachedeps_cell",
            self.metadata,
            sa.Column("run", number, nullable=False),
            sa.Column("write", sa.Integer, nullable=False),
            sa.Column("page", sa.Integer, nullable=False),
            sa.Column("part", sa.Integer, nullable=False),
            *keys,
            sa.Column("value", dialect.journal_value_type),
            **made,
        )
        places: list[sa.Column[Any]] = [self.cell.c.run, self.cell.c.write, self.cell.c.page]
        if dialect.looks_up:
            # values are put back by a sub-select for each row, which looks its key up here
            places.append(self.cell.c.key_0)
        if dialect.clustered:
            # a table that is kept in key order grows fastest at its end; the unique constraint
            # is the index, which this database makes together with the table
            self.cell.append_column(sa.Column("seq", number, primary_key=True, autoincrement=True))
            self.cell.append_constraint(sa.UniqueConstraint(*places, "seq"))
        else:
            sa.Index("cachedeps_cell_place", *places)

"""Reads and writes the record of runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.db.dialects.base import Dialect
from cachedeps.db.session import Session
from cachedeps.domain.outcome import Receipt
from cachedeps.errors import RightsError, UnknownNameError, UnsupportedError
from cachedeps.journal.tables import VERSION, JournalTables

RUNNING = "running"
INTERRUPTED = "interrupted"
DONE = "done"
STATEMENTS = frozenset({"run", "cleanup"})
"""The commands that run a statement instead of a plan."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known about a run before its first page."""

    id: str
    command: str
    by: str
    started_at: str
    plan_digest: str
    plan: str
    pages_total: int
    restores: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One recorded run: its number, its receipt, and the plan it was made from (as JSON)."""

    number: int
    receipt: Receipt
    plan: str


@dataclass(frozen=True, slots=True)
class PageDone:
    """One committed page: cells per cache."""

    place: int
    page: int
    rows: int
    cells: Mapping[str, int]


def ddl(dialect: Dialect, schema: str | None) -> tuple[str, ...]:
    """The statements that create the journal where it is missing."""
    return tuple(dialect.journal_ddl(JournalTables(dialect, schema).metadata))


class Journal:
    """The journal of one database.

    Args:
        session: the session whose transactions the records are written in.
        schema: the journal's own schema, where one is declared.
    """

    def __init__(self, session: Session, schema: str | None) -> None:
        self._session = session
        self._schema = schema
        self.tables = JournalTables(session.dialect, schema)

    def exists(self, connection: Connection) -> bool:
        """Whether the journal's tables are there, all of them.

        Where a CREATE TABLE commits by itself, whoever makes them can be killed in between.
        """
        dialect, tables = self._session.dialect, self.tables.metadata.sorted_tables
        return all(dialect.has_table(connection, t.name, self._schema) for t in tables)

    def id(self, connection: Connection) -> str:
        """The journal's own id; "" where there is none yet, or the user may not read it."""
        dialect, journal = self._session.dialect, self.tables.journal
        if not self.exists(connection):
            return ""
        if not dialect.may_read(connection, journal.name, self._schema):
            return ""
        row = connection.execute(
            sa.select(self.tables.journal.c.id, self.tables.journal.c.version)
        )
        found = row.first()
        if found is None:
            return ""
        if found.version > VERSION:
            message = f"the journal was written by a newer cachedeps (version {found.version})"
            raise UnsupportedError(message, hint="upgrade cachedeps")
        return str(found.id)

    def create(self, now: str) -> str:
        """Creates what is missing and returns the journal's id.

        Raises:
            RightsError: the user may not; the hint holds the statements.
        """
        with self._session.reading() as connection:
            known = self.id(connection)
        if known:
            return known
        statements = self._session.dialect.journal_ddl(self.tables.metadata)
        try:
            with self._session.writing() as connection:
                if not self.exists(connection):
                    for statement in statements:
                        connection.exec_driver_sql(
                            statement, execution_options={"no_parameters": True}
                        )
                made = str(uuid4())
                values = {"id": made, "version": VERSION, "created_at": now}
                connection.execute(self.tables.journal.insert(), values)
        except RightsError as error:
            message = f"the journal cannot be created: {error.message}"
            listed = ";\n".join(statements) + ";"
            rights = "and grant SELECT, INSERT and UPDATE on these tables"
            hint = f"have an administrator run (cachedeps journal ddl), {rights}:\n{listed}"
            raise RightsError(message, hint=hint) from None
        return made

    def start(self, connection: Connection, run: NewRun) -> int:
        """Records that a run begins; the number is what pages and cells refer to."""
        values = {
            "id": run.id,
            "command": run.command,
            "state": RUNNING,
            "approved_by": run.by,
            "started_at": run.started_at,
            "plan_digest": run.plan_digest,
            "plan": run.plan,
            "database_name": self._session.name,
            "restores": run.restores,
            "pages_total": run.pages_total,
            "notes": json.dumps(run.notes),
        }
        result = connection.execute(self.tables.run.insert(), values)
        key = result.inserted_primary_key
        return int(key[0]) if key else 0

    def set_state(
        self, connection: Connection, number: int, state: str, at: str | None, notes: Sequence[str]
    ) -> None:
        """Records where a run stands."""
        run = self.tables.run
        values = {"state": state, "finished_at": at, "notes": json.dumps(list(notes))}
        connection.execute(sa.update(run).where(run.c.run == number).values(values))

    def page_done(self, connection: Connection, number: int, page: PageDone) -> None:
        """Records a page, in the transaction that changed it."""
        values = {
            "run": number,
            "place": page.place,
            "page": page.page,
            "row_count": page.rows,
            "cells": json.dumps(dict(page.cells)),
        }
        connection.execute(self.tables.page.insert(), values)

    def pages(self, connection: Connection, number: int) -> tuple[PageDone, ...]:
        """The committed pages of a run, in the order of writing."""
        page = self.tables.page
        query = sa.select(page).where(page.c.run == number).order_by(page.c.place, page.c.page)
        return tuple(
            PageDone(row.place, row.page, row.row_count, json.loads(row.cells))
            for row in connection.execute(query)
        )

    def runs(self, connection: Connection) -> tuple[Run, ...]:
        """Every run, newest first; none where there is no journal yet."""
        if not self.exists(connection):
            return ()
        rows = connection.execute(
            sa.select(self.tables.run).order_by(self.tables.run.c.run.desc())
        )
        found = rows.all()
        done = [row for row in reversed(found) if row.restores and row.state == DONE]
        undone = {row.restores: row.id for row in done}
        back: dict[str, int] = {}
        runs = []
        for row in found:
            # a restore comes before the run that it restores: newest first
            run = self._run(connection, row, undone.get(row.id), back.get(row.id, 0))
            runs.append(run)
            if row.restores:
                out = run.receipt.cells - run.receipt.put_back
                back[row.restores] = back.get(row.restores, 0) + out
        return tuple(runs)

    def find(self, connection: Connection, receipt_id: str) -> Run:
        """One run by its receipt's id, or by a prefix that fits no other.

        Raises:
            UnknownNameError: no run, or several, have that id.
        """
        runs = self.runs(connection)
        exact = [run for run in runs if run.receipt.id == receipt_id]
        found = exact or [run for run in runs if run.receipt.id.startswith(receipt_id)]
        if len(found) != 1 or not receipt_id:
            listed = ", ".join(run.receipt.id for run in (found or runs)[:5]) or "none yet"
            problem = "several receipts" if found else "no receipt"
            message = f"{problem} with the id {receipt_id!r} in {self._session.name}"
            raise UnknownNameError(message, hint=f"cachedeps history lists them all: {listed}")
        return found[0]

    def _run(
        self,
        connection: Connection,
        row: sa.Row[tuple[object, ...]],
        undone: str | None,
        put_back: int,
    ) -> Run:
        values = row._mapping
        pages = self.pages(connection, values["run"])
        caches: dict[str, int] = {}
        for page in pages:
            for cache, count in page.cells.items():
                caches[cache] = caches.get(cache, 0) + count
        receipt = Receipt(
            id=values["id"],
            command=values["command"],
            state=values["state"],
            rows=sum(page.rows for page in pages),
            cells=sum(caches.values()),
            caches=tuple(caches.items()),
            by=values["approved_by"],
            started_at=values["started_at"],
            finished_at=values["finished_at"],
            plan_digest=values["plan_digest"],
            pages_done=len(pages),
            pages_total=values["pages_total"],
            database=values["database_name"],
            restores=values["restores"],
            undone_by=undone,
            put_back=put_back,
            notes=tuple(json.loads(values["notes"])),
            statement=_statement(values["command"], values["plan"]),
        )
        return Run(int(values["run"]), receipt, values["plan"])


def _statement(command: str, plan: str) -> str:
    """The SQL that somebody wrote, where the run was one of that."""
    return str(json.loads(plan)["run"]["sql"]) if command in STATEMENTS else ""

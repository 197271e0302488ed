"""Project: the one object that a library user holds. It delegates and decides nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cachedeps.domain.graph import Graph

if TYPE_CHECKING:
    # not at run time: a check of the file alone has to start fast
    from sqlalchemy import Engine

    from cachedeps.actions.context import Context
    from cachedeps.db.session import Session
    from cachedeps.domain.closure import RunApproval, RunPreview
    from cachedeps.domain.explanation import Explanation
    from cachedeps.domain.finding import Finding
    from cachedeps.domain.live_facts import LiveFacts
    from cachedeps.domain.model import Declaration
    from cachedeps.domain.outcome import (
        Approval,
        Drift,
        Preview,
        Progress,
        Receipt,
        RestoreApproval,
        RestoreChoice,
        RestorePreview,
    )
    from cachedeps.domain.plan import Plan
    from cachedeps.domain.rows import KeyValues
    from cachedeps.domain.scope import Scope
    from cachedeps.domain.verdict import Verdict

    Clock = Callable[[], datetime]
    Report = Callable[[Progress], None]
    Stop = Callable[[], bool]


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock


def load(
    path: str | Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    clock: Clock = utc_now,
) -> Project:
    """Reads one declaration.

    Args:
        path: the file; None for ``cachedeps.toml`` here or in the nearest folder above.
        environ: where ``env:NAME`` is looked up; None for the process environment.
        clock: tells the present instant.

    Raises:
        DeclarationError: with every problem of the file at once.
    """
    from cachedeps.config import load as loading

    known = os.environ if environ is None else environ
    found = loading.find(Path.cwd()) if path is None else Path(path)
    return Project(loading.load(found, environ=known), found, known, clock)


def init(
    url: str,
    *,
    path: str | Path = "cachedeps.toml",
    schemas: Iterable[str] = (),
    environ: Mapping[str, str] | None = None,
) -> str:
    """The text of a starter declaration for a live schema, which is only read.

    No file is written: a person answers the questions in the text first.

    Args:
        url: the database, or ``env:NAME``.
        path: where the text is meant to be kept. A relative SQLite path in ``url`` is relative to
            the current folder; in the text it is written so that it holds for the file's folder.
        schemas: which schemas to look at; none for the default ones.
        environ: where ``env:NAME`` is looked up; None for the process environment.

    Raises:
        UsageError: the URL cannot be read.
        UnreachableError: the database does not exist or does not answer.
    """
    from cachedeps.actions.init import init
    from cachedeps.config.url import environment_name, resolve_url
    from cachedeps.db.connect import connect
    from cachedeps.db.dialects.base import Timeouts
    from cachedeps.domain.model import DatabaseSettings

    known = os.environ if environ is None else environ
    here = Path.cwd()
    found = resolve_url(DatabaseSettings(url=url), here / "cachedeps.toml", known)
    moved = Path(path).resolve().parent != here and not environment_name(url)
    with connect(found, Timeouts()) as session:
        return init(session, found if moved else url, tuple(schemas))


def rule_page(slug: str) -> str:
    """The page of one rule of the guard, as Markdown; needs no declaration.

    Raises:
        UnknownNameError: no rule has that slug.
    """
    from cachedeps.actions.rule_page import rule_page

    return rule_page(slug)


class Project:
    """A loaded declaration, and everything that can be done with it.

    Args:
        declaration: the valid declaration.
        path: the file that it came from.
        environ: where ``env:NAME`` is looked up.
        clock: tells the present instant.
    """

    def __init__(
        self,
        declaration: Declaration,
        path: Path,
        environ: Mapping[str, str],
        clock: Clock = utc_now,
    ) -> None:
        self.declaration = declaration
        self.path = path
        self._environ = environ
        self._clock = clock
        self._graph = Graph(declaration)

    def plan(
        self, *upstreams: str, scope: Scope | None = None, columns: tuple[str, ...] = ()
    ) -> Plan:
        """The plan for a fix of these upstreams; touches no database.

        Raises:
            UnknownNameError: a name is not declared.
            ScopeError: the scope does not fit.
            PredicateError: a predicate is not plain.
        """
        from cachedeps.actions.plan import plan
        from cachedeps.domain.scope import Scope

        chosen = Scope() if scope is None else scope
        return plan(self.declaration, self._graph, upstreams, columns, chosen, self._clock())

    @contextmanager
    def connect(
        self,
        url: str | None = None,
        *,
        lock_timeout_seconds: float = 5.0,
        statement_timeout_seconds: float = 300.0,
    ) -> Iterator[Database]:
        """Opens the declared database (or ``url``) for the length of a ``with`` block.

        Raises:
            UsageError: no database is declared, or its URL cannot be read.
            UnreachableError: it does not exist or does not answer.
        """
        from cachedeps.db.connect import connect
        from cachedeps.db.dialects.base import Timeouts

        where = url or self._url()
        timeouts = Timeouts(lock_timeout_seconds, statement_timeout_seconds)
        settings = self.declaration.database
        with connect(where, timeouts, settings.timezone, settings.schema) as session:
            yield Database(self._context(session))

    def _url(self) -> str:
        from cachedeps.config.url import resolve_url

        return resolve_url(self.declaration.database, self.path, self._environ)

    @contextmanager
    def bind(
        self,
        engine: Engine,
        *,
        lock_timeout_seconds: float = 5.0,
        statement_timeout_seconds: float = 300.0,
    ) -> Iterator[Database]:
        """Uses one connection of an engine that belongs to the caller."""
        from cachedeps.db.connect import bind
        from cachedeps.db.dialects.base import Timeouts

        timeouts = Timeouts(lock_timeout_seconds, statement_timeout_seconds)
        settings = self.declaration.database
        with bind(engine, timeouts, settings.timezone, settings.schema) as session:
            yield Database(self._context(session))

    def _context(self, session: Session) -> Context:
        from cachedeps.actions.context import Context
        from cachedeps.journal.store import Journal

        journal = Journal(session, self.declaration.database.journal_schema)
        return Context(self.declaration, self._graph, session, journal, self._clock)

    def graph(self, upstream: str | None = None, *, form: str = "tree") -> str | bytes:
        """The provenance graph as tree, dot, svg, png, mermaid or json."""
        from cachedeps.actions.graph import graph

        return graph(self.declaration, upstream, form)

    def explain(self, node: str) -> Explanation:
        """What feeds a node, what it feeds, and what would invalidate it.

        Raises:
            UnknownNameError: no upstream or cache has that name.
        """
        from cachedeps.actions.explain import explain

        return explain(self.declaration, node)

    def guard(
        self,
        sql: str,
        *,
        dialect: str | None = None,
        params: Sequence[object] | Mapping[str, object] | None = None,
    ) -> Verdict:
        """The verdict on SQL that somebody else wrote; touches no database.

        Args:
            sql: one or more statements, with or without placeholders.
            dialect: postgresql, mysql, mariadb or sqlite; None for the declared database's.
            params: values of the placeholders, in their order or by name.

        Raises:
            UsageError: the dialect is not known. No text of a statement raises anything.
        """
        from cachedeps.actions.guard import guard

        return guard(self.declaration, self._graph, sql, dialect, params)

    def guard_file(self, path: str | Path, *, dialect: str | None = None) -> Verdict:
        """The verdict on a file with SQL; touches no database.

        A Python file is read for the SQL that it holds, and never imported or run; the lines of
        the findings are those of the file. Any other file is SQL.

        Args:
            path: the file.
            dialect: postgresql, mysql, mariadb or sqlite; None for the declared database's.

        Raises:
            UsageError: the file cannot be read, or the dialect is not known.
        """
        from cachedeps.actions.guard_file import guard_file

        def judge(sql: str) -> Verdict:
            return self.guard(sql, dialect=dialect)

        return guard_file(self.declaration, self._graph, Path(path), dialect, judge)

    def where(self, key: str) -> str:
        """``cachedeps.toml:12 tables.uploads`` for a dotted key of the file."""
        from cachedeps.config.locate import where

        return where(self.path, key)


class Database:
    """One open database; made by ``Project.connect`` and ``Project.bind``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._live: LiveFacts | None = None

    @property
    def name(self) -> str:
        """The URL without a password."""
        return self._context.session.name

    @property
    def dialect(self) -> str:
        """postgresql, mysql, mariadb or sqlite."""
        return self._context.session.dialect.name

    def preview(
        self,
        plan: Plan,
        *,
        page_rows: int = 1_000,
        fingerprint: str = "auto",
        sample: int = 5,
    ) -> Preview:
        """What the plan would touch; SELECT only.

        Raises:
            UnknownNameError: an owner or a key of the scope names nothing.
            SchemaMismatchError: the database lacks what the plan needs.
        """
        from cachedeps.actions.preview import Options, preview

        return preview(self._context, plan, Options(page_rows, fingerprint, sample))

    def keys(self, preview: Preview, cache: str) -> Iterator[KeyValues]:
        """The primary key of every target cell of one cache, in key order."""
        from cachedeps.actions.preview import keys

        return keys(self._context, preview, cache)

    def owner_labels(self, preview: Preview) -> Iterator[str]:
        """Every owner whose rows the plan touches."""
        from cachedeps.actions.people import owner_labels

        return owner_labels(self._context, preview)

    def apply(
        self, approval: Approval, *, progress: Report | None = None, stop: Stop | None = None
    ) -> Receipt:
        """Writes what was approved, or resumes it. See ``cachedeps.actions.apply``."""
        from cachedeps.actions.apply import apply, never, silent

        return apply(self._context, approval, progress or silent, stop or never)

    def preview_run(self, sql: str, *, page_rows: int = 1_000, measure: bool = True) -> RunPreview:
        """What one UPDATE or DELETE that somebody wrote would do, cascades included.

        Args:
            sql: the statement.
            page_rows: its rows in one transaction.
            measure: whether to execute it and roll it back, where the database counts rows.

        Raises:
            GuardRefusedError: the guard refuses it.
            UnfreezableError: its rows cannot be asked for; says why.
        """
        from cachedeps.actions.run import RunOptions, preview_run

        return preview_run(self._context, sql, RunOptions(page_rows, measure))

    def preview_cleanup(
        self, table: str, *, page_rows: int = 1_000, measure: bool = True
    ) -> RunPreview:
        """What deleting the test rows of a table would do, cascades included.

        Its approval goes to ``run``.

        Raises:
            UnknownNameError: no table is declared by that name.
            UsageError: the table declares no ``test_rows``.
        """
        from cachedeps.actions.cleanup import preview_cleanup
        from cachedeps.actions.run import RunOptions

        return preview_cleanup(self._context, table, RunOptions(page_rows, measure))

    def run(
        self, approval: RunApproval, *, progress: Report | None = None, stop: Stop | None = None
    ) -> Receipt:
        """Runs what was approved, or resumes it. See ``cachedeps.actions.run``."""
        from cachedeps.actions.apply import never, silent
        from cachedeps.actions.run import run

        return run(self._context, approval, progress or silent, stop or never)

    def drift(self, preview: Preview) -> Drift:
        """How the live target differs from a preview; empty where it does not."""
        from cachedeps.actions.drift import drift

        return drift(self._context, preview)

    def unfinished(self, preview: Preview) -> Receipt | None:
        """The run that an apply of this preview would resume."""
        from cachedeps.actions.apply import unfinished

        found = unfinished(self._context, preview)
        return None if found is None else found.receipt

    def preview_restore(
        self, receipt_id: str, choice: RestoreChoice | None = None
    ) -> RestorePreview:
        """What a restore would put back; SELECT only."""
        from cachedeps.actions.restore import preview_restore
        from cachedeps.domain.outcome import RestoreChoice

        return preview_restore(self._context, receipt_id, choice or RestoreChoice())

    def restore(
        self,
        restoring: str | RestoreApproval,
        *,
        by: str = "library",
        progress: Report | None = None,
        stop: Stop | None = None,
    ) -> Receipt:
        """Puts back what a restore approval names, or all that a receipt's id names.

        Calling it with an id is the caller's own yes to whatever can go back.
        """
        from cachedeps.actions.apply import never, silent
        from cachedeps.actions.restore import restore

        if isinstance(restoring, str):
            seen = self.preview_restore(restoring)
            restoring = seen.approve(by=by, rows=seen.rows)
        return restore(self._context, restoring, progress or silent, stop or never)

    def history(self) -> tuple[Receipt, ...]:
        """Every run, newest first."""
        from cachedeps.actions.history import history

        return history(self._context)

    def receipt(self, receipt_id: str) -> Receipt:
        """One run by its id, or by a prefix that fits no other."""
        from cachedeps.actions.history import receipt

        return receipt(self._context, receipt_id)

    def still_old(self, receipt_id: str) -> Mapping[str, tuple[int, int]]:
        """For each ``recompute`` cache: cells that still hold the old value, of all."""
        from cachedeps.actions.history import still_old

        return still_old(self._context, receipt_id)

    def journal_ddl(self) -> str:
        """The statements that create the journal, for an administrator to run."""
        from cachedeps.journal.store import ddl

        schema = self._context.declaration.database.journal_schema
        return ";\n".join(ddl(self._context.session.dialect, schema)) + ";\n"

    def guard(
        self, sql: str, *, params: Sequence[object] | Mapping[str, object] | None = None
    ) -> Verdict:
        """The verdict of ``Project.guard``, with what this database adds to it.

        Its keys, foreign keys, columns and triggers are read once, at the first call; the rows
        of an objectionable UPDATE or DELETE, and their owners, are counted by its own WHERE
        behind a SELECT. Nothing is executed but SELECTs, in a transaction that only reads.

        Args:
            sql: one or more statements, with or without placeholders.
            params: values of the placeholders, in their order or by name.
        """
        from cachedeps.actions.guard_live import guard_live, live_facts

        if self._live is None:
            self._live = live_facts(self._context)
        return guard_live(self._context, self._live, sql, params)

    def guard_file(self, path: str | Path) -> Verdict:
        """The verdict of ``Project.guard_file``, with what this database adds to it.

        Raises:
            UsageError: the file cannot be read.
        """
        from cachedeps.actions.guard_file import guard_file

        context = self._context
        return guard_file(context.declaration, context.graph, Path(path), self.dialect, self.guard)

    def check(self) -> tuple[Finding, ...]:
        """The declaration against the live schema."""
        from cachedeps.actions.check import check_live

        return check_live(self._context)

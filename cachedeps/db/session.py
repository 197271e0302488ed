"""One connection, its transactions, and the one place where driver errors become ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Connection

from cachedeps.db.dialects.base import Dialect, Timeouts
from cachedeps.errors import (
    BusyError,
    CachedepsError,
    DatabaseError,
    LockTimeoutError,
    RightsError,
    StatementError,
    UnreachableError,
)

LOCK_NAME = "cachedeps"


def _told(error: BaseException | None) -> str:
    """What the driver says; MySQL's says it in a tuple, behind a number."""
    arguments: tuple[object, ...] = getattr(error, "args", ())
    if len(arguments) == 2 and isinstance(arguments[0], int):
        return f"{arguments[1]} (error {arguments[0]})".strip()
    return str(error).strip()


@dataclass
class Session:
    """A connection with a dialect; every statement runs inside ``reading`` or ``writing``.

    ``name`` is the database's URL without a password; ``secrets`` are taken out of messages.
    """

    connection: Connection
    dialect: Dialect
    name: str
    timeouts: Timeouts
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, where the database knows such a thing."""
        with self._transaction(read_only=True) as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that commits at its end, and rolls back on any error.

        Where not ``durable``, its commit need not wait for the disk: a later one will.
        """
        with self._transaction(read_only=False, durable=durable) as connection:
            yield connection

    @contextmanager
    def rehearsing(self) -> Iterator[Connection]:
        """A transaction that may write, and is rolled back whatever happens."""
        with self._transaction(read_only=False, keep=False) as connection:
            yield connection

    @contextmanager
    def _transaction(
        self, *, read_only: bool, durable: bool = True, keep: bool = True
    ) -> Iterator[Connection]:
        with self.errors():
            try:
                self.dialect.begin(
                    self.connection, self.timeouts, read_only=read_only, durable=durable
                )
                yield self.connection
                if read_only or not keep:
                    self.connection.rollback()
                else:
                    self.connection.commit()
            except BaseException:
                self._give_up()
                raise

    def _give_up(self) -> None:
        try:
            self.connection.rollback()
        except sa.exc.DBAPIError:
            # the connection is gone, and its transaction with it
            self.connection.invalidate()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns driver errors into ours, without parameters, values or passwords."""
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise self._translated(error) from None
        except sa.exc.InvalidRequestError as error:
            message = f"{self.name}: {self.clean(str(error))}"
            raise DatabaseError(message, hint="see cachedeps history, then try again") from None

    def _translated(self, error: sa.exc.DBAPIError) -> CachedepsError:
        lines = _told(error.orig).splitlines() or [type(error.orig).__name__]
        # PostgreSQL's details hold the values of the row
        told = [line for line in lines if not line.startswith(("DETAIL:", "CONTEXT:"))]
        text = self.clean("\n".join(line.strip("\t") for line in told))
        kind = self.dialect.classify(error)
        if kind == "lock-timeout":
            seconds = self.timeouts.lock_seconds
            hint = "try again when the other session is done, or give --lock-timeout"
            return LockTimeoutError(f"no lock within {seconds:g} s: {text}", hint=hint)
        if kind == "rights":
            hint = "ask an administrator; cachedeps journal ddl prints what the journal needs"
            return RightsError(f"the database user lacks a right: {text}", hint=hint)
        if kind == "statement-timeout":
            seconds = self.timeouts.statement_seconds
            hint = "give --statement-timeout, or choose fewer rows"
            return DatabaseError(f"a statement took more than {seconds:g} s: {text}", hint=hint)
        if kind == "unreachable":
            hint = "check [database] url (user, password, host, name), and that the server runs"
            return UnreachableError(f"{self.name}: {text}", hint=hint)
        if kind == "lost":
            hint = "check that the server runs; cachedeps history shows what was done"
            return UnreachableError(f"{self.name}: {text}", hint=hint)
        return StatementError(f"{self.name}: {text}", hint="cachedeps check")

    def clean(self, text: str) -> str:
        """The text without any secret of the URL.

        Inside of words it is left: marking each *a* would tell that the password is one.
        """
        for secret in self.secrets:
            text = re.sub(rf"(?<![^\W_]){re.escape(secret)}(?![^\W_])", "***", text)
        return text

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the one writer's lock of this database.

        Raises:
            BusyError: another run holds it.
        """
        with self.errors():
            taken = self.dialect.try_lock(self.connection, LOCK_NAME)
            self.connection.rollback()
        if not taken:
            message = f"another cachedeps run is writing to {self.name}"
            raise BusyError(message, hint="wait for it; cachedeps history shows it")
        try:
            yield
        finally:
            try:
                self.dialect.unlock(self.connection, LOCK_NAME)
                self.connection.rollback()
            except sa.exc.SQLAlchemyError:
                # the session is gone, and its lock with it
                self.connection.invalidate()

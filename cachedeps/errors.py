"""Every exception that cachedeps raises, in one tree.

Each class fixes a ``slug`` (stable, for machines) and an ``exit_code`` (see docs/cli.md);
each instance carries a message for people and a hint: the next thing to do.
"""

from __future__ import annotations


class CachedepsError(Exception):
    """Anything that cachedeps refuses or fails to do."""

    slug = "error"
    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CachedepsError):
    """The request itself cannot be understood or names something that does not exist."""

    slug = "usage"
    exit_code = 2


class UnknownNameError(UsageError):
    """A name (upstream, cache, owner, key, receipt) matches nothing."""

    slug = "unknown-name"


class ScopeError(UsageError):
    """A scope cannot be applied to the tables it would have to choose rows of."""

    slug = "scope"


class PredicateError(UsageError):
    """A predicate is not one side-effect-free boolean SQL expression over its table."""

    slug = "predicate"


class DeclarationError(UsageError):
    """The declaration file has problems; ``problems`` lists every one of them."""

    slug = "declaration"

    def __init__(self, message: str, *, hint: str = "", problems: tuple[object, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class PlanFileError(UsageError):
    """A plan file cannot be read, or was changed after it was written."""

    slug = "plan-file"


class SchemaMismatchError(UsageError):
    """The live schema does not have what the declaration says (see ``cachedeps check``)."""

    slug = "schema-mismatch"


class UnsupportedError(UsageError):
    """This database, table or column cannot be handled, and the message says why."""

    slug = "unsupported"


class MissingProgramError(UsageError):
    """A program or an optional package that the request needs is not installed."""

    slug = "missing-program"


class RefusedError(CachedepsError):
    """cachedeps declines to write."""

    slug = "refused"
    exit_code = 3


class ApprovalRefusedError(RefusedError):
    """The approval is missing or does not match the preview; ``refusals`` lists why."""

    slug = "approval"

    def __init__(self, message: str, *, hint: str = "", refusals: tuple[object, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.refusals = refusals


class GuardRefusedError(RefusedError):
    """The guard refuses a statement; the message begins with the rule's slug.

    ``verdict`` is the whole of it, a ``cachedeps.domain.verdict.Verdict``.
    """

    slug = "guard"

    def __init__(self, message: str, *, hint: str = "", verdict: object = None) -> None:
        super().__init__(message, hint=hint)
        self.verdict = verdict


class UnfreezableError(RefusedError):
    """The rows that a foreign statement chooses cannot be frozen, and the message says why."""

    slug = "unfreezable"


class StalePlanError(RefusedError):
    """Rows joined, left or changed since the preview; nothing more was written."""

    slug = "stale-plan"


class WrongDatabaseError(RefusedError):
    """The plan was made for another database."""

    slug = "wrong-database"


class BusyError(RefusedError):
    """Another cachedeps run is writing to this database."""

    slug = "busy"


class FailedError(CachedepsError):
    """The database or the journal failed; the message says what was and was not written."""

    slug = "failed"
    exit_code = 4


class DatabaseError(FailedError):
    """The database reported an error."""

    slug = "database"


class StatementError(DatabaseError):
    """The database does not accept a statement, or cannot compute it from the values it met."""

    slug = "statement"


class UnreachableError(DatabaseError):
    """The database cannot be reached or does not exist."""

    slug = "unreachable"


class LockTimeoutError(DatabaseError):
    """A lock was not granted in time, or the statement lost a deadlock; it may be retried."""

    slug = "lock-timeout"


class RightsError(DatabaseError):
    """The database user lacks a right; the hint holds the statements for an administrator."""

    slug = "rights"


class InterruptedRunError(FailedError):
    """A run ended early; ``receipt_id`` names the receipt that can be resumed or restored."""

    slug = "interrupted"

    def __init__(self, message: str, *, receipt_id: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.receipt_id = receipt_id

"""The journal's record of one writing run: begun, interrupted, done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from uuid import uuid4

from cachedeps.actions.context import Context
from cachedeps.actions.patience import patiently
from cachedeps.domain.outcome import Receipt
from cachedeps.errors import CachedepsError, InterruptedRunError, RefusedError, UnreachableError
from cachedeps.journal.store import INTERRUPTED, RUNNING, NewRun, Run

REFUSED = "refused"


def new_id(context: Context) -> str:
    """An id for a run that begins now."""
    return f"{context.now()[:10]}-{uuid4().hex[:8]}"


class Record:
    """Where one run stands, as the journal tells it.

    Args:
        context: the journal and the clock.
        notes: sentences for people, kept with the run.
    """

    def __init__(self, context: Context, notes: Sequence[str]) -> None:
        self._context = context
        self._notes = tuple(notes)
        self.number = 0
        self.id = ""

    def begin(self, run: NewRun) -> None:
        """Records a new run."""
        with self._context.session.writing() as connection:
            self.id = run.id
            self.number = self._context.journal.start(connection, run)

    def resume(self, run: Run) -> None:
        """Records that a run which ended early goes on."""
        with self._context.session.writing() as connection:
            self.number, self.id = run.number, run.receipt.id
            journal = self._context.journal
            journal.set_state(connection, self.number, RUNNING, None, self._notes)

    def end(self, state: str) -> Receipt:
        """Records how it ended, and reads the receipt."""
        patiently(partial(self._set, state, self._notes))
        with self._context.session.reading() as connection:
            return self._context.journal.find(connection, self.id).receipt

    def ended_early(self, error: CachedepsError, pages: int, total: int) -> CachedepsError:
        """Records what stopped it; the error that says what was written, and what to do."""
        # a connection that broke may have broken after the first commit
        begun = pages > 0 or isinstance(error, UnreachableError)
        state = INTERRUPTED if begun else REFUSED
        # where the database is out of reach, history will show the run as unfinished
        with suppress(CachedepsError):
            self._set(state, (*self._notes, error.message))
        told = f"{pages} of {total} pages were written" if pages else "nothing was written"
        message = f"{error.message}; {told} (receipt {self.id})"
        undo = f"resume with the same plan, or undo: cachedeps restore {self.id}"
        hint = undo if begun else error.hint
        if isinstance(error, RefusedError):
            return type(error)(message, hint=hint)
        return InterruptedRunError(message, receipt_id=self.id, hint=hint)

    def _set(self, state: str, notes: Sequence[str]) -> None:
        with self._context.session.writing() as connection:
            at = self._context.now()
            self._context.journal.set_state(connection, self.number, state, at, notes)

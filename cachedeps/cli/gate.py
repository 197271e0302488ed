"""The gate before every write: a person's answers, or the flags that stand for them.

Without a terminal nobody is asked and nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cachedeps.cli import terminal
from cachedeps.cli.scope_flags import expected_cells
from cachedeps.cli.words import WHO
from cachedeps.domain.closure import RunApproval, RunPreview
from cachedeps.domain.finding import Refusal
from cachedeps.domain.outcome import Approval, Preview, RestoreApproval, RestorePreview
from cachedeps.errors import ApprovalRefusedError
from cachedeps.render import amounts
from cachedeps.render.screen import Screen, Style

NOBODY = "nobody was named as approver"
NO_NUMBER = "the number was not typed"


@dataclass(frozen=True, slots=True)
class Consent:
    """What was said so far: who approves, the row count, the cell counts of named caches."""

    by: str | None = None
    rows: int | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    ask: bool = False

    @classmethod
    def typed(
        cls, by: str | None, rows: int | None, expect: Iterable[str] = (), *, as_json: bool
    ) -> Consent:
        """What the flags say; a person is asked for the rest where one can answer.

        Raises:
            UsageError: an ``--expect`` cannot be read.
        """
        ask = terminal.is_interactive() and not as_json
        return cls(by, rows, expected_cells(expect), ask)


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked about: the database, the deed in one sentence, caches to name."""

    database: str
    deed: str
    names: tuple[str, ...] = ()


def approve(preview: Preview, consent: Consent, again: str) -> Approval:
    """The approval of a preview; ``again`` is the command that the missing flags belong to.

    Raises:
        ApprovalRefusedError: something is missing or does not fit; says everything at once.
    """
    names = tuple(name for name in preview.plan.must_name if preview.rows_of(name))
    if consent.ask and not preview.refusals:
        deed = (
            f"{amounts.count(preview.cells, 'cell')} in {amounts.count(preview.rows, 'row')} of "
            f"{amounts.count(preview.owners.count, 'owner')} will be reset."
        )
        consent = _asked(Question(preview.database, deed, names), consent)
    if consent.by and consent.rows is not None:
        return preview.approve(by=consent.by, rows=consent.rows, columns=consent.columns)
    expected = {name: preview.rows_of(name) for name in names} | dict(consent.columns)
    rows = preview.rows if consent.rows is None else consent.rows
    flags = _flags(consent, preview.rows, expected)
    refusals = (_missing(f"{again} {flags}"), *preview.objections(rows, consent.columns))
    raise _refused(refusals)


def approve_restore(preview: RestorePreview, consent: Consent, again: str) -> RestoreApproval:
    """The approval of a restore; see ``approve``.

    Raises:
        ApprovalRefusedError: something is missing or does not fit.
    """
    if consent.ask:
        deed = (
            f"{amounts.count(preview.cells, 'cell')} in {amounts.count(preview.rows, 'row')} of "
            f"{amounts.count(preview.owners.count, 'owner')} will be put back."
        )
        consent = _asked(Question(preview.database, deed), consent)
    if consent.by and consent.rows is not None:
        return preview.approve(by=consent.by, rows=consent.rows)
    raise _refused((_missing(f"{again} {_flags(consent, preview.rows, {})}"),))


def approve_run(preview: RunPreview, consent: Consent, again: str, deed: str) -> RunApproval:
    """The approval of a statement's preview; see ``approve``.

    Raises:
        ApprovalRefusedError: something is missing or does not fit; says everything at once.
    """
    if consent.ask and not preview.refusals:
        question = Question(preview.database, deed, tuple(preview.must_name))
        consent = _asked(question, consent)
    if consent.by and consent.rows is not None:
        return preview.approve(by=consent.by, rows=consent.rows, tables=consent.columns)
    expected = preview.must_name | dict(consent.columns)
    rows = preview.rows if consent.rows is None else consent.rows
    flags = _flags(consent, preview.rows, expected)
    refusals = (_missing(f"{again} {flags}"), *preview.objections(rows, consent.columns))
    raise _refused(refusals)


def _flags(consent: Consent, rows: int, expected: Mapping[str, int]) -> str:
    flags = [] if consent.by else [f"--approved-by {WHO}"]
    if consent.rows is None:
        flags.append(f"--expect-rows {rows}")
    flags += [
        f"--expect {name}={number}"
        for name, number in expected.items()
        if name not in consent.columns
    ]
    return " ".join(flags)


def _missing(command: str) -> Refusal:
    message = "the approval is missing: who approves, and the number of rows"
    return Refusal("approval-missing", message, f"review the preview, then: {command}")


def _refused(refusals: tuple[Refusal, ...]) -> ApprovalRefusedError:
    message = "not approved, nothing was written: " + "; ".join(r.message for r in refusals)
    return ApprovalRefusedError(message, hint=refusals[0].hint, refusals=refusals)


def _asked(question: Question, consent: Consent) -> Consent:
    screen = Screen()
    screen.line()
    screen.spans(("Database: ", Style.STRONG), (question.database, Style.PLAIN))
    screen.spans(("Approve:  ", Style.STRONG), (question.deed, Style.PLAIN))
    terminal.show(screen)
    by = consent.by or _name()
    rows = consent.rows
    if rows is None:
        rows = _number("Type the number of rows (anything else: nothing is written): ")
    columns = dict(consent.columns)
    for name in question.names:
        if name not in columns:
            columns[name] = _number(f"{name} must be named: type its number of cells: ")
    return replace(consent, by=by, rows=rows, columns=columns)


def _name() -> str:
    login = terminal.login_name()
    answer = terminal.ask(f"Approved by [{login}]: " if login else "Approved by: ")
    if answer is None or not (answer or login):
        raise _turned_away(NOBODY)
    return answer or login


def _number(question: str) -> int:
    answer = terminal.ask(question)
    if answer is None or not (answer.isascii() and answer.isdigit()):
        raise _turned_away(NO_NUMBER)
    return int(answer)


def _turned_away(reason: str) -> ApprovalRefusedError:
    refusal = Refusal("not-confirmed", reason)
    return ApprovalRefusedError(f"{reason}, so nothing was written", refusals=(refusal,))

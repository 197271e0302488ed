"""Show, approve, run: the same for every command that runs a statement through the gate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cachedeps.cli import exits, gate, terminal
from cachedeps.cli.gate import Consent
from cachedeps.cli.interrupt import clean_stop
from cachedeps.cli.progress import progress
from cachedeps.cli.scope_flags import expected_cells
from cachedeps.cli.writing import Write
from cachedeps.domain.closure import RunPreview
from cachedeps.project import Database
from cachedeps.render.preview_screen import Ending
from cachedeps.render.receipt_screen import receipt_screen
from cachedeps.render.run_document import run_document
from cachedeps.render.run_screen import deed, run_screen
from cachedeps.render.screen import Screen


@dataclass(frozen=True, slots=True)
class Flags:
    """What was typed about an approval."""

    by: str | None
    rows: int | None
    expect: Iterable[str] = ()

    def consent(self, *, as_json: bool, asks: bool = True) -> Consent:
        """The consent so far; nobody is asked where stdin holds the statement."""
        ask = asks and terminal.is_interactive() and not as_json
        return Consent(self.by, self.rows, expected_cells(self.expect), ask)


def show_run(seen: RunPreview, write: Write) -> int:
    """Prints a dry run."""
    if write.as_json:
        terminal.show_document(run_document(seen))
        return exits.DONE
    next_step = write.call.again("--apply") if seen.rows and not seen.refusals else ""
    terminal.show(run_screen(seen, Ending(next_step, settings=write.settings)))
    return exits.DONE


def apply_run(database: Database, seen: RunPreview, write: Write) -> int:
    """Shows the preview, asks for what is missing, runs it, and shows the receipt."""
    if write.as_json:
        write.call.document = run_document(seen)
    else:
        terminal.show(run_screen(seen, Ending(settings=write.settings)))
    approval = gate.approve_run(seen, write.consent, write.call.again(), deed(seen))
    write.call.document = None
    with clean_stop() as stop, progress(seen.command) as report:
        receipt = database.run(approval, progress=report, stop=stop)
    if write.as_json:
        terminal.show_document(run_document(seen, receipt))
    else:
        screen = Screen()
        screen.line()
        screen.extend(receipt_screen(receipt, resume=write.call.again()))
        terminal.show(screen)
    return exits.of_receipt(receipt)

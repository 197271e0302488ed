"""Show, approve, write, show what was done: the same for every command that writes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cachedeps.cli import exits, gate, terminal
from cachedeps.cli.call import Call
from cachedeps.cli.gate import Consent
from cachedeps.cli.handover import Listed
from cachedeps.cli.interrupt import clean_stop
from cachedeps.cli.progress import progress
from cachedeps.domain.outcome import Preview, Receipt, RestorePreview
from cachedeps.errors import StalePlanError
from cachedeps.project import Database
from cachedeps.render.keys_screen import keys_screen
from cachedeps.render.preview_document import preview_document
from cachedeps.render.preview_screen import Ending, preview_screen
from cachedeps.render.receipt_document import receipt_document, restore_preview_document
from cachedeps.render.receipt_screen import drift_screen, receipt_screen
from cachedeps.render.restore_screen import restore_screen
from cachedeps.render.screen import Screen


@dataclass(frozen=True, slots=True)
class Write:
    """What a writing command was told: the call, the consent so far, how to show things."""

    call: Call
    consent: Consent
    as_json: bool
    settings: tuple[tuple[str, str], ...] = ()
    resume: str = ""
    all_owners: str = ""


def apply_preview(database: Database, seen: Preview, write: Write) -> int:
    """Shows the preview, asks for what is missing, applies, and shows the receipt."""
    if write.as_json:
        write.call.document = preview_document("apply", seen)
    else:
        ending = Ending(settings=write.settings, all_owners=write.all_owners)
        terminal.show(preview_screen(seen, ending))
    approval = gate.approve(seen, write.consent, write.call.again())
    write.call.document = None
    with clean_stop() as stop, progress("apply") as report:
        receipt = database.apply(approval, progress=report, stop=stop)
    return show_receipt("apply", receipt, write)


def restore_preview(database: Database, seen: RestorePreview, write: Write) -> int:
    """The same for a restore."""
    if write.as_json:
        write.call.document = restore_preview_document(seen)
    else:
        terminal.show(restore_screen(seen, Ending(settings=write.settings)))
    approval = gate.approve_restore(seen, write.consent, write.call.again())
    write.call.document = None
    with clean_stop() as stop, progress("restore") as report:
        receipt = database.restore(approval, progress=report, stop=stop)
    return show_receipt("restore", receipt, write)


def show_preview(
    seen: Preview, ending: Ending, listed: Listed | None = None, *, as_json: bool
) -> int:
    """Prints a dry run; ``listed`` are the keys of each cache where they were asked for."""
    if as_json:
        terminal.show_document(preview_document("invalidate", seen, keys=listed))
        return exits.DONE
    screen = keys_screen(listed) if listed else Screen()
    screen.extend(preview_screen(seen, ending))
    terminal.show(screen)
    return exits.DONE


def show_restore(seen: RestorePreview, call: Call, *, as_json: bool) -> int:
    """Prints the dry run of a restore."""
    if as_json:
        terminal.show_document(restore_preview_document(seen))
    else:
        next_step = call.again("--apply") if seen.cells else ""
        terminal.show(restore_screen(seen, Ending(next_step)))
    return exits.DONE


def show_receipt(command: str, receipt: Receipt, write: Write) -> int:
    """Prints what was done; a run that ended early is no success."""
    if write.as_json:
        terminal.show_document(receipt_document(command, receipt))
    else:
        screen = Screen()
        screen.line()
        screen.extend(receipt_screen(receipt, resume=write.resume))
        terminal.show(screen)
    return exits.of_receipt(receipt)


def before_asking(database: Database, seen: Preview) -> Preview:
    """What a person should see before being asked about a saved plan.

    Whoever is asked is told whose rows these are, and is not asked about a plan that would be
    refused anyway.

    Raises:
        StalePlanError: the target has changed since the plan was made.
    """
    unfinished = database.unfinished(seen)
    if unfinished is not None:
        done = f"{unfinished.pages_done} of {unfinished.pages_total} pages are done"
        terminal.say(f"resumes the run {unfinished.id}: {done}")
        return seen
    drift = database.drift(seen)
    if drift:
        message = str(drift_screen(drift)).strip()
        raise StalePlanError(message, hint="plan again: cachedeps invalidate ...")
    return with_people(database, seen)


def with_people(database: Database, seen: Preview) -> Preview:
    """The preview with its owners' labels, which a plan file does not hold."""
    if seen.owners.labels or not seen.owners.count:
        return seen
    labels = tuple(sorted(set(database.owner_labels(seen))))
    return replace(seen, owners=replace(seen.owners, labels=labels, cut=False))

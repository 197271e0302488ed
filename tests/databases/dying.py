"""Applies a plan, runs a statement or restores a receipt in a process that is killed on the way.

``python -m tests.databases.dying DECLARATION (PLAN | STATEMENT.sql | RECEIPT) MOMENT``; the moment is
``after-page`` (two pages are committed), ``inside-page`` (the third page's cells are changed),
or ``before-commit`` (the third page is complete, but not committed).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import cachedeps

PAGES = 2
PAGE_ROWS = 4
LAST_WORD = "dying"
MOMENTS = ("after-page", "inside-page", "before-commit")


def run_and_die(folder: Path, what: str, moment: str) -> None:
    """Runs this module with the declaration in ``folder``; it must have been killed."""
    command = [sys.executable, "-m", "tests.databases.dying"]
    arguments = [str(folder / "cachedeps.toml"), what, moment]
    ended = subprocess.run(  # noqa: S603
        [*command, *arguments], check=False, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert ended.stdout == LAST_WORD, "somebody else killed it"


class _Death:
    def __init__(self, moment: str) -> None:
        self._moment = moment
        self._pages = 0

    def after_page(self, _: object) -> None:
        self._pages += 1
        if self._moment == "after-page" and self._pages == PAGES:
            _die()

    def after_statement(self, _a: object, _b: object, sql: str, *_rest: object) -> None:
        verb, *names = sql.split(maxsplit=3)
        # UPDATE is followed by the table, maybe by the journal beside it; the others by a word
        written = names[:1] if verb.upper() == "UPDATE" else names[:2]
        changes = verb.upper() in {"UPDATE", "DELETE", "INSERT", "WITH"} and not any(
            name.startswith("cachedeps_") for name in written
        )
        if self._moment == "inside-page" and self._pages == PAGES and changes:
            _die()

    def before_commit(self, _: object) -> None:
        if self._moment == "before-commit" and self._pages == PAGES:
            _die()


def _die() -> None:
    sys.stdout.write(LAST_WORD)
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def main(declaration: str, what: str, moment: str) -> None:
    from sqlalchemy import Engine, event

    from cachedeps.actions.planfile import read_plan

    death = _Death(moment)
    event.listen(Engine, "after_cursor_execute", death.after_statement)
    event.listen(Engine, "commit", death.before_commit)
    with cachedeps.load(declaration).connect() as db:
        if what.endswith(".sql"):
            sql = Path(what).read_text(encoding="utf-8")
            looked = db.preview_run(sql, page_rows=PAGE_ROWS)
            db.run(looked.approve(by="ann", rows=looked.rows), progress=death.after_page)
        elif Path(what).is_file():
            seen = read_plan(Path(what))
            db.apply(seen.approve(by="ann", rows=seen.rows), progress=death.after_page)
        else:
            db.restore(what, by="ann", progress=death.after_page)


if __name__ == "__main__":
    main(*sys.argv[1:])

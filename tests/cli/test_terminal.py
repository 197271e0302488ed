"""What only happens on a terminal: questions, colour, Ctrl-C. Run on a real pseudo-terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

import pytest

from tests.cli.example import FIX, Example

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
LONGEST_SECONDS = 30
COUNT_QUESTION = b"anything else: nothing is written): "
WHO_QUESTION = b"Approved by ["


class Terminal:
    """A program on a pseudo-terminal; ``seen`` is all that it printed."""

    def __init__(self, arguments: Sequence[str], **environment: str) -> None:
        self._screen, inner = pty.openpty()
        clean = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR"}}
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "cachedeps", *arguments],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env={**clean, "TERM": "xterm", "COLUMNS": "80", "PYTHONPATH": ROOT, **environment},
            start_new_session=True,
        )
        os.close(inner)
        self.seen = b""

    def until(self, text: bytes) -> None:
        """Reads until the program has printed ``text``."""
        end = time.monotonic() + LONGEST_SECONDS
        while text not in COLOUR.sub(b"", self.seen):
            assert time.monotonic() < end, self.seen.decode()
            if not self._read():
                break
        assert text in COLOUR.sub(b"", self.seen), self.seen.decode()

    def answer(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def hang_up(self) -> None:
        os.close(self._screen)

    def end(self) -> int:
        while self._read():
            pass
        self.hang_up()
        return self.process.wait(LONGEST_SECONDS)

    @property
    def plain(self) -> str:
        return COLOUR.sub(b"", self.seen).decode().replace("\r\n", "\n")

    def _read(self) -> bool:
        ready, _, _ = select.select([self._screen], [], [], LONGEST_SECONDS)
        try:
            data = os.read(self._screen, 65_536) if ready else b""
        except OSError:
            # how Linux says that the program's side is closed
            return False
        self.seen += data
        return bool(data)


ROOT = os.getcwd()  # noqa: PTH109 - before a fixture changes it


def test_a_person_is_shown_the_preview_and_asked_for_name_and_row_count(example: Example) -> None:
    terminal = Terminal([*FIX, "--apply"])
    terminal.until(WHO_QUESTION)
    assert terminal.plain.index("20 rows, 7 owners") < terminal.plain.index("Database: ")
    assert "20 cells in 20 rows of 7 owners will be reset." in terminal.plain
    terminal.answer("ann@example.com\n")
    terminal.until(COUNT_QUESTION)
    terminal.answer("20\n")
    assert terminal.end() == 0
    assert "apply done: 20 rows, 20 cells" in terminal.plain
    assert example.execute("SELECT approved_by FROM cachedeps_run") == [("ann@example.com",)]


@pytest.mark.parametrize("typed", ["y\n", "\n", "19\n", "yes\n", "\x04"])
def test_anything_but_the_row_count_writes_nothing(example: Example, typed: str) -> None:
    before = example.database.read_bytes()
    terminal = Terminal([*FIX, "--apply", "--approved-by", "ann"])
    terminal.until(COUNT_QUESTION)
    terminal.answer(typed)
    assert terminal.end() == 3
    assert "refused [approval]" in terminal.plain
    assert example.database.read_bytes() == before


def test_an_irreplaceable_cache_is_asked_for_by_name(example: Example) -> None:
    before = example.values()
    terminal = Terminal(["invalidate", "--column", "uploads.training_plan", "--apply"])
    terminal.until(WHO_QUESTION)
    terminal.answer("\n")
    terminal.until(COUNT_QUESTION)
    rows = re.search(r"in (\d+) rows", terminal.plain)
    assert rows
    terminal.answer(f"{rows[1]}\n")
    terminal.until(b"uploads.training_plan must be named: type its number of cells: ")
    terminal.answer("1\n")
    assert terminal.end() == 3
    assert example.values() == before


def test_json_is_never_interrupted_by_a_question(example: Example) -> None:
    terminal = Terminal([*FIX, "--apply", "--json"])
    assert terminal.end() == 3
    assert '"approval-missing"' in terminal.plain


def test_there_is_colour_on_a_terminal_unless_it_is_not_wanted(example: Example) -> None:
    coloured, plain = Terminal(FIX), Terminal(FIX, NO_COLOR="1")
    assert (coloured.end(), plain.end()) == (0, 0)
    assert b"\x1b[1m" in coloured.seen
    assert b"\x1b[36m" in coloured.seen
    assert b"\x1b[36m" not in plain.seen


def test_no_line_is_cut_to_the_width_of_the_terminal(example: Example) -> None:
    terminal = Terminal(FIX)
    terminal.end()
    assert "uploads.rotation_metrics IS NOT NULL\n" in terminal.plain


def test_a_terminal_that_hangs_up_is_no_yes(example: Example) -> None:
    before = example.database.read_bytes()
    terminal = Terminal([*FIX, "--apply"])
    terminal.until(WHO_QUESTION)
    terminal.hang_up()
    assert terminal.process.wait(LONGEST_SECONDS) == 3
    assert example.database.read_bytes() == before


def test_ctrl_c_while_a_person_reads_writes_nothing(example: Example) -> None:
    before = example.database.read_bytes()
    terminal = Terminal([*FIX, "--apply"])
    terminal.until(WHO_QUESTION)
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 3
    *_, refused, reason = terminal.plain.splitlines()
    assert refused == "refused [approval]: nothing was written, because:"
    assert reason == "  [not-confirmed] nobody was named as approver"
    assert example.database.read_bytes() == before


def test_a_line_too_long_goes_on_below_its_beginning_and_commands_stay_whole(
    example: Example,
) -> None:
    terminal = Terminal(["invalidate", "--upstream", "diagnosis_llm"], COLUMNS="60")
    assert terminal.end() == 0
    lines = terminal.plain.splitlines()
    named = lines.index("to be named  uploads.diagnosis_text (33),")
    assert lines[named + 1] == "             uploads.training_plan (30)"
    assert (
        "  UPDATE uploads SET training_plan=NULL WHERE uploads.training_plan IS NOT NULL" in lines
    )
    (digest,) = (line for line in lines if line.startswith("digest"))
    assert len(digest.partition("sha256:")[2]) == 64


def test_a_hint_stays_on_one_line_so_that_its_command_can_be_copied(example: Example) -> None:
    refused = Terminal(["explain", "uploads.rotation"], COLUMNS="60")
    assert refused.end() == 2
    hint = "  do: did you mean uploads.rotation_metrics or uploads.training_plan?"
    assert any(line.startswith(hint) for line in refused.plain.splitlines())

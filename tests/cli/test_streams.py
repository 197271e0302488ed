"""Pipes that end early, streams that cannot encode, and a write that is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cachedeps.cli.interrupt import clean_stop
from cachedeps.cli.progress import LINE_EVERY_SECONDS, LinePrinter
from cachedeps.domain.outcome import Progress
from tests.cli.example import FIX, YES, Example, Program

ROOT = str(Path.cwd())


def started(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "cachedeps", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ROOT, **environment},
    )


def test_a_reader_that_goes_away_causes_no_noise(example: Example) -> None:
    process = started(*FIX)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 4


def test_a_stream_that_cannot_encode_the_data_does_not_end_the_run(example: Example) -> None:
    example.execute("UPDATE uploads SET rotation_metrics = '東京' WHERE id = 111")
    process = started(*FIX, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert b"\\u6771\\u4eac" in out


def test_the_first_signal_asks_to_stop_and_the_second_stops_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with clean_stop() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        assert "stopping after this page" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_progress_without_a_terminal_is_a_line_every_five_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    report = LinePrinter("apply", sys.stderr, lambda: now)
    for seconds in (1, 4, 5, 6, 9.9, 10):
        now = float(seconds)
        report(Progress(int(1_000 * seconds), 100_000, int(seconds), 100))
    assert LINE_EVERY_SECONDS == 5.0
    assert capsys.readouterr().err == (
        "apply: 5000 of 100000 rows, page 5 of 100, 1000 rows/s, 1 min 35 s left\n"
        "apply: 10000 of 100000 rows, page 10 of 100, 1000 rows/s, 1 min 30 s left\n"
    )


@contextmanager
def ctrl_c_after_first_page(_: str) -> Iterator[Callable[[Progress], None]]:
    """In the place of the progress bar: a person who watches it and presses Ctrl-C."""

    def report(now: Progress) -> None:
        if now.pages_done == 1:
            signal.raise_signal(signal.SIGINT)

    yield report


def test_a_write_that_is_stopped_is_4_and_goes_on_later(
    example: Example, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(*FIX, "--page-rows", "5", "-o", "plan.json")
    before = example.values()
    with monkeypatch.context() as watching:
        watching.setattr("cachedeps.cli.writing.progress", ctrl_c_after_first_page)
        stopped = program("apply", "plan.json", *YES, "--json")
    assert stopped.code == 4
    assert stopped.err == "stopping after this page; once more stops at once\n"
    assert stopped.document["state"] == "interrupted"
    assert stopped.document["cells"] == 5
    half = example.values()
    assert sum(half[key] != before[key] for key in before) == 5
    (entry,) = program("history", "--json").document["entries"]
    assert entry["state"] == "interrupted"
    assert "cachedeps apply PLAN" in program("history").out
    ended = program("apply", "plan.json", *YES, "--json")
    assert (ended.code, ended.document["state"], ended.document["cells"]) == (0, "done", 20)
    assert program("restore", entry["id"], "--apply", *YES).code == 0
    assert example.values() == before

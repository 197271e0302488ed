"""How far a long run is: a bar on a terminal, a line every five seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from cachedeps.domain.outcome import Progress
from cachedeps.render import amounts

LINE_EVERY_SECONDS = 5.0

Report = Callable[[Progress], None]


@contextmanager
def progress(what: str) -> Iterator[Report]:
    """Gives the callback that shows progress on stderr."""
    if sys.stderr.isatty():
        with _bar(what) as report:
            yield report
    else:
        yield LinePrinter(what, sys.stderr, time.monotonic)


class LinePrinter:
    """Prints one line every five seconds; nothing for a run that is over before that."""

    def __init__(self, what: str, stream: TextIO, clock: Callable[[], float]) -> None:
        self._what = what
        self._stream = stream
        self._clock = clock
        self._start = self._said = clock()

    def __call__(self, now: Progress) -> None:
        """Prints a line where the last one is long enough ago."""
        moment = self._clock()
        if moment - self._said < LINE_EVERY_SECONDS:
            return
        self._said = moment
        rate = now.rows_done / (moment - self._start)
        left = (now.rows_total - now.rows_done) / rate if rate else 0.0
        self._stream.write(
            f"{self._what}: {now.rows_done} of {amounts.count(now.rows_total, 'row')}, "
            f"page {now.pages_done} of {now.pages_total}, {rate:.0f} rows/s, "
            f"{amounts.duration(round(left)) or '0 s'} left\n"
        )
        self._stream.flush()


@contextmanager
def _bar(what: str) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn(what, markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(file=sys.stderr)) as bar:
        task = bar.add_task(what, total=None, rate="")

        def report(now: Progress) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            rate = f"{now.rows_done / elapsed:.0f} rows/s" if elapsed else ""
            bar.update(task, total=now.rows_total, completed=now.rows_done, rate=rate)

        yield report

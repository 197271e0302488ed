"""What every test shares: a skipped database is said aloud at the end of the run."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # Imported late, because unit tests need no drivers.
    from tests.databases.servers import missing_servers

    # Here and not beside the fixture: with pytest-xdist only this file is read where it prints.
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)]
    for reason in missing_servers(reasons):
        terminalreporter.write_sep("!", "a database was NOT tested", red=True, bold=True)
        terminalreporter.write_line(reason)

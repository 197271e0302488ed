"""A statement gets the same verdict in a Python file as in a file of SQL."""

from __future__ import annotations

from cachedeps.domain.graph import Graph
from cachedeps.guard.program import check_python
from tests.unit.guard.test_cases import cases, project

# commands of a client, and text that no server takes for a statement; and reads that are not
# closed or not known, which are not told in Python: they may be for another database
NO_STATEMENTS = {
    "DELETE FORM users",
    "SELECT 'not closed",
    "SELECT 1 /* not closed",
    "SELECT $a$ not closed $b$",
    "DELIMITER //\nDELETE FROM users//",
    "xyzzy",
    "HANDLER users OPEN",
    "\\copy users from 'x.csv'",
    "\\connect prod",
    "source x.sql",
}


def test_what_is_run_by_python_gets_the_verdict_of_its_case() -> None:
    declaration = project().declaration
    graph = Graph(declaration)
    judged, different = 0, set()
    for case in cases():
        if case.params is None:
            program = f"cursor.execute({case.sql!r})\n".encode("utf-8", "surrogateescape")
            verdict = check_python(graph, program, case.dialect, declaration.exemptions)
            judged += 1
            if verdict.ruling is not case.ruling:
                different.add(case.sql.strip())

    assert judged > 2000
    assert different <= NO_STATEMENTS

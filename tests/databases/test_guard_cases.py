"""What the cases of tests/guard_cases say of a statement is what it does on a real database."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cachedeps.domain.verdict import Ruling
from cachedeps.parse.foreign.read import read
from tests.databases.database import sqlite_database
from tests.databases.servers import DIALECTS, Server
from tests.databases.trials import Effect, Trial, written_out
from tests.unit.guard.test_cases import Case, cases

# how many cases a database can run, and how many it may reject (tables, columns and functions
# that are not there): a label that nobody tries proves nothing
RUN_AND_REJECTED = {"sqlite": (370, 65), "postgresql": (505, 95), "mariadb": (395, 55)}
TRIED = frozenset({"update", "delete", "insert", "replace", "with", "merge"})
# refused for what they may do elsewhere: with other rows, another user, a database that reads
# a number or a text in another way, or later
HARMLESS_HERE = frozenset(
    [
        "DELETE FROM posts WHERE '1' = 1",
        "DELETE FROM posts WHERE 1 / 2 = 0",
        "DELETE FROM posts WHERE 0.1 + 0.2 <> 0.3",
        "DELETE FROM users u WHERE u.* IS NOT NULL",
        "DELETE FROM users WHERE id IN (SELECT id FROM users TABLESAMPLE BERNOULLI (10))",
        "UPDATE users SET plan = 'x' WHERE current_user = 'app'",
    ]
)
# emptied as far as anybody can use it: the same word, or false, in every row
ONE_WORD = ("'stale'", "'pending'", "'0'", "search_data = $1")


@dataclass(frozen=True)
class Trials:
    """What one database made of the cases."""

    dialect: str
    run: tuple[tuple[Case, Effect], ...]
    rejected: tuple[Case, ...]


@pytest.fixture(scope="module", params=DIALECTS)
def trials(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    """Every case that can be tried, once; all of it is taken back."""
    if request.param == "sqlite":
        with sqlite_database(tmp_path_factory.mktemp("guard")) as database:
            return tried(Trial(database))
    server: Server = request.getfixturevalue(f"{request.param}_server")
    with server.database() as database:
        return tried(Trial(database))


def tried(trial: Trial) -> Trials:
    run, rejected = [], []
    for case in cases():
        statements = read(case.sql, case.dialect)
        # MariaDB ends a transaction before it makes or changes a table
        verbs = TRIED if trial.dialect == "mariadb" else TRIED | {"create"}
        if case.dialect != trial.dialect or any(s.opaque for s in statements):
            continue
        if not {s.verb for s in statements} <= verbs or not any(s.writes for s in statements):
            continue
        effect = trial.effect(*written_out(case.sql, case.dialect, case.params))
        if effect is None:
            rejected.append(case)
        else:
            run.append((case, effect))
    return Trials(trial.dialect, tuple(run), tuple(rejected))


def test_enough_of_the_cases_are_run_and_not_rejected(trials: Trials) -> None:
    least, most = RUN_AND_REJECTED[trials.dialect]

    assert len(trials.run) >= least
    assert len(trials.rejected) <= most, [case.sql for case in trials.rejected]


def test_what_is_let_pass_changes_one_row_and_empties_no_two_independent_caches(
    trials: Trials,
) -> None:
    for case, effect in trials.run:
        if case.ruling is Ruling.ALLOW:
            assert all(rows == 1 for rows in effect.changed.values()), (case.sql, effect)
            assert len(effect.emptied) < 2, (case.sql, effect)


def test_what_is_refused_as_unfiltered_reaches_several_rows(trials: Trials) -> None:
    proven = 0
    for case, effect in trials.run:
        if case.ruling is Ruling.REFUSE and set(case.rules) == {"unfiltered-write"}:
            if case.sql.strip() in HARMLESS_HERE or case.sql.startswith("PREPARE"):
                continue
            assert any(rows > 1 for rows in effect.changed.values()), (case.sql, effect)
            proven += 1
    assert proven > 50


def test_what_is_refused_as_a_blanket_empties_independent_caches(trials: Trials) -> None:
    proven = 0
    for case, effect in trials.run:
        if case.ruling is Ruling.REFUSE and set(case.rules) == {"blanket-null"}:
            if any(word in case.sql for word in ONE_WORD):
                continue
            assert len(effect.emptied) > 1, (case.sql, effect)
            proven += 1
    assert proven > 30

"""Every folder of ``tests/cases`` that has a ``command``: schemas of real applications, in small.

A case is a declaration, a schema, rows, one command a line (``name: invalidate ...``), and in
``expected/name.json`` the cells that somebody worked out by hand. Each runs through the command
line on every database it has a schema for.
"""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cachedeps.cli.command_line import run
from tests.databases import dumps, guarded
from tests.databases.cases import (
    CASES,
    COMMANDS,
    RUNS,
    Document,
    Run,
    commands,
    statements_of,
    wanted_changes,
    writes_nothing,
)
from tests.databases.database import Database, sqlite_database
from tests.databases.exact import everything
from tests.databases.servers import Server

PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class Desk:
    """One case on one database, and the command line beside it."""

    def __init__(self, database: Database, case: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.database = database
        self.case = case
        self.config = case / "cachedeps.toml"
        self._capsys = capsys

    def expected(self, name: str) -> Any:
        """What stands in one file of ``expected``."""
        return json.loads((self.case / "expected" / f"{name}.json").read_text(encoding="utf-8"))

    def cells(self) -> dumps.Cells:
        """Everything that the database holds, cell by cell."""
        return dumps.cells(self.database.query, self.database.dialect)

    def __call__(self, *arguments: str, code: int = 0) -> Document:
        """Runs one command and returns its document."""
        self._capsys.readouterr()
        ended = run([*arguments, "--config", str(self.config), "--json"])
        said = self._capsys.readouterr()
        assert ended == code, said.out + said.err
        return dict(json.loads(said.out))


class Stage:
    """The database of one case; every command puts back what it changed, so that all share it."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._run: Run | None = None
        self._database: Database | None = None

    def set(self, run: Run, request: pytest.FixtureRequest) -> Database:
        """The filled database; it is made anew only where another case or database is due."""
        if self._database is None or self._run != run:
            self.close()
            self._run, self._database = run, self._made(*run, request)
        return self._database

    def _made(self, case: Path, dialect: str, request: pytest.FixtureRequest) -> Database:
        if dialect == "sqlite":
            folders: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
            database = self._stack.enter_context(sqlite_database(folders.mktemp(case.name)))
        else:
            server: Server = request.getfixturevalue(f"{dialect}_server")
            database = self._stack.enter_context(server.database())
        if dialect == "mariadb":
            database.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')")
        for what in ("schema", "rows"):
            database.execute(*statements_of(case, what, dialect))
        return database

    def close(self) -> None:
        """Drop the database."""
        self._stack.close()
        self._database = None


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def desk(
    stage: Stage,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """What the parameter (a case and a dialect) says, ready for commands."""
    database = stage.set(request.param, request)
    monkeypatch.setenv("CASE_DATABASE_URL", database.url)
    return Desk(database, request.param[0], capsys)


@pytest.mark.parametrize(("desk", "name"), COMMANDS, indirect=["desk"])
def test_a_command_touches_exactly_the_cells_worked_out_by_hand(desk: Desk, name: str) -> None:
    command = shlex.split(commands(desk.case)[name])
    expected = desk.expected(name)
    if "error" in expected:
        document = desk(*command, code=expected["exit"])
        assert document["error"]["slug"] == expected["error"]
        return
    before = everything(desk.database)
    seen = desk(*command, "--keys")
    assert_seen(seen, expected, desk.database.dialect)
    guarded.assert_passes(desk.config, desk.database.dialect, seen["invalidate"])
    assert everything(desk.database) == before
    if expected.get("refusals"):
        apply(desk, command, expected, code=3)
    else:
        apply_and_restore(desk, command, seen, expected)
    if "touched" not in expected:
        assert everything(desk.database) == before


def apply_and_restore(desk: Desk, command: list[str], seen: Document, expected: Document) -> None:
    """Exactly the expected cells change, by the printed SQL too, and come back."""
    also = [tuple(name.rsplit(".", 1)) for name in expected.get("touched", ())]
    before = dumps.without(desk.cells(), also)
    after = dumps.changed(before, wanted_changes(desk.config, expected))
    assert dumps.without(printed(desk, seen), also) == after
    done = apply(desk, command, expected)
    assert done["rows"] == expected["rows"]
    assert done["caches"] == {cache: len(keys) for cache, keys in expected["cells"].items()}
    assert dumps.without(desk.cells(), also) == after
    for sql, rows in expected.get("queries", {}).items():
        assert [list(row) for row in desk.database.query(sql)] == rows
    # a key that was typed names nothing once its row was deleted
    again = desk(*command, "--keys", code=expected.get("exit_again", 0))
    left = {c: k for c, k in expected["cells"].items() if writes_nothing(desk.config, c)}
    assert cells_of(again) == left
    restore(desk, done)
    assert dumps.without(desk.cells(), also) == before


@pytest.mark.parametrize("desk", RUNS, indirect=True)
def test_check_finds_what_is_wrong_with_a_case_and_nothing_else(desk: Desk) -> None:
    expected = desk.expected("check")
    findings = desk("check", code=1 if expected else 0)["findings"]
    assert [[f["rule"], f["where"].rpartition(" ")[2]] for f in findings] == expected
    assert desk("check", "--offline")["findings"] == []


@pytest.mark.parametrize("desk", RUNS, indirect=True)
def test_a_starter_for_the_schema_of_a_case_loads(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cachedeps.toml"
    assert run(["init", "--url", desk.database.url, "-o", str(path)]) == 0
    declared = tomllib.loads(path.read_text(encoding="utf-8"))
    proposed = {
        f"{table}.{cache}": settings["reset"]
        for table, entry in declared.get("tables", {}).items()
        for cache, settings in entry["caches"].items()
    }
    assert proposed == desk.expected("init")
    desk.config = path
    # its open questions are findings; a mistake of its own would be another rule
    code = 1 if "not_caches" in path.read_text(encoding="utf-8") else 0
    findings = desk("check", code=code)["findings"]
    assert {finding["rule"] for finding in findings} <= {"undeclared-column"}


def test_every_expectation_belongs_to_a_command() -> None:
    for case in CASES:
        names = {path.stem for path in (case / "expected").iterdir()}
        assert names == {*commands(case), "check", "init"}, case.name


def assert_seen(seen: Document, expected: Document, dialect: str) -> None:
    """The parts of a preview that matter."""
    assert cells_of(seen) == expected["cells"]
    assert {keep["cache"]: keep["reason"] for keep in seen["keep"]} == expected["keep"]
    assert seen["rows"] == expected["rows"]
    assert seen["cells"] == sum(len(keys) for keys in expected["cells"].values())
    assert sorted(seen["owners"]["labels"]) == expected["owners"]
    assert seen["owners"]["count"] == len(expected["owners"])
    assert [refusal["slug"] for refusal in seen["refusals"]] == expected.get("refusals", [])
    assert seen["must_name"] == expected.get("must_name", {})
    codes = {warning["code"] for warning in seen["warnings"]}
    assert sorted(codes) == expected.get("warnings", [])
    if dialect in expected.get("sql", {}):
        assert list(statements(seen)) == expected["sql"][dialect]


def cells_of(document: Document) -> dict[str, list[list[Any]]]:
    """The keys of each cache's cells, caches without any left out."""
    return {c["cache"]: c["keys"] for c in document.get("invalidate", ()) if c["keys"]}


def statements(document: Document) -> dict[str, Document]:
    """The distinct statements of a preview, in the order in which they are printed."""
    return {c["sql"]: c["params"] for c in document["invalidate"] if c["sql"]}


def printed(desk: Desk, seen: Document) -> dumps.Cells:
    """What the database holds after the printed statements; they are rolled back."""
    session = desk.database
    session.execute("BEGIN")
    for sql, params in statements(seen).items():
        values = [from_json(params[name]) for name in PARAMETER.findall(sql)]
        session.query(PARAMETER.sub("?", sql), values)
    found = desk.cells()
    session.execute("ROLLBACK")
    return found


def from_json(value: Any) -> Any:
    """A parameter as a driver wants it: bytes are hexadecimal digits in JSON."""
    is_bytes = isinstance(value, str) and value.startswith("\\x")
    return bytes.fromhex(value[2:]) if is_bytes else value


def apply(desk: Desk, command: list[str], expected: Document, *, code: int = 0) -> Document:
    """Applies a command with the approval that the expectation speaks of."""
    named = [f"--expect={name}={n}" for name, n in expected.get("must_name", {}).items()]
    rows = str(expected["rows"])
    approval = ["--apply", "--approved-by", "ann@example.com", "--expect-rows", rows, *named]
    return desk(*command, *approval, code=code)


def restore(desk: Desk, done: Document) -> None:
    """Puts everything back that an apply has changed."""
    seen = desk("restore", done["receipt"])
    approval = ["--apply", "--approved-by", "ann@example.com", "--expect-rows", str(seen["rows"])]
    report = desk("restore", done["receipt"], *approval)
    assert (report["kept_regenerated"], report["vanished"]) == (0, 0)

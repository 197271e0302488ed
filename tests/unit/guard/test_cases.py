"""Every case of tests/guard_cases gets exactly its verdict, for the reason that it names."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import cachedeps
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.rules import RULES

CASES = Path(__file__).parents[2] / "guard_cases"
DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite")
FEWEST = 12
COMMAND = re.compile(r"cachedeps (?P<verb>invalidate|cleanup|run)(?: (?P<rest>.*))?")


@dataclass(frozen=True)
class Case:
    """One statement on one database, and what the guard has to say of it."""

    slug: str
    dialect: str
    sql: str
    ruling: Ruling
    rules: tuple[str, ...]
    params: Any


@cache
def project() -> cachedeps.Project:
    return cachedeps.load(CASES / "cachedeps.toml")


def cases() -> Iterator[Case]:
    """Every case on every database that it is for; ``on`` names some, else it is for all."""
    for path in sorted(CASES.glob("*.toml")):
        if path.stem == "cachedeps":
            continue
        for listed, entries in tomllib.loads(path.read_text("utf-8")).items():
            for entry in entries:
                ruling = Ruling(entry.get("verdict", listed))
                usual = {Ruling.REVIEW: "needs-preview", Ruling.REFUSE: path.stem}
                rules = entry.get("rule", usual.get(ruling, "")).split()
                for dialect in entry.get("on", " ".join(DIALECTS)).split():
                    yield Case(
                        path.stem, dialect, entry["sql"], ruling, tuple(rules), entry.get("params")
                    )


def named(case: Case) -> str:
    return f"{case.slug}-{case.dialect}-{case.ruling}-{case.sql[:60]}"


@pytest.mark.parametrize("case", list(cases()), ids=named)
def test_the_verdict_is_exactly_this_one_for_this_reason(case: Case) -> None:
    verdict = project().guard(case.sql, dialect=case.dialect, params=case.params)

    told = [(found.rule, found.message) for found in verdict.findings]
    assert verdict.ruling is case.ruling, told
    assert {rule for rule, _ in told} >= set(case.rules), told
    for found in verdict.findings:
        assert_helpful(found, case.dialect)


def assert_helpful(found: Objection, dialect: str) -> None:
    """A suggestion is SQL that passes, or a command that names what is declared.

    Where there is none, the message says what else to do.
    """
    if not found.suggestion:
        assert "; " in found.message, found
        return
    command = COMMAND.fullmatch(found.suggestion)
    if command is None:
        advised = project().guard(found.suggestion, dialect=dialect)
        assert advised.ruling is not Ruling.REFUSE, found.suggestion
        return
    declaration = project().declaration
    known = {upstream.name for upstream in declaration.upstreams}
    known |= {table.name for table in declaration.tables}
    known |= {cache.node for cache in declaration.caches()}
    words = shlex.split(command["rest"] or "")
    if "--where" in words:
        # the statement's own condition, which has to be one that a plan takes
        place = words.index("--where")
        table, _, condition = words[place + 1].partition(": ")
        del words[place : place + 2]
        scope = cachedeps.Where(condition, table=table)
        named = {words[0].removeprefix("--"): words[1]}
        columns = (named["column"],) if "column" in named else ()
        upstreams = () if columns else (named["upstream"],)
        assert project().plan(*upstreams, scope=scope, columns=columns).steps
    assert [word for word in words if not word.startswith("--") and word != "FILE"] or words
    assert {w for w in words if not w.startswith("--") and w != "FILE"} <= known, words


@pytest.mark.parametrize("slug", [slug for slug, _ in RULES])
def test_a_rule_has_as_many_cases_that_must_not_fire_as_that_must(slug: str) -> None:
    listed = tomllib.loads((CASES / f"{slug}.toml").read_text("utf-8"))
    fires = listed["review" if slug == "needs-preview" else "refuse"]

    assert next(iter(listed)) == "allow"
    assert len(listed["allow"]) >= FEWEST
    assert len(fires) >= FEWEST


def test_every_file_of_cases_is_a_rules() -> None:
    files = {path.stem for path in CASES.glob("*.toml")} - {"cachedeps"}

    assert files == {slug for slug, _ in RULES}

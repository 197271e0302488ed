"""The rules, their slugs and their pages are the same nine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cachedeps.domain import verdict
from cachedeps.domain.graph import Graph
from cachedeps.errors import GuardRefusedError
from cachedeps.guard.check import check
from cachedeps.guard.rules import RULES
from tests.unit.config.texts import declared

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "cachedeps" / "guard" / "rules"


def test_every_rule_has_its_slug_its_file_its_page_and_its_cases() -> None:
    slugs = [slug for slug, _ in RULES]
    assert tuple(slugs) == verdict.RULES
    for slug, rule in RULES:
        module = slug.replace("-", "_")
        assert rule.__module__ == f"cachedeps.guard.rules.{module}"
        assert (ROOT / "tests" / "guard_cases" / f"{slug}.toml").exists()
    assert {path.stem for path in PAGES.glob("*.md")} == set(slugs)


def test_a_page_says_first_which_rule_it_is_of_and_shows_a_statement() -> None:
    guard = (ROOT / "docs" / "guard.md").read_text("utf-8")
    for slug, _ in RULES:
        text = (PAGES / f"{slug}.md").read_text("utf-8")
        assert text.startswith(f"# {slug}\n")
        assert "```sql" in text
        assert f"(../cachedeps/guard/rules/{slug}.md)" in guard


def test_what_a_page_shows_gets_the_verdict_that_it_says() -> None:
    graph = Graph(declared((ROOT / "cachedeps.toml").read_text("utf-8")))
    shown = 0
    for slug, _ in RULES:
        text = (PAGES / f"{slug}.md").read_text("utf-8")
        for block in re.findall(r"```sql\n(.*?)```", text, re.DOTALL):
            for comment, sql in re.findall(r"-- ([^\n]*)\n([^\n]+)\n", block):
                if sql.startswith("cachedeps "):
                    continue
                found = check(graph, sql, "mysql" if "/*!" in text else "postgresql")
                rules = {finding.rule for finding in found.findings}
                if comment.startswith(("refused", "review")):
                    assert found.ruling.value == comment[:6], sql
                    assert slug in rules, sql
                else:
                    assert found.ruling is not verdict.Ruling.REFUSE, sql
                shown += 1
    assert shown > 9


def test_only_a_refusal_is_raised_and_it_names_the_rule() -> None:
    graph = Graph(declared("[tables.users]\n"))
    for sql in ("SELECT 1", "UPDATE users SET plan = 'a' WHERE plan = 'b'"):
        check(graph, sql, "postgresql").raise_if_refused()
    with pytest.raises(GuardRefusedError, match=r"^unfiltered-write: ") as refused:
        check(graph, "DELETE FROM users", "postgresql").raise_if_refused()
    assert refused.value.hint == "DELETE FROM users WHERE id = :id"


def test_a_declared_exemption_holds_for_its_table_alone() -> None:
    text = (
        '[tables.sessions]\n[tables.users]\n[[guard.allow]]\nrule = "unfiltered-write"\n'
        'table = "sessions"\nreason = "logged out at every release"\n'
    )
    declaration = declared(text)
    graph = Graph(declaration)

    def ruling(sql: str) -> tuple[str, list[str | None]]:
        found = check(graph, sql, "postgresql", None, declaration.exemptions)
        return found.ruling.value, [f.waived for f in found.findings if f.rule.startswith("unf")]

    assert ruling("DELETE FROM sessions") == ("allow", ["logged out at every release"])
    assert ruling("DELETE FROM users") == ("refuse", [None])
    both = "WITH x AS (DELETE FROM sessions RETURNING 1) DELETE FROM users"
    assert ruling(both)[0] == "refuse"


def test_a_sequence_that_a_key_window_names_is_watched_whatever_it_is_called() -> None:
    text = "[tables.users]\n"
    window = "[tables.users.key_windows.web]\nlow = 1\nsequence = 'ids'\n"
    moves = (
        "SELECT setval('ids', 5)",
        "SELECT setval('public.ids', 5)",
        "ALTER SEQUENCE ids RESTART WITH 5",
    )
    for sql in moves:
        without = check(Graph(declared(text)), sql, "postgresql")
        watched = check(Graph(declared(text + window)), sql, "postgresql")
        assert "guard-evasion" not in {finding.rule for finding in without.findings}, sql
        assert "guard-evasion" in {finding.rule for finding in watched.findings}, sql
        other = check(Graph(declared(text + window)), sql.replace("ids", "gids"), "postgresql")
        assert "guard-evasion" not in {finding.rule for finding in other.findings}, sql

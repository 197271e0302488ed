"""Triggers are told by what they write, and by whether a reset fires them."""

from __future__ import annotations

import pytest

from cachedeps.actions.check import check
from cachedeps.actions.checks.effects import Effect, effects, fires_on_update_of
from cachedeps.db.inspect import DatabaseFacts
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import (
    Cache,
    DatabaseSettings,
    Declaration,
    Edge,
    Reset,
    ResetKind,
    Table,
    TableRef,
    Upstream,
)
from cachedeps.domain.schema import (
    LiveColumn,
    LiveTable,
    RelationKind,
    Schema,
    Trigger,
    TypeKind,
)

POSTS = TableRef("posts")


def trigger(
    body: str, event: str = "BEFORE UPDATE", columns: tuple[str, ...] = (), condition: str = ""
) -> Trigger:
    return Trigger("bump", event, body, columns, condition)


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("BEGIN NEW.updated_at := now(); RETURN NEW; END", [Effect(None, "updated_at")]),
        ("BEGIN\n  NEW.updated_at = now();\n RETURN NEW; END", [Effect(None, "updated_at")]),
        ('BEGIN new."Up At" := now(); END', [Effect(None, "Up At")]),
        ("SET NEW.a = 1, NEW.`b c` = 2", [Effect(None, "a"), Effect(None, "b c")]),
        ("SELECT 1 INTO NEW.a", [Effect(None, "a")]),
        (
            "UPDATE posts SET a = 1, b = b + 1 WHERE id = 3",
            [Effect("posts", "a"), Effect("posts", "b")],
        ),
        ('UPDATE OR IGNORE "my posts" AS p SET [x y]=1;', [Effect("my posts", "x y")]),
        ("UPDATE ONLY app.posts p SET p.a = 1", [Effect("posts", "a")]),
        ("FUNCTION moddatetime('changed')\nmoddatetime", [Effect(None, "changed")]),
        (
            "FUNCTION tsvector_update_trigger('tsv', 'pg_catalog.english', 'body')\nx",
            [Effect(None, "tsv")],
        ),
        # reading is not writing
        ("IF NEW.a = OLD.a THEN RETURN NEW; END IF;", []),
        ("IF x AND NEW.a = 1 THEN RETURN NEW; END IF;", []),
        ("INSERT INTO log (a) VALUES (NEW.a)", []),
        ("SELECT a FROM posts WHERE NEW.b = 1", []),
        ("-- NEW.a := 1\n/* UPDATE posts SET b = 1 */ RETURN NEW", []),
    ],
)
def test_what_a_trigger_writes_is_read_from_its_text(body: str, written: list[Effect]) -> None:
    assert list(effects(trigger(body))) == written


def test_an_update_of_other_columns_does_not_fire_a_trigger() -> None:
    assert fires_on_update_of(trigger(""), "html")
    assert fires_on_update_of(trigger("", "AFTER INSERT OR UPDATE"), "html")
    assert fires_on_update_of(trigger("", columns=("HTML", "raw")), "html")
    assert fires_on_update_of(trigger("", event=""), "html")
    assert not fires_on_update_of(trigger("", columns=("raw",)), "html")
    assert not fires_on_update_of(trigger("", "BEFORE INSERT"), "html")


def test_a_condition_that_compares_other_columns_keeps_a_trigger_quiet() -> None:
    other = "((old.raw IS DISTINCT FROM new.raw) OR (old.title <> new.title))"
    same = "(old.raw IS DISTINCT FROM new.raw) OR (old.html IS DISTINCT FROM new.html)"
    unchanged = "NEW.updated_at = OLD.updated_at"
    assert not fires_on_update_of(trigger("", condition=other), "html")
    assert fires_on_update_of(trigger("", condition=same), "html")
    assert fires_on_update_of(trigger("", condition=unchanged), "html")
    assert fires_on_update_of(trigger("", condition="old.* IS DISTINCT FROM new.*"), "html")


def findings(
    *triggers: Trigger,
    reset: ResetKind = ResetKind.NULL,
    not_caches: tuple[str, ...] = (),
    default: str | None = None,
) -> tuple[Finding, ...]:
    live = LiveTable(
        POSTS,
        RelationKind.TABLE,
        (
            LiveColumn("id", "integer", TypeKind.INTEGER, nullable=False),
            LiveColumn("html", "text", TypeKind.TEXT),
            LiveColumn("updated_at", "timestamp", TypeKind.TIMESTAMP, default=default),
            LiveColumn("words", "integer", TypeKind.INTEGER),
        ),
        key=("id",),
        unique=(("id",),),
        triggers=triggers,
    )
    cache = Cache("posts", "html", "html", (Edge("renderer"),), reset=Reset(reset))
    table = Table("posts", POSTS, (cache,), not_caches=not_caches)
    declaration = Declaration(DatabaseSettings(), (Upstream("renderer"),), (table,))
    schema = Schema("postgresql", (live,))
    return check(declaration, schema, facts=DatabaseFacts((POSTS,)), locate=str)


BUMP = trigger("BEGIN NEW.updated_at := now(); RETURN NEW; END")


def test_a_trigger_that_bumps_updated_at_is_told_and_can_be_accepted() -> None:
    (finding,) = findings(BUMP)
    assert finding.rule == "reset-touches-row"
    assert "posts.updated_at" in finding.message
    assert 'not_caches = ["updated_at"]' in finding.fix
    assert findings(BUMP, not_caches=("updated_at",)) == ()


def test_a_column_that_moves_by_itself_is_told_as_well() -> None:
    moving = "current_timestamp() on update current_timestamp()"
    (finding,) = findings(default=moving)
    assert finding.rule == "reset-touches-row"
    assert 'not_caches = ["updated_at"]' in finding.fix
    assert "trigger" not in finding.fix
    assert findings(default="current_timestamp()") == ()


@pytest.mark.parametrize("reset", [ResetKind.NONE, ResetKind.RECOMPUTE, ResetKind.DELETE_ROW])
def test_a_cache_that_is_not_updated_bumps_nothing(reset: ResetKind) -> None:
    assert findings(BUMP, reset=reset) == ()


def test_a_trigger_that_derives_another_value_bumps_nothing() -> None:
    assert findings(trigger("BEGIN NEW.words := length(NEW.raw); RETURN NEW; END")) == ()


@pytest.mark.parametrize(
    "body", ["BEGIN NEW.html := render(NEW.raw); END", "UPDATE Posts SET html = 1"]
)
def test_a_trigger_that_writes_the_cache_is_told_unless_the_file_says_so(body: str) -> None:
    writer = trigger(body, "AFTER INSERT")
    (finding,) = findings(writer)
    assert finding.rule == "trigger-writes-cache"
    assert finding.where == "tables.posts.caches.html"
    assert 'reset = "none"' in finding.fix
    assert findings(writer, reset=ResetKind.NONE) == ()

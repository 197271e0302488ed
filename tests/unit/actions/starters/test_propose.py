"""What a starter proposes, what it asks, and what it never guesses."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cachedeps
from cachedeps.actions.init import propose
from cachedeps.domain.model import TableRef
from cachedeps.domain.schema import (
    ForeignKey,
    LiveColumn,
    LiveTable,
    RelationKind,
    Schema,
    Trigger,
    TypeKind,
)
from cachedeps.render.starter import starter_text

URL = "postgresql://app@db/main"


def column(name: str, kind: TypeKind = TypeKind.TEXT, *, nullable: bool = True) -> LiveColumn:
    return LiveColumn(name, kind.value, kind, nullable)


def number(name: str, *, nullable: bool = True) -> LiveColumn:
    return column(name, TypeKind.INTEGER, nullable=nullable)


def moment(name: str) -> LiveColumn:
    return column(name, TypeKind.TIMESTAMP)


def table(
    ref: str | TableRef,
    *columns: LiveColumn,
    links: dict[str, str] | None = None,
    kind: RelationKind = RelationKind.TABLE,
) -> LiveTable:
    return LiveTable(
        ref if isinstance(ref, TableRef) else TableRef(ref),
        kind,
        (number("id", nullable=False), *columns),
        ("id",),
        tuple(
            ForeignKey((name,), TableRef(target), ("id",))
            for name, target in (links or {}).items()
        ),
        (("id",),),
    )


USERS = table("users", column("email"), column("name"))


def text_of(*tables: LiveTable, url: str = URL, dialect: str = "postgresql") -> str:
    return starter_text(propose(Schema(dialect, tables), url=url))


def read(*tables: LiveTable, url: str = URL) -> Any:
    return tomllib.loads(text_of(*tables, url=url))


def cache(*columns: LiveColumn, name: str) -> Any:
    return read(table("t", *columns))["tables"]["t"]["caches"][name]


@pytest.mark.parametrize(
    "name",
    [
        "rotation_metrics",
        "diagnosis_text",
        "training_plan",
        "title_html",
        "rendered_content",
        "cached_body",
        "embedding",
        "ai_summary",
        "cooked",
        "recap",
        "content_vector",
    ],
)
def test_a_derived_name_is_a_candidate(name: str) -> None:
    assert cache(column(name), name=name) == {"depends_on": ["unknown"], "reset": "null"}


def test_other_texts_are_asked_about_and_not_declared() -> None:
    text = text_of(table("t", column("x_html"), column("title"), column("plan")))
    assert set(tomllib.loads(text)["tables"]["t"]["caches"]) == {"x_html"}
    assert '# ? not_caches = ["title", "plan"]' in text


def test_keys_links_generated_and_unique_columns_are_no_candidates() -> None:
    generated = LiveColumn("search_text", "text", TypeKind.TEXT, generated=True)
    link = column("author_text")
    found = table("t", generated, link, column("slug_text"), links={"author_text": "users"})
    unique = LiveTable(
        found.ref, found.kind, found.columns, found.key, found.foreign_keys, (("slug_text",),)
    )
    assert "tables" not in read(unique)


def test_a_version_beside_a_cache_makes_a_mark() -> None:
    proposed = cache(column("note_html"), number("note_version"), name="note_html")
    assert proposed["stamp"] == {"column": "note_version", "of": "unknown"}
    assert proposed["reset"] == "mark"
    alone = cache(column("cooked"), number("baked_version"), name="cooked")
    assert alone["stamp"]["column"] == "baked_version"


def test_a_lock_version_is_no_stamp() -> None:
    assert "stamp" not in cache(column("note_html"), number("lock_version"), name="note_html")


def test_not_null_without_a_stamp_is_recomputed() -> None:
    assert cache(column("a_html", nullable=False), name="a_html")["reset"] == "recompute"
    assert cache(number("posts_count", nullable=False), name="posts_count")["reset"] == "recompute"
    assert cache(number("posts_count"), name="posts_count")["reset"] == "recompute"
    stamped = cache(column("a_html", nullable=False), number("a_version"), name="a_html")
    assert stamped["reset"] == "mark"


def test_a_stamp_of_several_caches_is_proposed_for_each_and_is_no_cache_itself() -> None:
    columns = (column("title_html"), column("body_html"), number("cached_markdown_version"))
    caches = read(table("t", *columns))["tables"]["t"]["caches"]
    assert {name: found["stamp"]["column"] for name, found in caches.items()} == {
        "title_html": "cached_markdown_version",
        "body_html": "cached_markdown_version",
    }


def test_a_stamp_that_cannot_be_null_is_no_mark() -> None:
    proposed = cache(column("a_html"), number("a_version", nullable=False), name="a_html")
    assert (proposed["reset"], "stamp" in proposed) == ("null", True)


def test_a_time_of_computation_is_proposed() -> None:
    proposed = cache(column("ai_summary"), moment("ai_summary_generated_at"), name="ai_summary")
    assert proposed["computed_at"] == "ai_summary_generated_at"


def test_names_in_camel_case_are_read_as_words() -> None:
    columns = (column("bodyHtml"), number("bodyHtmlVersion"), moment("bodyRenderedAt"))
    proposed = cache(*columns, name="bodyHtml")
    assert proposed["stamp"]["column"] == "bodyHtmlVersion"
    assert proposed["computed_at"] == "bodyRenderedAt"
    settings = read(table("t", column("body html"), moment("createdAt"), column("E-Mail")))
    assert settings["tables"]["t"]["caches"].keys() == {"body html"}
    assert settings["tables"]["t"]["time"] == "createdAt"
    assert settings["tables"]["t"]["owner"] == '"E-Mail"'


def test_a_search_vector_is_a_candidate_whatever_its_name() -> None:
    vector = LiveColumn("fulltext", "tsvector", TypeKind.OTHER)
    assert cache(vector, name="fulltext")["reset"] == "null"


def test_a_column_that_a_trigger_writes_is_the_databases_own() -> None:
    trigger = Trigger("keep", "BEFORE INSERT OR UPDATE", "NEW.body_html := render(NEW.body)")
    posts = replace(table("posts", column("body"), column("body_html")), triggers=(trigger,))
    assert read(posts)["tables"]["posts"]["caches"]["body_html"]["reset"] == "none"
    assert "The trigger keep writes body_html" in text_of(posts)


def test_a_record_with_a_version_of_its_own_is_a_candidate_and_a_short_text_is_not() -> None:
    columns = (
        column("profile", TypeKind.JSON),
        column("profile_version"),
        column("browser"),
        column("browser_version"),
    )
    caches = read(table("t", *columns))["tables"]["t"]["caches"]
    assert list(caches) == ["profile"]
    assert caches["profile"]["stamp"]["column"] == "profile_version"


def test_schemas_that_were_not_looked_at_are_named() -> None:
    text = starter_text(propose(Schema("postgresql", (USERS,)), url=URL, unseen=("crm", "a i")))
    assert f"cachedeps init --url {URL} --schema crm --schema 'a i'" in text


def test_the_owner_is_reached_by_foreign_keys() -> None:
    posts = table("posts", column("x_html"), number("user_id"), links={"user_id": "users"})
    notes = table("notes", column("y_html"), number("post_id"), links={"post_id": "posts"})
    tables = read(USERS, posts, notes)["tables"]
    assert tables["posts"]["owner"] == "user_id -> users.email"
    assert tables["notes"]["owner"] == "post_id -> posts.user_id -> users.email"


def test_a_foreign_key_to_another_column_is_written_as_an_equality() -> None:
    key = ForeignKey(("user_no",), TableRef("users"), ("number",))
    posts = table("posts", column("x_html"), number("user_no"))
    linked = LiveTable(posts.ref, posts.kind, posts.columns, posts.key, (key,), posts.unique)
    users = table("users", number("number"), column("email"))
    owner = read(users, linked)["tables"]["posts"]["owner"]
    assert owner == ["user_no = users.number", "users.email"]


def test_two_ways_to_a_person_are_a_question() -> None:
    links = {"author_id": "users", "editor_id": "users"}
    text = text_of(USERS, table("posts", column("x_html"), *map(number, links), links=links))
    assert "owner" not in tomllib.loads(text)["tables"]["posts"]
    assert '# ? owner = "author_id -> users.email"' in text
    assert '# ? owner = "editor_id -> users.email"' in text


def test_emails_in_a_table_beside_are_a_question_and_its_answer_loads(tmp_path: Path) -> None:
    people = table("users", column("name"), column("bio_html"))
    emails = table("user_emails", number("user_id"), column("email"), links={"user_id": "users"})
    posts = table("posts", column("x_html"), number("user_id"), links={"user_id": "users"})
    text = text_of(people, emails, posts)
    assert '# ? owner = ["user_id = user_emails.user_id", "user_emails.email"]' in text
    assert '# ? owner = ["id = user_emails.user_id", "user_emails.email"]' in text
    path = tmp_path / "cachedeps.toml"
    path.write_text(text.replace("# ? owner", "owner"), encoding="utf-8")
    owners = [t.owner for t in cachedeps.load(path).declaration.tables]
    assert [str(owner.label.table) for owner in owners if owner] == ["user_emails"] * 2


def test_nobody_to_own_the_rows_is_a_question() -> None:
    text = text_of(table("t", column("x_html")))
    assert "# ? Whose are these rows?" in text


def test_the_time_is_taken_by_name_and_asked_for_otherwise() -> None:
    assert read(table("t", column("x_html"), moment("created_at")))["tables"]["t"]["time"] == (
        "created_at"
    )
    text = text_of(table("t", column("x_html"), moment("seen")))
    assert "time" not in tomllib.loads(text)["tables"]["t"]
    assert '# ? time = "seen"' in text
    sqlite = text_of(table("t", column("x_html"), column("sentAt"), column("x")), dialect="sqlite")
    assert [line for line in sqlite.splitlines() if "? time = " in line] == ['# ? time = "sentAt"']


def test_a_password_is_never_written() -> None:
    text = text_of(table("t", column("x_html")), url="postgresql://app:s3cret@db/main")
    assert "s3cret" not in text
    assert tomllib.loads(text)["database"] == {
        "url": "env:DATABASE_URL",
        "dialect": "postgresql",
    }
    assert "# ? Is DATABASE_URL set?" in text
    hidden = text_of(table("t", column("x_html")), url="postgresql://db/main?password=s3cret")
    assert "s3cret" not in hidden
    assert read(table("t", column("x_html")))["database"] == {"url": URL}


def test_odd_names_are_quoted_and_break_no_line() -> None:
    odd = 'Odd "näme` = 100%'
    text = text_of(table(odd, column(f"{odd}_html"), column("two words")))
    found = tomllib.loads(text)["tables"]
    assert set(found) == {odd}
    assert set(found[odd]["caches"]) == {f"{odd}_html"}
    assert '# ? not_caches = ["two words"]' in text


def test_what_was_not_proposed_is_named() -> None:
    view = table("totals", column("x_html"), kind=RelationKind.MATERIALIZED_VIEW)
    text = text_of(USERS, table("t", column("x_html")), view)
    assert "# ? Nothing that looks like a cache was seen in: users" in text
    assert "# ? totals is a materialized view" in text


def test_a_log_is_no_cache_but_perhaps_what_caches_are_rebuilt_from() -> None:
    text = text_of(table("llm_call_log", column("response_text")))
    assert "# ? llm_call_log reads like a log: can caches be rebuilt from response_text?" in text
    assert "tables" not in tomllib.loads(text)


def test_our_own_tables_are_left_out() -> None:
    text = text_of(table("cachedeps_run", column("x_text")), USERS)
    assert "cachedeps_run" not in text
    assert "tables" not in tomllib.loads(text)


def test_every_comment_below_the_head_is_a_question() -> None:
    text = text_of(USERS, table("t", column("x_html"), column("y")))
    body = text.partition("[database]")[2]
    assert all(line.startswith("# ? ") for line in body.splitlines() if line.startswith("#"))

"""Each check finds what it is about, and keeps quiet where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cachedeps.actions.check import ADVICE, check
from cachedeps.actions.checks.mentions import tables_of
from cachedeps.db.inspect import DatabaseFacts
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import (
    Cache,
    ColumnRef,
    Condition,
    Cost,
    DatabaseSettings,
    Declaration,
    Edge,
    Equality,
    OwnerPath,
    Predicate,
    RecoverySource,
    Reset,
    ResetKind,
    Source,
    Stamp,
    Table,
    TableRef,
    Term,
    Upstream,
    Via,
)
from cachedeps.domain.schema import (
    ForeignKey,
    LiveColumn,
    LiveTable,
    RelationKind,
    Schema,
    Trigger,
    TypeKind,
)

UPLOADS = TableRef("uploads")
USERS = TableRef("users")


def live(
    ref: TableRef,
    *columns: LiveColumn,
    kind: RelationKind = RelationKind.TABLE,
    key: tuple[str, ...] = ("id",),
    foreign_keys: tuple[ForeignKey, ...] = (),
    unique: tuple[tuple[str, ...], ...] | None = None,
    triggers: tuple[Trigger, ...] = (),
) -> LiveTable:
    if unique is None:
        unique = (key,) if key else ()
    return LiveTable(ref, kind, columns, key, foreign_keys, unique, unique, triggers)


def number(name: str, *, nullable: bool = True) -> LiveColumn:
    return LiveColumn(name, "integer", TypeKind.INTEGER, nullable)


def words(name: str, *, nullable: bool = True, generated: bool = False) -> LiveColumn:
    return LiveColumn(name, "text", TypeKind.TEXT, nullable, generated)


def moment(name: str) -> LiveColumn:
    return LiveColumn(name, "timestamp", TypeKind.TIMESTAMP)


def predicate(*columns: str) -> Predicate:
    return Predicate(" AND ".join(columns), tuple(ColumnRef(name) for name in columns))


LIVE_UPLOADS = live(
    UPLOADS,
    number("id", nullable=False),
    number("user_id"),
    moment("created_at"),
    words("metrics"),
    words("diagnosis"),
    foreign_keys=(ForeignKey(("user_id",), USERS, ("id",), "CASCADE"),),
)
LIVE_USERS = live(USERS, number("id", nullable=False), words("email"))
METRICS = Cache("uploads", "metrics", "metrics", (Edge("analytics"),))
DIAGNOSIS = Cache("uploads", "diagnosis", "diagnosis", (Edge("llm"),))
OWNER = OwnerPath(
    Term(USERS, "email"), (Equality(Term(None, "user_id"), Term(USERS, None)),), None, "user_id"
)
DECLARED_UPLOADS = Table("uploads", UPLOADS, (METRICS, DIAGNOSIS), OWNER, "created_at")
UPSTREAMS = (Upstream("analytics"), Upstream("llm"))


def findings(  # noqa: PLR0913
    table: Table = DECLARED_UPLOADS,
    found: LiveTable | None = LIVE_UPLOADS,
    *,
    upstreams: tuple[Upstream, ...] = UPSTREAMS,
    others: tuple[Table, ...] = (),
    beside: tuple[LiveTable, ...] = (LIVE_USERS,),
    dialect: str = "postgresql",
    facts: DatabaseFacts | None = None,
) -> tuple[Finding, ...]:
    declaration = Declaration(DatabaseSettings(), upstreams, (table, *others))
    tables = ((found,) if found else ()) + beside
    known = facts or DatabaseFacts(tuple(one.ref for one in tables))
    schema = Schema(dialect, tables)
    return check(declaration, schema, facts=known, locate=lambda key: f"cachedeps.toml:7 {key}")


def with_cache(cache: Cache) -> Table:
    return replace(DECLARED_UPLOADS, caches=(cache, DIAGNOSIS))


def with_column(column: LiveColumn, table: LiveTable = LIVE_UPLOADS) -> LiveTable:
    kept = tuple(one for one in table.columns if one.name != column.name)
    return replace(table, columns=(*kept, column))


def only(found: tuple[Finding, ...]) -> Finding:
    (finding,) = found
    return finding


def test_a_declaration_that_fits_has_no_findings() -> None:
    assert findings() == ()


def test_a_finding_names_file_line_and_key() -> None:
    cache = replace(METRICS, name="odd name", column="metrics", computed_at="gone_at")
    finding = only(findings(with_cache(cache)))
    assert finding.where == 'cachedeps.toml:7 tables.uploads.caches."odd name".computed_at'


# names


def test_a_missing_table_is_one_finding_with_the_nearest_name() -> None:
    misspelt = replace(DECLARED_UPLOADS, ref=TableRef("upload"))
    finding = only(findings(misspelt, beside=(LIVE_UPLOADS, LIVE_USERS)))
    assert (finding.rule, finding.fix) == ("table-missing", "did you mean uploads?")
    assert finding.where.endswith("tables.uploads")


def test_a_name_that_holds_a_dot_is_told_how_to_be_written() -> None:
    facts = DatabaseFacts((TableRef("app.uploads"), USERS))
    dotted = replace(DECLARED_UPLOADS, ref=TableRef("uploads", "app"))
    finding = only(findings(dotted, found=None, facts=facts))
    assert (finding.rule, 'name = "app.uploads"' in finding.fix) == ("table-missing", True)


def test_a_table_of_another_schema_is_the_nearest_name() -> None:
    facts = DatabaseFacts((TableRef("uploads", "app"), USERS))
    finding = only(findings(found=None, facts=facts))
    assert (finding.rule, finding.fix) == ("table-missing", "did you mean app.uploads?")


def test_a_missing_cache_column_is_found_with_the_nearest_name() -> None:
    cache = replace(METRICS, column="metricz")
    found = findings(with_cache(cache))
    assert [one.rule for one in found] == ["column-missing", "undeclared-column"]
    assert "uploads has no column metricz" in found[0].message
    assert found[0].fix == "did you mean metrics?"


@pytest.mark.parametrize(
    ("table", "where", "column"),
    [
        (replace(DECLARED_UPLOADS, time="at"), "tables.uploads.time", "at"),
        (replace(DECLARED_UPLOADS, key=("uuid",)), "tables.uploads.key", "uuid"),
        (replace(DECLARED_UPLOADS, not_caches=("title",)), "tables.uploads.not_caches", "title"),
        (replace(DECLARED_UPLOADS, test_rows=predicate("src")), "tables.uploads.test_rows", "src"),
        (
            replace(DECLARED_UPLOADS, references=("boss_id -> users.id",)),
            "tables.uploads.references",
            "boss_id",
        ),
        (
            with_cache(replace(METRICS, stamps=(Stamp("version", "analytics"),))),
            "tables.uploads.caches.metrics.stamp",
            "version",
        ),
        (
            with_cache(replace(METRICS, rows=Condition(predicate("kind", "id")))),
            "tables.uploads.caches.metrics.rows",
            "kind",
        ),
        (
            with_cache(
                replace(METRICS, edges=(Edge("analytics", Condition(predicate("domain"))),))
            ),
            "tables.uploads.caches.metrics.depends_on",
            "domain",
        ),
        (
            replace(DECLARED_UPLOADS, owner=replace(OWNER, label=Term(USERS, "mail"))),
            "tables.uploads.owner",
            "mail",
        ),
        (
            replace(DECLARED_UPLOADS, owner=replace(OWNER, where=predicate("main"))),
            "tables.uploads.owner",
            "main",
        ),
        (
            with_cache(
                replace(METRICS, recovery=RecoverySource(USERS, (("task", "id"),), "email"))
            ),
            "tables.uploads.caches.metrics.recovery",
            "task",
        ),
    ],
)
def test_every_column_that_the_file_names_must_exist(
    table: Table, where: str, column: str
) -> None:
    finding = only(findings(table))
    assert finding.rule == "column-missing"
    assert finding.where == f"cachedeps.toml:7 {where}"
    assert f"has no column {column} " in finding.message


def test_columns_of_a_source_table_must_exist() -> None:
    source = Source(TableRef("posts"), ("raw", "title"), "changed")
    posts = live(TableRef("posts"), number("id", nullable=False), words("raw"))
    upstreams = (Upstream("post text", source=source), *UPSTREAMS)
    found = findings(upstreams=upstreams, beside=(LIVE_USERS, posts))
    assert [one.where.partition(" ")[2] for one in found] == [
        'upstreams."post text".columns',
        'upstreams."post text".changed_at',
    ]
    missing = only(findings(upstreams=upstreams))
    assert (missing.rule, missing.where) == (
        "table-missing",
        'cachedeps.toml:7 upstreams."post text"',
    )


def test_a_path_to_a_key_needs_a_key_of_one_column() -> None:
    pair = replace(LIVE_USERS, key=("id", "email"), unique=(("id", "email"),))
    finding = only(findings(beside=(pair,)))
    assert finding.rule == "column-missing"
    assert "the key (id, email)" in finding.message


def test_a_predicate_may_differ_in_case_where_the_database_does_not_care() -> None:
    table = with_cache(replace(METRICS, rows=Condition(predicate("User_ID"))))
    assert findings(table, dialect="sqlite") == ()
    assert only(findings(table)).fix == "did you mean user_id?"


def test_every_table_of_the_file_is_looked_up_once() -> None:
    via = Via(TableRef("runs"), (Equality(Term(None, "id"), Term(TableRef("runs"), "upload")),))
    cache = replace(
        METRICS,
        edges=(Edge("analytics", via=via),),
        recovery=RecoverySource(TableRef("log"), (("task", "id"),), "answer"),
    )
    declaration = Declaration(DatabaseSettings(), UPSTREAMS, (with_cache(cache),))
    assert set(tables_of(declaration)) == {UPLOADS, USERS, TableRef("runs"), TableRef("log")}


# resets


@pytest.mark.parametrize("kind", [ResetKind.NULL, ResetKind.MARK, ResetKind.DELETE_ROW])
def test_a_view_cannot_be_reset(kind: ResetKind) -> None:
    view = replace(LIVE_UPLOADS, kind=RelationKind.VIEW, key=(), unique=())
    table = replace(DECLARED_UPLOADS, caches=(replace(METRICS, reset=Reset(kind)),))
    finding = only(findings(table, view))
    assert finding.rule == "view-reset"
    assert 'reset = "none"' in finding.fix


@pytest.mark.parametrize("kind", [ResetKind.NONE, ResetKind.RECOMPUTE])
def test_a_view_may_be_kept_or_recomputed(kind: ResetKind) -> None:
    view = replace(LIVE_UPLOADS, kind=RelationKind.VIEW, key=(), unique=())
    table = replace(DECLARED_UPLOADS, caches=(replace(METRICS, reset=Reset(kind)),))
    assert findings(table, view) == ()


def test_a_materialized_view_is_refreshed_and_nothing_else_is() -> None:
    view = replace(LIVE_UPLOADS, kind=RelationKind.MATERIALIZED_VIEW, key=(), unique=())
    null = replace(DECLARED_UPLOADS, caches=(METRICS,))
    refresh = replace(null, caches=(replace(METRICS, reset=Reset(ResetKind.REFRESH)),))
    assert only(findings(null, view)).rule == "materialized-view-reset"
    assert findings(refresh, view) == ()
    rules = {one.rule for one in findings(refresh)}
    assert rules == {"refresh-of-table", "undeclared-column"}


def test_a_generated_column_is_kept_by_the_database() -> None:
    found = with_column(words("metrics", generated=True))
    assert only(findings(found=found)).rule == "generated-column"
    kept = replace(METRICS, reset=Reset(ResetKind.NONE))
    assert findings(with_cache(kept), found) == ()


def test_a_not_null_cache_cannot_be_reset_to_null_and_the_fix_names_the_alternatives() -> None:
    found = with_column(words("metrics", nullable=False))
    finding = only(findings(found=found))
    assert finding.rule == "not-null-reset"
    assert all(word in finding.fix for word in ("value", "recompute", "delete_row"))
    assert "mark" not in finding.fix
    emptied = replace(METRICS, reset=Reset(ResetKind.VALUE, ""))
    assert findings(with_cache(emptied), found) == ()


def test_a_key_column_is_no_cache() -> None:
    for column in ("id", "user_id"):
        cache = replace(METRICS, column=column, reset=Reset(ResetKind.RECOMPUTE))
        table = replace(with_cache(cache), not_caches=("metrics",))
        assert only(findings(table)).rule == "key-column"


def test_a_mark_needs_a_stamp_that_may_be_null() -> None:
    stamped = replace(
        METRICS, stamps=(Stamp("version", "analytics"),), reset=Reset(ResetKind.MARK)
    )
    required = with_column(number("version", nullable=False))
    assert only(findings(with_cache(stamped), required)).rule == "mark-not-null"
    assert findings(with_cache(stamped), with_column(number("version"))) == ()


def test_a_reset_value_must_fit_its_column() -> None:
    text = with_cache(replace(METRICS, reset=Reset(ResetKind.VALUE, "none")))
    assert only(findings(text, with_column(number("metrics")))).rule == "reset-value-type"
    unique = replace(LIVE_UPLOADS, unique=(("id",), ("metrics",)))
    assert only(findings(text, unique)).rule == "reset-value-unique"
    assert findings(text) == ()


# keys and joins


def test_rows_must_be_nameable() -> None:
    nothing = replace(LIVE_UPLOADS, key=(), unique=())
    assert only(findings(found=nothing)).rule == "no-key"
    nullable = replace(LIVE_UPLOADS, key=(), unique=(("user_id",),))
    assert only(findings(found=nullable)).rule == "no-key"
    unique = replace(LIVE_UPLOADS, key=(), unique=(("id",),))
    assert findings(found=unique) == ()
    declared = only(findings(replace(DECLARED_UPLOADS, key=("id",)), nothing))
    assert (declared.rule, "tables.uploads.key" in declared.where) == ("no-key", True)
    wider = replace(DECLARED_UPLOADS, key=("id", "user_id"))
    assert findings(wider, unique) == ()


def test_rows_that_refer_to_nothing_tell_that_foreign_keys_are_off() -> None:
    facts = DatabaseFacts((UPLOADS, USERS), (UPLOADS,))
    finding = only(findings(facts=facts, dialect="sqlite"))
    assert finding.rule == "foreign-keys-off"
    assert "PRAGMA foreign_keys = ON" in finding.fix


RUNS = TableRef("runs")
LIVE_RUNS = live(RUNS, number("id", nullable=False), number("upload_id"), words("name"))


def via_runs(left: str, right: str) -> Table:
    path = Via(RUNS, (Equality(Term(None, left), Term(RUNS, right)),), text="runs")
    return with_cache(replace(METRICS, edges=(Edge("analytics", via=path),)))


def test_a_join_where_neither_side_is_unique_is_advice() -> None:
    beside = (LIVE_USERS, LIVE_RUNS)
    finding = only(findings(via_runs("user_id", "upload_id"), beside=beside))
    assert finding.rule == "via-not-unique"
    assert finding.rule in ADVICE
    assert "uploads.user_id and runs.upload_id" in finding.message
    assert findings(via_runs("id", "upload_id"), beside=beside) == ()
    assert findings(via_runs("user_id", "id"), beside=beside) == ()


def test_an_except_of_what_does_not_feed_the_edge_is_advice() -> None:
    def deaf(*names: str) -> Table:
        return with_cache(replace(METRICS, edges=(Edge("analytics", deaf_to=frozenset(names)),)))

    finding = only(findings(deaf("llm")))
    assert (finding.rule, finding.rule in ADVICE) == ("idle-except", True)
    assert finding.message.startswith("llm does not feed analytics")
    assert finding.where.endswith("tables.uploads.caches.metrics.depends_on[0]")
    assert findings(deaf()) == ()


def test_a_link_table_is_there_to_join_many_rows_to_many() -> None:
    links, tags = TableRef("run_tags"), TableRef("tags")
    path = Via(
        tags,
        (
            Equality(Term(None, "user_id"), Term(links, "run_id")),
            Equality(Term(links, "tag_id"), Term(tags, "id")),
        ),
        text="tags",
    )
    table = with_cache(replace(METRICS, edges=(Edge("analytics", via=path),)))
    live_tags = live(tags, number("id", nullable=False))
    loose = live(links, number("id", nullable=False), number("run_id"), number("tag_id"))
    linking = replace(loose, unique=(("run_id", "tag_id"),))
    assert findings(table, beside=(LIVE_USERS, linking, live_tags)) == ()
    finding = only(findings(table, beside=(LIVE_USERS, loose, live_tags)))
    assert finding.rule == "via-not-unique"


def test_two_columns_together_may_be_unique() -> None:
    runs = replace(LIVE_RUNS, unique=(("id",), ("upload_id", "name")))
    hop = (
        Equality(Term(None, "user_id"), Term(RUNS, "upload_id")),
        Equality(Term(None, "metrics"), Term(RUNS, "name")),
    )
    cache = replace(METRICS, edges=(Edge("analytics", via=Via(RUNS, hop)),))
    assert findings(with_cache(cache), beside=(LIVE_USERS, runs)) == ()


def test_postgresql_does_not_compare_text_with_numbers() -> None:
    beside = (LIVE_USERS, LIVE_RUNS)
    assert only(findings(via_runs("id", "name"), beside=beside)).rule == "via-type"
    assert findings(via_runs("id", "name"), beside=beside, dialect="mariadb") == ()


# stamps and times


def test_a_time_column_must_hold_times() -> None:
    table = replace(DECLARED_UPLOADS, time="metrics")
    assert only(findings(table)).rule == "time-type"
    assert findings(table, dialect="sqlite") == ()


def test_a_stamp_must_be_able_to_hold_the_version() -> None:
    stamped = with_cache(replace(METRICS, stamps=(Stamp("version", "analytics"),)))
    upstreams = (Upstream("analytics", version="b103"), Upstream("llm"))
    found = with_column(number("version"))
    assert only(findings(stamped, found, upstreams=upstreams)).rule == "stamp-type"
    assert findings(stamped, with_column(words("version")), upstreams=upstreams) == ()


def shared(reset: ResetKind, *, other_feed: str = "llm") -> Table:
    stamps = (Stamp("version", "analytics"),)
    cost = Cost(usd=0.04)
    first = replace(METRICS, stamps=stamps, reset=Reset(reset), cost=cost)
    second = replace(
        DIAGNOSIS, stamps=stamps, reset=Reset(reset), cost=cost, edges=(Edge(other_feed),)
    )
    return replace(DECLARED_UPLOADS, caches=(first, second))


def test_sharing_a_stamp_costs_something_where_the_caches_are_fed_differently() -> None:
    found = with_column(number("version"))
    mark = only(findings(shared(ResetKind.MARK), found))
    assert mark.rule == "shared-stamp"
    assert "0.08 USD" in mark.message
    assert "look fresh" in only(findings(shared(ResetKind.NULL), found)).message
    assert findings(shared(ResetKind.MARK, other_feed="analytics"), found) == ()


# undeclared columns


def test_nullable_texts_that_nobody_declared_are_listed_with_the_line_to_paste() -> None:
    table = replace(LIVE_UPLOADS, columns=(*LIVE_UPLOADS.columns, words("Notes 2"), words("t")))
    finding = only(findings(replace(DECLARED_UPLOADS, not_caches=("t",)), table))
    assert finding.rule == "undeclared-column"
    assert finding.message.endswith(": Notes 2")
    assert 'not_caches = ["t", "Notes 2"]' in finding.fix
    waived = replace(DECLARED_UPLOADS, not_caches=("t", "Notes 2"))
    assert findings(waived, table) == ()


def test_a_table_without_caches_is_not_searched_for_them() -> None:
    users = Table("users", USERS, owner=OwnerPath(Term(None, "email")))
    named = replace(LIVE_USERS, columns=(*LIVE_USERS.columns, words("bio")))
    assert findings(others=(users,), beside=(named,)) == ()


# the documentation


def test_every_rule_is_documented() -> None:
    import cachedeps.actions.checks as folder

    home = Path(folder.__path__[0])
    # what a file alone tells stands with the reader of the file
    paths = [*home.glob("*.py"), home.parents[1] / "config" / "excepts.py"]
    source = "".join(path.read_text() for path in paths)
    page = Path(__file__).parents[4] / "docs" / "checks.md"
    import re

    rules = set(re.findall(r'[fF]inding\(\s*"([a-z-]+)"', source))
    documented = re.findall(r"^## `([a-z-]+)`", page.read_text(), re.MULTILINE)
    assert len(rules) >= 17
    assert sorted(rules) == sorted(documented)
    assert rules >= ADVICE

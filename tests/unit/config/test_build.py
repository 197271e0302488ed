from __future__ import annotations

import pytest

from cachedeps.domain.model import (
    Cache,
    Cost,
    DatabaseSettings,
    Edge,
    Exemption,
    Reset,
    ResetKind,
    Source,
    Stamp,
    TableRef,
    Upstream,
)
from tests.unit.config.texts import cache, declared, problem_of, table

SMALL = """
[upstreams.a]
[tables.t.caches.c]
depends_on = ["a"]
"""


def test_an_empty_file_declares_nothing() -> None:
    declaration = declared("")

    assert declaration.upstreams == ()
    assert declaration.tables == ()
    assert declaration.database == DatabaseSettings()


def test_a_cache_has_the_documented_defaults() -> None:
    assert cache(declared(SMALL), "t.c") == Cache("t", "c", "c", edges=(Edge("a"),))


def test_upstreams_carry_all_that_is_said_of_them() -> None:
    declaration = declared("""
        [upstreams.model]
        [upstreams.text]
        description = "what users write"
        version = 7
        good_versions = [5, 6]
        depends_on = ["model", { on = "other", except = ["model"] }]
        table = "posts"
        columns = ["raw", "title"]
        changed_at = "last_version_at"
        [upstreams.other]
        version = "b103"
        depends_on = ["model"]
    """)

    assert declaration.upstreams[1] == Upstream(
        "text",
        "what users write",
        7,
        (5, 6),
        (Edge("model"), Edge("other", deaf_to=frozenset({"model"}))),
        Source(TableRef("posts"), ("raw", "title"), "last_version_at"),
    )
    assert declaration.upstreams[2].version == "b103"


def test_upstream_names_may_have_other_characters_where_no_table_has_that_name() -> None:
    declaration = declared("""
        [upstreams."models/pose v2.1"]
        [tables.t.caches.c]
        depends_on = ["models/pose v2.1"]
    """)

    assert declaration.upstreams[0].name == "models/pose v2.1"


@pytest.mark.parametrize(
    ("written", "reset"),
    [
        ('"null"', Reset(ResetKind.NULL)),
        ('"recompute"', Reset(ResetKind.RECOMPUTE)),
        ('"refresh"', Reset(ResetKind.REFRESH)),
        ('"none"', Reset(ResetKind.NONE)),
        ('"delete_row"', Reset(ResetKind.DELETE_ROW)),
        ('{ value = "" }', Reset(ResetKind.VALUE, "")),
        ("{ value = 0 }", Reset(ResetKind.VALUE, 0)),
        ("{ value = 1.5 }", Reset(ResetKind.VALUE, 1.5)),
        ("{ value = false }", Reset(ResetKind.VALUE, value=False)),
    ],
)
def test_every_reset_form_is_read(written: str, reset: Reset) -> None:
    found = cache(declared(f"{SMALL}reset = {written}"), "t.c").reset

    assert found == reset
    assert type(found.value) is type(reset.value)


@pytest.mark.parametrize("stamp", ['stamp = "v"', 'computed_at = "v"'])
def test_a_mark_needs_a_stamp_or_a_time_and_sets_that_column(stamp: str) -> None:
    text = "[upstreams.a]\nversion = 1\n[tables.t.caches.c]\ndepends_on = ['a']\nreset = 'mark'\n"

    found = cache(declared(text + stamp), "t.c")

    assert found.reset == Reset(ResetKind.MARK)
    assert found.mark_column == "v"


STAMPED = """
[upstreams.far]
version = 3
[upstreams.a]
version = 7
depends_on = ["far"]
[upstreams.b]
[tables.t.caches.c]
depends_on = ["a", "b"]
"""


@pytest.mark.parametrize(
    ("written", "stamps"),
    [
        ('"v"', (Stamp("v", "a"),)),
        ('{ column = "v" }', (Stamp("v", "a"),)),
        ('{ column = "v", of = "b" }', (Stamp("v", "b"),)),
        ('{ column = "v", of = "far" }', (Stamp("v", "far"),)),
        ('{ column = "v", of = "a", divide = 65536 }', (Stamp("v", "a", 65536),)),
        ('["v", { column = "w", of = "far" }]', (Stamp("v", "a"), Stamp("w", "far"))),
    ],
)
def test_every_stamp_form_is_read(written: str, stamps: tuple[Stamp, ...]) -> None:
    assert cache(declared(f"{STAMPED}stamp = {written}"), "t.c").stamps == stamps


def test_two_caches_may_hold_one_column_for_different_rows() -> None:
    declaration = declared("""
        [upstreams.a]
        [tables.ai_summaries.caches.summary]
        column = "text"
        rows = "summary_type = 0"
        depends_on = ["a"]
        [tables.ai_summaries.caches.gist]
        column = "text"
        rows = "summary_type = 1"
        depends_on = ["a"]
    """)

    assert [c.column for c in declaration.caches()] == ["text", "text"]
    assert [c.node for c in declaration.caches()] == ["ai_summaries.summary", "ai_summaries.gist"]
    assert [c.rows.text for c in declaration.caches() if c.rows] == [
        "summary_type = 0",
        "summary_type = 1",
    ]


def test_cost_recovery_and_the_rest_of_a_cache_are_read() -> None:
    found = cache(
        declared(
            SMALL
            + """
            column = "diagnosis text"
            description = "for the athlete"
            irreplaceable = true
            computed_at = "diagnosed_at"
            cost = { usd = 1, seconds = 20.5 }
            [tables.t.caches.c.recovery]
            table = "logs.llm_call_log"
            match = { task_id = "id", kind = "kind" }
            where = "status = 'ok'"
            value = "response_text"
            latest = ["created_at", "id"]
            decode = ["sse", "json_path"]
            complete = "finish_reason = 'stop'"
            """
        ),
        "t.c",
    )

    assert (found.column, found.description) == ("diagnosis text", "for the athlete")
    assert (found.irreplaceable, found.computed_at) == (True, "diagnosed_at")
    assert found.cost == Cost(1.0, 20.5)
    assert found.recovery is not None
    assert found.recovery.table == TableRef("llm_call_log", "logs")
    assert found.recovery.match == (("task_id", "id"), ("kind", "kind"))
    assert found.recovery.value == "response_text"
    assert found.recovery.latest == ("created_at", "id")
    assert found.recovery.decode == ("sse", "json_path")
    assert found.recovery.where is not None
    assert found.recovery.where.columns == ("status",)
    assert found.recovery.complete is not None
    assert found.recovery.complete.columns == ("finish_reason",)


def test_everything_that_is_said_of_a_table_is_read() -> None:
    found = table(
        declared("""
            [tables.users]
            owner = "email"
            time = "created at"
            key = ["org", "id"]
            references = ["org -> orgs.id cascade", "boss -> users.id set null"]
            not_caches = ["unit_price"]
            protected = true
            test_rows = "auth_source = 'test'"
            test_rows_conflict = { via = "id -> oauth_identities.user_id", where = "verified" }
        """),
        "users",
    )

    assert found.time == "created at"
    assert found.key == ("org", "id")
    assert found.references == ("org -> orgs.id cascade", "boss -> users.id set null")
    assert (found.not_caches, found.protected) == (("unit_price",), True)
    assert found.test_rows is not None
    assert found.test_rows.columns == ("auth_source",)
    assert found.test_rows_conflict is not None
    assert found.test_rows_conflict.via is not None
    assert found.test_rows_conflict.via.target == TableRef("oauth_identities")
    assert found.test_rows_conflict.text == "verified (via id -> oauth_identities.user_id)"


@pytest.mark.parametrize(
    ("header", "ref"),
    [
        ("[tables.uploads]", TableRef("uploads")),
        ('[tables."app.uploads"]', TableRef("uploads", "app")),
        ('[tables.uploads]\nschema = "app"', TableRef("uploads", "app")),
        ('[tables.uploads]\nname = "Up Loads"', TableRef("Up Loads")),
        ('[tables.uploads]\nname = "x"\nschema = "app"', TableRef("x", "app")),
        ('[tables."a.b"]\nname = "a.b"', TableRef("a.b")),
        ('[tables."a.b.c"]\nname = "c"\nschema = "b"', TableRef("c", "b")),
        ('[tables."order \u00e4 \'q\' \\"d\\""]', TableRef("order \u00e4 'q' \"d\"")),
    ],
)
def test_a_table_key_means_a_physical_table(header: str, ref: TableRef) -> None:
    assert declared(header).tables[0].ref == ref


def test_the_default_schema_is_the_one_that_needs_no_name() -> None:
    declaration = declared("""
        [database]
        url = "postgresql://app@localhost/app"
        schema = "app"
        [tables."app.uploads"]
        owner = "user_id -> app.users.email"
        [tables.users]
    """)

    assert declaration.tables[0].ref == TableRef("uploads")
    owner = declaration.tables[0].owner
    assert owner is not None
    assert owner.label.table == declaration.tables[1].ref


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("1h", 3600), ("30m", 1800), ("7d", 604800), ("3600s", 3600), ("2w", 1209600)],
)
def test_a_backup_tier_says_how_old_it_may_be(written: str, seconds: int) -> None:
    declaration = declared(f'[backups.x]\npath = "b/*.dump"\nmax_age = "{written}"')

    assert declaration.backups[0].max_age_seconds == seconds
    assert declaration.backups[0].path == "b/*.dump"


@pytest.mark.parametrize(
    ("database", "dialect"),
    [
        ('url = "sqlite:///app.db"', "sqlite"),
        ('url = "postgresql+psycopg://u@h/d"', "postgresql"),
        ('url = "postgres://u@h/d"', "postgresql"),
        ('url = "mysql+pymysql://u@h/d"', "mysql"),
        ('url = "mariadb://u@h/d"', "mariadb"),
        ('url = "mysql://u@h/d"\ndialect = "mariadb"', "mariadb"),
        ('url = "env:DATABASE_URL"', "mysql"),
        ('url = "env:NOT_SET"', ""),
        ('url = "env:NOT_SET"\ndialect = "sqlite"', "sqlite"),
        ('dialect = "postgresql"', "postgresql"),
        ("", ""),
    ],
)
def test_the_dialect_is_declared_or_told_by_the_url(database: str, dialect: str) -> None:
    declaration = declared(f"[database]\n{database}", DATABASE_URL="mysql://u:secret@h/d")

    assert declaration.database.dialect == dialect
    assert "secret" not in repr(declaration)


def test_predicates_are_read_in_the_declared_dialect() -> None:
    text = "[tables.t]\ntest_rows = '\"a\" = b'\n[database]\ndialect = "

    in_mysql = declared(text + '"mysql"').tables[0].test_rows
    in_sqlite = declared(text + '"sqlite"').tables[0].test_rows

    assert in_mysql is not None
    assert in_mysql.columns == ("b",)
    assert in_sqlite is not None
    assert in_sqlite.columns == ("a", "b")


def test_an_exemption_from_a_rule_of_the_guard_has_a_reason() -> None:
    declaration = declared(
        '[tables.sessions]\n[[guard.allow]]\nrule = "unfiltered-write"\ntable = "sessions"\n'
        'reason = " log everybody out "\n'
    )
    assert declaration.exemptions == (
        Exemption("unfiltered-write", "log everybody out", "sessions"),
    )


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('rule = "unfiltered-writes"\nreason = "x"', 'did you mean "unfiltered-write"?'),
        ('rule = "opaque-statement"\nreason = " "', "the reason is empty"),
        (
            'rule = "opaque-statement"\nreason = "x"\ntable = "user"',
            'no table is declared as "user"',
        ),
    ],
)
def test_an_exemption_from_nothing_is_a_problem(entry: str, message: str) -> None:
    problem = problem_of(f"[tables.sessions]\n[[guard.allow]]\n{entry}")
    assert message in problem.message

from __future__ import annotations

import pytest

from cachedeps.domain.scope import (
    BadVersions,
    FixedAt,
    Keys,
    OwnedBy,
    Scope,
    Since,
    Stale,
    TableKeys,
    TablePredicate,
    Until,
    VersionRange,
    Where,
)
from cachedeps.errors import ScopeError
from tests.unit.domain.plans import planned, reasons, stale

TWO_TABLES = """
[upstreams.analytics]
version = 2
[tables.users]
owner = "email"
[tables.uploads]
time = "created_at"
owner = "user_id -> users.email"
[tables.uploads.caches.metrics]
depends_on = ["analytics"]
stamp = "version"
[tables.reports.caches.page]
depends_on = ["analytics"]
[tables.reports.caches.mail]
depends_on = [{ on = "uploads.metrics", via = "upload_id -> uploads.id" }]
"""


def test_scopes_join_into_one() -> None:
    scope = Since("2026-04-01") & Until("2026-05-01") & Keys(1, 2) & Keys((3, "a"), table="t")

    assert scope == Scope(
        since="2026-04-01",
        until="2026-05-01",
        keys=(TableKeys(((1,), (2,))), TableKeys(((3, "a"),), "t")),
    )


def test_every_part_has_a_word_of_its_own() -> None:
    scope = Where("a = 1", table="t") & OwnedBy("ann") & BadVersions(VersionRange(1, 2), "x")
    scope &= FixedAt("2026-04-01") & Stale()

    assert scope.where == (TablePredicate("a = 1", "t"),)
    assert scope.owners == ("ann",)
    assert scope.bad_versions == (VersionRange(1, 2), "x")
    assert (scope.fixed_at, scope.stale) == ("2026-04-01", True)


def test_a_part_cannot_be_set_twice_in_different_ways() -> None:
    assert (Since("2026-04-01") & Since("2026-04-01")).since == "2026-04-01"
    with pytest.raises(ScopeError, match="since differently: 2026-04-01 and 2026-04-02"):
        Since("2026-04-01") & Since("2026-04-02")


def test_a_predicate_of_one_table_takes_the_others_out_of_scope() -> None:
    fixed = planned(TWO_TABLES, "analytics", scope=Where("kind = 1", table="uploads"))

    assert stale(fixed) == {
        "uploads.metrics": "kind = 1 AND version not in (2)",
        "reports.mail": "uploads[upload_id = uploads.id: kind = 1 AND version not in (2)]",
    }
    assert reasons(fixed) == {"reports.page": "outside-scope"}


def test_a_predicate_without_a_table_is_for_every_table_that_is_fed_directly() -> None:
    fixed = planned(TWO_TABLES, "analytics", scope=Where("kind = 1"))

    assert stale(fixed)["reports.page"] == "kind = 1"


def test_a_table_that_the_fix_does_not_touch_first_cannot_be_in_the_scope() -> None:
    with pytest.raises(ScopeError, match="users, which the fix does not touch first") as refused:
        planned(TWO_TABLES, "analytics", scope=Where("id = 1", table="users"))

    assert refused.value.hint.endswith("reports, uploads")


def test_keys_need_their_table_where_there_are_two() -> None:
    with pytest.raises(ScopeError, match="ambiguous: reports, uploads"):
        planned(TWO_TABLES, "analytics", scope=Keys(1))


def test_a_time_needs_a_time_column_and_an_owner_an_owner_path() -> None:
    with pytest.raises(ScopeError, match="need a time column, and reports declares none"):
        planned(TWO_TABLES, "analytics", scope=Since("2026-04-01"))
    with pytest.raises(ScopeError, match="needs an owner path, and reports declares none"):
        planned(TWO_TABLES, "analytics", scope=OwnedBy("ann@example.com"))


def test_a_flag_that_no_cache_in_reach_can_honour_is_refused() -> None:
    with pytest.raises(ScopeError, match="--fixed-at needs computed_at"):
        planned(TWO_TABLES, "analytics", scope=FixedAt("2026-04-01"))
    with pytest.raises(ScopeError, match="--bad-version needs a stamp"):
        planned(TWO_TABLES.replace('stamp = "version"', ""), "analytics", scope=BadVersions(1))


ONE_TABLE = """
[database]
timezone = "Europe/Berlin"
[upstreams.analytics]
[tables.uploads]
time = "created_at"
[tables.uploads.caches.metrics]
depends_on = ["analytics"]
"""


def test_an_open_end_is_closed_when_the_plan_is_made() -> None:
    fixed = planned(ONE_TABLE, "analytics", scope=Since("2026-04-01"))

    assert stale(fixed) == {
        "uploads.metrics": "created_at in 2026-03-31 22:00:00 .. 2026-06-01 12:00:00"
    }
    assert fixed.scope.until_frozen


def test_a_bare_end_date_means_through_the_end_of_that_day() -> None:
    fixed = planned(ONE_TABLE, "analytics", scope=Until("2026-04-01"))

    assert stale(fixed) == {"uploads.metrics": "created_at in  .. 2026-04-01 22:00:00"}
    assert not fixed.scope.until_frozen

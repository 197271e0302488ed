"""The rules of staleness, on declarations like those of real systems."""

from __future__ import annotations

from cachedeps.domain.scope import BadVersions, FixedAt, Keys, Scope, Since, Stale, Where
from tests.unit.domain.plans import planned, reasons, stale, targets

GITLAB = """
[upstreams.markdown_parser]
version = 33
[tables.notes.caches.note_html]
depends_on = ["markdown_parser"]
stamp = { column = "cached_markdown_version", of = "markdown_parser", divide = 65536 }
"""

DISCOURSE = """
[upstreams.cooker]
version = 2
[upstreams.summary_prompt]
[upstreams.gist_prompt]
[tables.posts.caches.cooked]
depends_on = ["cooker"]
stamp = "baked_version"
reset = "mark"
[tables.ai_summaries.caches.summary]
column = "text"
rows = "summary_type = 0"
depends_on = ["summary_prompt", { on = "posts.cooked", via = "target_id -> posts.topic_id" }]
[tables.ai_summaries.caches.gist]
column = "text"
rows = "summary_type = 1"
depends_on = ["gist_prompt"]
"""

MASTODON = """
[upstreams.remote_fetch]
[tables.account_stats.caches.statuses_count]
reset = "recompute"
depends_on = [{ on = "remote_fetch", when = { via = "account_id -> accounts.id", where = "domain IS NOT NULL" } }]
"""

ZULIP = """
[upstreams.renderer]
version = 4
[tables.zerver_message.caches.rendered_content]
depends_on = ["renderer"]
stamp = "rendered_content_version"
"""

QUOTES = """
[upstreams.cooker]
[tables.posts]
[tables.posts.caches.cooked]
depends_on = ["cooker"]
[tables.posts.caches.excerpt]
depends_on = [{ on = "posts.cooked", via = ["id = quoted_posts.post_id", "quoted_posts.quoted_post_id = posts.id"] }]
"""

SCORES = """
[upstreams.engine]
[tables.games.caches.score]
depends_on = ["engine"]
[tables.players.caches.rank]
depends_on = [{ on = "games.score", via = "all" }]
"""

EMBEDDINGS = """
[upstreams.avatars]
[upstreams.cooker]
depends_on = []
[tables.posts.caches.cooked]
depends_on = ["cooker", "avatars"]
[tables.posts.caches.embedding]
depends_on = [{ on = "posts.cooked", except = ["avatars"] }]
"""

SOURCE = """
[upstreams.post_text]
table = "posts"
columns = ["raw"]
changed_at = "last_version_at"
[tables.embeddings]
[tables.embeddings.caches.vector]
depends_on = [{ on = "post_text", via = "post_id -> posts.id" }]
computed_at = "updated_at"
[tables.embeddings.caches.neighbours]
depends_on = ["embeddings.vector"]
"""


def test_a_divided_stamp_is_stale_where_it_is_not_good_and_where_it_is_null() -> None:
    fixed = planned(GITLAB, "markdown_parser")

    assert stale(fixed) == {"notes.note_html": "cached_markdown_version / 65536 not in (33)"}


def test_unstamped_rows_are_kept_only_on_demand() -> None:
    fixed = planned(GITLAB, "markdown_parser", scope=Scope(keep_unstamped=True))

    assert stale(fixed) == {
        "notes.note_html": "cached_markdown_version / 65536 not in (33 or NULL)"
    }


def test_a_marked_cell_needs_a_value_and_a_stamp_and_passes_staleness_on() -> None:
    fixed = planned(DISCOURSE, "cooker")

    assert targets(fixed) == {
        "posts.cooked": "baked_version not in (2) AND holds cooked AND holds baked_version",
        "ai_summaries.summary": (
            "summary_type = 0 AND posts[target_id = posts.topic_id: baked_version not in (2)]"
            " AND holds text"
        ),
    }
    assert {write.column for write in fixed.writes} == {"text", "baked_version"}
    assert reasons(fixed) == {"ai_summaries.gist": "not-downstream"}


def test_two_caches_of_one_column_are_reset_in_their_own_rows_only() -> None:
    fixed = planned(DISCOURSE, "gist_prompt")

    assert targets(fixed) == {"ai_summaries.gist": "summary_type = 1 AND holds text"}
    assert reasons(fixed) == {"ai_summaries.summary": "not-downstream"}


def test_an_edge_that_holds_for_rows_of_another_table_reaches_only_these() -> None:
    fixed = planned(MASTODON, "remote_fetch")

    assert stale(fixed) == {
        "account_stats.statuses_count": "accounts[account_id = accounts.id: domain IS NOT NULL]"
    }


def test_bad_versions_take_the_place_of_the_good_one() -> None:
    fixed = planned(ZULIP, "renderer", scope=BadVersions(2, 3))

    assert stale(fixed) == {
        "zerver_message.rendered_content": "rendered_content_version in (2, 3)"
    }


def test_several_hops_lead_from_a_quote_to_what_it_quotes() -> None:
    fixed = planned(QUOTES, "cooker", scope=Keys(17))

    assert stale(fixed) == {
        "posts.cooked": "key in ((17,),)",
        "posts.excerpt": (
            "posts[id = quoted_posts.post_id, quoted_posts.quoted_post_id = posts.id:"
            " key in ((17,),)]"
        ),
    }


def test_all_says_that_any_stale_row_makes_every_row_stale() -> None:
    fixed = planned(SCORES, "engine", scope=Where("season = 3"))

    assert stale(fixed) == {"games.score": "season = 3", "players.rank": "games[any: season = 3]"}


def test_an_edge_is_deaf_to_what_it_excepts_and_hears_all_else() -> None:
    assert stale(planned(EMBEDDINGS, "avatars")) == {"posts.cooked": "all"}
    assert reasons(planned(EMBEDDINGS, "avatars")) == {"posts.embedding": "deaf-edge"}
    assert stale(planned(EMBEDDINGS, "cooker")) == {
        "posts.cooked": "all",
        "posts.embedding": "all",
    }


def test_rows_of_a_source_table_are_chosen_by_scope_and_compared_in_time() -> None:
    fixed = planned(SOURCE, "post_text", scope=Since("2026-05-01"))

    within = "last_version_at in 2026-05-01 00:00:00 .. 2026-06-01 12:00:00"
    rows = f"posts[post_id = posts.id: {within}, updated_at < last_version_at]"
    assert stale(fixed) == {"embeddings.vector": rows, "embeddings.neighbours": rows}


def test_what_is_behind_needs_no_upstream() -> None:
    behind = planned(SOURCE, scope=Stale())

    rows = "posts[post_id = posts.id: always, updated_at < last_version_at]"
    assert stale(behind) == {"embeddings.vector": rows, "embeddings.neighbours": rows}


def test_a_source_row_and_a_stamp_must_both_call_a_cell_fresh() -> None:
    text = SOURCE.replace("table =", "version = 5\ntable =")
    text = text.replace("computed_at", 'stamp = "text_version"\ncomputed_at')

    assert stale(planned(text, "post_text"))["embeddings.vector"] == (
        "((posts[post_id = posts.id: always] AND text_version not in (5))"
        " OR posts[post_id = posts.id: always, updated_at < last_version_at])"
    )


CHAIN = """
[upstreams.weights]
[upstreams.analytics]
depends_on = ["weights"]
version = 7
[upstreams.prompt]
[tables.uploads.caches.metrics]
depends_on = ["analytics", "prompt"]
[tables.uploads.caches.report]
depends_on = ["uploads.metrics"]
stamp = { column = "report_version", of = "analytics" }
[tables.uploads.caches.mail]
depends_on = ["uploads.report"]
"""


def test_a_stamp_vouches_for_its_upstream_through_everything_in_between() -> None:
    fixed = planned(CHAIN, "weights")

    assert stale(fixed) == {
        "uploads.metrics": "all",
        "uploads.report": "report_version not in (7)",
        "uploads.mail": "report_version not in (7)",
    }


def test_a_stamp_says_nothing_about_another_upstream() -> None:
    assert stale(planned(CHAIN, "prompt")) == dict.fromkeys(
        ("uploads.metrics", "uploads.report", "uploads.mail"), "all"
    )


def test_a_fix_planned_with_another_one_reaches_no_more_rows_than_alone() -> None:
    text = CHAIN.replace('"analytics", "prompt"', '"analytics", { on = "prompt", when = "a = 1" }')

    assert stale(planned(text, "weights", "prompt"))["uploads.report"] == (
        "(report_version not in (7) OR a = 1)"
    )


def test_the_time_of_computing_serves_where_no_stamp_does() -> None:
    text = CHAIN.replace(
        'depends_on = ["uploads.metrics"]',
        'depends_on = ["uploads.metrics"]\ncomputed_at = "done_at"',
    )
    scope = FixedAt("2026-05-01T08:00:00+02:00")

    assert stale(planned(text, "weights", scope=scope))["uploads.report"] == (
        "report_version not in (7)"
    )
    assert stale(planned(text, "prompt", scope=scope))["uploads.report"] == (
        "done_at < 2026-05-01 06:00:00"
    )


def test_a_kept_cache_and_an_empty_parent_pass_staleness_on() -> None:
    text = CHAIN.replace(
        'depends_on = ["uploads.metrics"]', 'depends_on = ["uploads.metrics"]\nreset = "none"'
    )
    fixed = planned(text, "prompt")

    assert targets(fixed) == {
        "uploads.metrics": "holds metrics",
        "uploads.mail": "holds mail",
    }
    assert reasons(fixed) == {"uploads.report": "maintained-by-database"}


def test_an_upstream_that_excepts_another_one_does_not_hear_it() -> None:
    text = """
    [upstreams.weights]
    [upstreams.model]
    depends_on = ["weights"]
    [upstreams.service]
    depends_on = [{ on = "model", except = ["weights"] }]
    [tables.t.caches.near]
    depends_on = ["model"]
    [tables.t.caches.far]
    depends_on = ["service"]
    """

    assert stale(planned(text, "weights")) == {"t.near": "all"}
    assert stale(planned(text, "model")) == {"t.near": "all", "t.far": "all"}

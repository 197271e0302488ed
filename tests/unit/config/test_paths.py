from __future__ import annotations

import pytest

from cachedeps.config.names import TableNames
from cachedeps.config.paths import PathReader
from cachedeps.config.problems import BadOwner, BadVia
from cachedeps.domain.model import Equality, TableRef, Term

POSTS = TableRef("posts")
UPLOADS = TableRef("uploads", "app")
USERS = TableRef("users")
QUOTED = TableRef("quoted_posts")

NAMES = TableNames({"posts": POSTS, "uploads": UPLOADS, "my users": TableRef("my users")})


def here(column: str | None) -> Term:
    return Term(None, column)


def reader(own: TableRef = POSTS) -> PathReader:
    return PathReader(own, NAMES)


@pytest.mark.parametrize(
    "text", ["upload_id -> uploads.id", "upload_id = uploads.id", "upload_id=uploads.id"]
)
def test_one_hop_is_one_equality(text: str) -> None:
    via = reader().edge_via([text], UPLOADS)

    assert via.target == UPLOADS
    assert via.equalities == (Equality(here("upload_id"), Term(UPLOADS, "id")),)
    assert (via.text, via.every) == (text, False)


def test_either_side_may_be_the_other_table() -> None:
    via = reader().edge_via(["uploads.post_id = posts.id"], UPLOADS)

    assert via.equalities == (Equality(Term(UPLOADS, "post_id"), here("id")),)


def test_a_qualified_own_column_is_this_row_where_the_parent_is_elsewhere() -> None:
    via = reader().edge_via(["posts.upload_id -> uploads.id"], UPLOADS)

    assert via.equalities == (Equality(here("upload_id"), Term(UPLOADS, "id")),)


def test_a_qualified_own_column_is_another_row_in_a_join_with_itself() -> None:
    via = reader().edge_via(["parent_id -> posts.id"], POSTS)

    assert via.equalities == (Equality(here("parent_id"), Term(POSTS, "id")),)


def test_several_hops_are_a_list_of_equalities() -> None:
    texts = ["id = quoted_posts.post_id", "quoted_posts.quoted_post_id = posts.id"]

    via = reader().edge_via(texts, POSTS)

    assert via.target == POSTS
    assert via.equalities == (
        Equality(here("id"), Term(QUOTED, "post_id")),
        Equality(Term(QUOTED, "quoted_post_id"), Term(POSTS, "id")),
    )
    assert via.text == ", ".join(texts)


def test_several_columns_may_join_one_table() -> None:
    via = reader().edge_via(["org = users.org", "author = users.number"], USERS)

    assert len(via.equalities) == 2


def test_all_says_that_every_row_concerns_every_row() -> None:
    via = reader().edge_via(["all"], UPLOADS)

    assert (via.every, via.equalities, via.target) == (True, (), UPLOADS)


def test_names_are_quoted_as_in_sql_and_schemas_named_in_front() -> None:
    via = reader().edge_via(['"my id" -> "my users"."the ""id"""'], TableRef("my users"))
    other = reader().edge_via(["`a b` -> audit.log.[c d]"], TableRef("log", "audit"))

    assert via.equalities == (Equality(here("my id"), Term(TableRef("my users"), 'the "id"')),)
    assert other.equalities == (Equality(here("a b"), Term(TableRef("log", "audit"), "c d")),)


def test_undeclared_tables_may_stand_on_the_way() -> None:
    via = reader(USERS).edge_via(
        ["id = memberships.user_id", "memberships.post_id = posts.id"], POSTS
    )

    assert via.equalities[0].right.table == TableRef("memberships")


@pytest.mark.parametrize(
    ("texts", "parent", "message"),
    [
        (["upload_id"], UPLOADS, "not one equality"),
        (["a -> uploads.id -> users.id"], UPLOADS, "not one equality"),
        (["upload_id -> "], UPLOADS, "not a path"),
        (["upload_id > uploads.id"], UPLOADS, "not a path"),
        (["upload_id = uploads.id; DROP TABLE x"], UPLOADS, "not a path"),
        (["upload_id = uploads.id OR 1 = 1"], UPLOADS, "not a path"),
        (["a = 'x'"], UPLOADS, "not a path"),
        (["upload_id -> users.id"], UPLOADS, "does not arrive at app.uploads"),
        (["a = b"], UPLOADS, "compares this row with itself"),
        (["users.a = users.b"], USERS, "compares users with itself"),
        (["id = users.id", "uploads.a = tags.b"], USERS, "app.uploads, tags is not joined"),
        (["posts.a = tags.b"], POSTS, "posts, tags is not joined to this row"),
        ([], UPLOADS, "does not arrive"),
        (["all", "upload_id = uploads.id"], UPLOADS, "all"),
    ],
)
def test_a_path_that_does_not_join_this_row_to_the_parent_is_refused(
    texts: list[str], parent: TableRef, message: str
) -> None:
    with pytest.raises(BadVia, match=message):
        reader().edge_via(texts, parent)


def test_a_condition_arrives_at_the_last_new_table() -> None:
    one = reader().condition_via(["account_id -> accounts.id"])
    two = reader().condition_via(["id = links.post_id", "links.account_id = accounts.id"])
    itself = reader().condition_via(["parent_id -> posts.id"])
    plain = reader().condition_via(["posts.account_id = accounts.id"])

    assert one.target == TableRef("accounts")
    assert two.target == TableRef("accounts")
    assert itself.equalities == (Equality(here("parent_id"), Term(POSTS, "id")),)
    assert plain.equalities == (Equality(here("account_id"), Term(TableRef("accounts"), "id")),)


@pytest.mark.parametrize("texts", [["all"], ["a = b"], ["posts.a = posts.b"], []])
def test_a_condition_that_leads_nowhere_is_refused(texts: list[str]) -> None:
    with pytest.raises(BadVia):
        reader().condition_via(texts)


def test_an_owner_may_be_the_rows_own_column() -> None:
    for text in ("email", "users.email"):
        owner = reader(USERS).owner([text], None)

        assert (owner.label, owner.equalities, owner.text) == (here("email"), (), text)


def test_the_arrow_goes_to_the_other_tables_primary_key_then_the_label() -> None:
    owner = reader().owner(["user_id -> users.email"], None)

    assert owner.label == Term(USERS, "email")
    assert owner.equalities == (Equality(here("user_id"), Term(USERS, None)),)
    assert owner.text == "user_id -> users.email"


def test_arrows_may_be_chained() -> None:
    owner = reader().owner(["upload_id -> uploads.user_id -> users.email"], None)

    assert owner.label == Term(USERS, "email")
    assert owner.equalities == (
        Equality(here("upload_id"), Term(UPLOADS, None)),
        Equality(Term(UPLOADS, "user_id"), Term(USERS, None)),
    )


def test_the_list_form_ends_in_the_label() -> None:
    owner = reader().owner(["user_id = user_emails.user_id", "user_emails.email"], None)

    emails = TableRef("user_emails")
    assert owner.label == Term(emails, "email")
    assert owner.equalities == (Equality(here("user_id"), Term(emails, "user_id")),)


def test_an_owner_may_be_named_by_another_row_of_the_same_table() -> None:
    short = reader(USERS).owner(["manager_id -> users.email"], None)
    listed = reader(USERS).owner(["manager_id = users.id", "users.email"], None)

    assert short.label == listed.label == Term(USERS, "email")
    assert listed.equalities == (Equality(here("manager_id"), Term(USERS, "id")),)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "empty"),
        ([""], "not a path"),
        (["users.email"], "must start at a column of this table"),
        (["user_id = users.id"], "written with ->"),
        (["user_id -> email"], "email must name its table"),
        (["a -> users.b -> users.c"], "users is met twice"),
        (["user_id = users.id", "users.name = users.email"], "must end in the column"),
        (["user_id = users.id", "email"], "must name its table"),
    ],
)
def test_an_owner_path_that_leads_to_no_label_is_refused(texts: list[str], message: str) -> None:
    with pytest.raises(BadOwner, match=message):
        reader().owner(texts, None)

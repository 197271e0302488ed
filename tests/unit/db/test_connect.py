"""What a database URL that cannot be used gives away: nothing."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from cachedeps.db.connect import connect, parse, shown
from cachedeps.db.dialects.base import Timeouts
from cachedeps.db.dialects.sqlite import SQLite
from cachedeps.db.session import Session
from cachedeps.errors import CachedepsError, UnreachableError, UsageError

UNUSABLE = {
    "postgresql://ann:half@of-it@127.0.0.1/app": ("half", "of-it"),
    "postgresql://ann:half@of/it:too@127.0.0.1:5432/app": ("half", "of/it", "it:too"),
    "mysql://ann:half@of-it@127.0.0.1/app": ("half", "of-it"),
    "postgresql://ann:s3cret@127.0.0.1:54x32/app": ("s3cret", "54x32"),
    "mysql://ann:s3cret@127.0.0.1:1/app?password=s3cret&nonsense=s3cret": ("s3cret",),
    "postgresql://ann@127.0.0.1:1/app?password=s3cret&nonsense=s3cret": ("s3cret",),
    "mysql://ann@127.0.0.1:1/app?charset=s3cret": ("s3cret",),
    "sqlite:///app.db?password=s3cret": ("s3cret",),
    "oracle://ann:s3cret@127.0.0.1/app": ("s3cret",),
    "ann:s3cret@127.0.0.1/app": ("s3cret",),
}


@pytest.mark.parametrize("url", UNUSABLE)
def test_a_url_that_cannot_be_used_shows_nothing_of_its_password(url: str) -> None:
    with pytest.raises(CachedepsError) as caught, connect(url, Timeouts()):
        pass
    error = caught.value
    told = "".join((error.message, error.hint, *traceback.format_exception(error)))
    # the line of the test itself is part of the traceback, but its value is not
    assert not [secret for secret in UNUSABLE[url] if secret in told]


def test_a_second_at_sign_is_no_host() -> None:
    with pytest.raises(UsageError, match="more than one @") as caught:
        parse("postgresql://ann:p@ss@127.0.0.1/app")
    assert "%40" in caught.value.hint
    assert parse("postgresql://ann:p%40ss@127.0.0.1/app").host == "127.0.0.1"
    assert parse("sqlite:///a@b.db").database == "a@b.db"


def test_a_secret_is_taken_out_of_messages_but_not_out_of_words() -> None:
    session = Session(None, SQLite(), "", Timeouts(), ("a", "s3cret"))  # type: ignore[arg-type]
    assert session.clean("authentication of a failed: s3cret") == (
        "authentication of *** failed: ***"
    )


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///app.db?mode=ro",
        "sqlite:///file:app.db?mode=ro&uri=true",
        "mysql://ann@127.0.0.1:1/app?nonsense=1",
        "postgresql://ann@127.0.0.1:1/app?nonsense=1",
    ],
)
def test_an_option_that_is_not_understood_is_never_left_out_of_account(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.db").touch()
    with pytest.raises(UsageError) as caught, connect(url, Timeouts()):
        pass
    assert caught.value.hint


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://ann@127.0.0.1:1/app", "connection"),
        ("mysql://ann@127.0.0.1:1/app", "Can't connect"),
    ],
)
def test_a_server_that_cannot_be_reached_is_told_in_words_with_the_url_to_look_at(
    url: str, words: str
) -> None:
    with pytest.raises(UnreachableError, match=words) as caught, connect(url, Timeouts()):
        pass
    assert "[database] url" in caught.value.hint
    assert not caught.value.message.startswith("(")
    assert "\t" not in caught.value.message


def test_a_search_path_is_part_of_what_a_plan_belongs_to() -> None:
    url = parse("postgresql://ann:s3cret@h/app?options=-csearch_path%3Done -capp.key%3Ds3cret")
    assert shown(url) == "postgresql://ann@h/app?search_path=one"

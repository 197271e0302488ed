from __future__ import annotations

from pathlib import Path

import pytest

from cachedeps.config.url import dialect_of, resolve_url, shown
from cachedeps.domain.model import DatabaseSettings
from cachedeps.errors import UsageError

FILE = Path("/srv/app/cachedeps.toml")


def resolved(url: str, **environ: str) -> str:
    return resolve_url(DatabaseSettings(url=url), FILE, environ)


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("sqlite:///app.db", "sqlite:////srv/app/app.db"),
        ("sqlite:///data/app.db?timeout=5", "sqlite:////srv/app/data/app.db?timeout=5"),
        ("sqlite+pysqlite:///../app.db", "sqlite+pysqlite:////srv/app.db"),
        ("sqlite:////var/app.db", "sqlite:////var/app.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("sqlite:///C:/data/app.db", "sqlite:///C:/data/app.db"),
        (
            "sqlite:///file:app.db?mode=ro&uri=true",
            "sqlite:///file:/srv/app/app.db?mode=ro&uri=true",
        ),
        ("sqlite:///file:x?mode=memory&uri=true", "sqlite:///file:x?mode=memory&uri=true"),
        ("postgresql://u:p@h/d", "postgresql://u:p@h/d"),
    ],
)
def test_a_relative_sqlite_file_is_relative_to_the_declaration(url: str, absolute: str) -> None:
    assert resolved(url) == absolute


def test_a_url_may_stand_in_the_environment() -> None:
    assert resolved("env:DB", DB=" postgresql://u:p@h/d\n") == "postgresql://u:p@h/d"
    assert resolved("env:DB", DB="sqlite:///a.db") == "sqlite:////srv/app/a.db"


@pytest.mark.parametrize("environ", [{}, {"DB": ""}, {"DB": "  "}])
def test_a_variable_that_is_not_set_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="environment variable DB is not set") as refused:
        resolved("env:DB", **environ)

    assert "export DB=" in refused.value.hint


def test_no_url_at_all_is_an_error_that_says_where_to_write_one() -> None:
    with pytest.raises(UsageError, match="names no database") as refused:
        resolved("")

    assert "[database]" in refused.value.hint


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("postgresql://app:s3cret@host:5432/db", "postgresql://app@host:5432/db"),
        (
            "postgresql+psycopg://app:s3cret@host/db?sslmode=require",
            "postgresql+psycopg://app@host/db?sslmode=require",
        ),
        ("postgresql://app@host/db", "postgresql://app@host/db"),
        ("postgresql://:s3cret@host/db", "postgresql://@host/db"),
        ("postgresql://app:s3cret@[::1]:5432/db", "postgresql://app@[::1]:5432/db"),
        ("postgresql://[::1]:5432/db", "postgresql://[::1]:5432/db"),
        ("postgresql://app:s3@cret@host/db", "postgresql://app@host/db"),
        ("postgresql://app:s3/cret@host/db", "postgresql://app@host/db"),
        ("postgresql://app:s3?cret@host/db", "postgresql://app@host/db"),
        ("postgresql://app:s3%40cret@h1,h2/db", "postgresql://app@h1,h2/db"),
        ("postgresql://host/db?user=app&password=s3cret", "postgresql://host/db?user=app"),
        ("postgresql://host/db?PASSWORD=s3cret", "postgresql://host/db"),
        ("postgresql://host/db?p%61ssword=s3cret&a=b", "postgresql://host/db?a=b"),
        ("postgresql://h/d?sslpassword=s3cret&passfile=s3cret&a=1", "postgresql://h/d?a=1"),
        ("mysql://app:s3cret@host/db?ssl_ca=x", "mysql://app@host/db?ssl_ca=x"),
        ("sqlite:////srv/app.db", "sqlite:////srv/app.db"),
        ("sqlite:////srv/a:b@c.db", "sqlite:////srv/a:b@c.db"),
        ("sqlite://", "sqlite://"),
        ("env:DATABASE_URL", "env:DATABASE_URL"),
        ("host=h password=s3cret", "(not a database URL)"),
        ("app:s3cret@host", "(not a database URL)"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_any_password(url: str, safe: str) -> None:
    assert shown(url) == safe
    assert "s3" not in shown(url)
    assert "cret" not in shown(url)


@pytest.mark.parametrize(
    ("url", "dialect"),
    [
        ("sqlite:///a", "sqlite"),
        ("PostgreSQL+psycopg://h/d", "postgresql"),
        ("postgres://h/d", "postgresql"),
        ("mysql+pymysql://h/d", "mysql"),
        ("mariadb+pymysql://h/d", "mariadb"),
        ("oracle://h/d", ""),
        ("env:X", ""),
        ("", ""),
    ],
)
def test_the_scheme_names_the_dialect(url: str, dialect: str) -> None:
    assert dialect_of(url) == dialect

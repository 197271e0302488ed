from __future__ import annotations

import pytest

from tests.unit.config.texts import declared

BASE = """
[database]
url = "sqlite:///a.db"
[upstreams.a]
version = 7
good_versions = [5, 6]
[upstreams.b]
[tables.t]
owner = "user_id -> users.email"
[tables.t.caches.c]
depends_on = ["a", "b"]
[tables.t.caches.d]
depends_on = [{ on = "t.c", when = "x = 1" }]
[tables.users]
test_rows = "auth = 'test'"
[backups.x]
path = "b/*"
"""
DIGEST = declared(BASE).digest


def test_the_digest_is_a_sha256() -> None:
    assert DIGEST.startswith("sha256:")
    assert len(DIGEST) == len("sha256:") + 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[upstreams.a]", "# a comment\n[upstreams.a]"),
        ("[upstreams.a]", '[upstreams.a]\ndescription = "x"'),
        ('"sqlite:///a.db"', '"sqlite:///elsewhere.db"'),
        ('"sqlite:///a.db"', '"env:DATABASE_URL"'),
        ('["a", "b"]', '["b", "a"]'),
        ('["a", "b"]', '[{ on = "a" }, "b"]'),
        ("[5, 6]", "[6, 5]"),
        ("[tables.users]", "[tables.users]\nprotected = false"),
        (
            "[upstreams.a]\nversion = 7\ngood_versions = [5, 6]\n[upstreams.b]\n",
            "[upstreams.b]\n[upstreams.a]\ngood_versions = [5, 6]\nversion = 7\n",
        ),
        ("[tables.t.caches.c]\n", '[tables.t.caches.c]\nreset = "null"\ncolumn = "c"\n'),
    ],
)
def test_what_means_the_same_has_the_same_digest(old: str, new: str) -> None:
    assert old in BASE
    assert declared(BASE.replace(old, new)).digest == DIGEST


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 7", "version = 8"),
        ("version = 7", 'version = "7"\ngood_versions = []\n[upstreams.z]\nversion = 1'),
        ('["a", "b"]', '["a"]'),
        ("x = 1", "x = 2"),
        ("users.email", "users.name"),
        ("auth = 'test'", "auth = 'probe'"),
        ("[tables.t.caches.c]", '[tables.t.caches.c]\nreset = "none"'),
        ("[tables.t.caches.c]", "[tables.t.caches.c]\nirreplaceable = true"),
        ("[tables.t.caches.c]", "[tables.t.caches.c]\nreset = { value = 0 }"),
        ("[tables.t.caches.c]", '[tables.t.caches.c]\ncolumn = "other"'),
        ("[database]", '[database]\ntimezone = "Europe/Berlin"'),
        ("[database]", '[database]\nschema = "app"'),
        ("[tables.users]", "[tables.users]\nprotected = true"),
    ],
)
def test_what_means_something_else_has_another_digest(old: str, new: str) -> None:
    assert old in BASE
    text = BASE.replace("good_versions = [5, 6]\n", "") if "z]" in new else BASE
    assert declared(text.replace(old, new)).digest != DIGEST


def test_values_of_different_types_are_different() -> None:
    text = "[tables.t.caches.c]\nreset = {{ value = {} }}"
    digests = {declared(text.format(value)).digest for value in ("1", "true", '"1"', "1.5", '""')}

    assert len(digests) == 5

"""``check`` on live schemas: a sound declaration passes, and each trap is told."""

from __future__ import annotations

from pathlib import Path

from cachedeps.domain.finding import Finding
from tests.databases.database import Database

TABLES = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL, auth_source TEXT)",
    "CREATE TABLE uploads (id INTEGER PRIMARY KEY, user_id INTEGER, created_at TIMESTAMP NULL,"
    " rotation_metrics TEXT, diagnosis_text TEXT, score INTEGER NOT NULL,"
    " FOREIGN KEY (user_id) REFERENCES users (id))",
)

SOUND = """
[upstreams.analytics]
[upstreams.diagnosis_llm]

[tables.uploads]
owner = "user_id -> users.email"
time = "created_at"

[tables.uploads.caches.rotation_metrics]
depends_on = ["analytics"]

[tables.uploads.caches.diagnosis_text]
depends_on = ["diagnosis_llm"]

[tables.users]
owner = "email"
protected = true
"""


def check(database: Database, folder: Path, text: str) -> tuple[Finding, ...]:
    import cachedeps

    path = folder / "cachedeps.toml"
    path.write_text(f'[database]\nurl = "{database.url}"\n{text}')
    with cachedeps.load(path).connect() as opened:
        return opened.check()


def test_a_sound_declaration_has_no_findings(database: Database, tmp_path: Path) -> None:
    database.execute(*TABLES)
    assert check(database, tmp_path, SOUND) == ()


def test_a_finding_names_the_line_of_its_key(database: Database, tmp_path: Path) -> None:
    database.execute(*TABLES)
    text = SOUND.replace('time = "created_at"', 'time = "creatd_at"')
    (finding,) = check(database, tmp_path, text)
    assert finding.rule == "column-missing"
    assert finding.fix == "did you mean created_at?"
    line = f'[database]\nurl = ""\n{text}'.splitlines().index('time = "creatd_at"') + 1
    assert finding.where.endswith(f"cachedeps.toml:{line} tables.uploads.time")


def test_traps_of_columns_and_keys_are_told(database: Database, tmp_path: Path) -> None:
    database.execute(*TABLES, "CREATE VIEW shown AS SELECT id, diagnosis_text FROM uploads")
    text = SOUND + (
        '[tables.uploads.caches.score]\ndepends_on = ["analytics"]\n'
        '[tables.uploads.caches.user_id]\ndepends_on = ["analytics"]\n'
        '[tables.shown.caches.diagnosis_text]\ndepends_on = ["analytics"]\n'
        '[tables.gone.caches.x]\ndepends_on = ["analytics"]\n'
    )
    found = {finding.rule: finding for finding in check(database, tmp_path, text)}
    assert set(found) == {"not-null-reset", "key-column", "view-reset", "table-missing"}
    assert "uploads.score" in found["not-null-reset"].message
    assert found["key-column"].where.endswith("tables.uploads.caches.user_id")
    assert "rotation_metrics" not in str(found)


def test_names_that_need_quoting_are_compared_as_they_are(
    database: Database, tmp_path: Path
) -> None:
    odd = 'Odd "näme` 100%'
    quoted = database.quote(odd)
    database.execute(
        f"CREATE TABLE {quoted} ({database.quote('order')} INTEGER PRIMARY KEY, {quoted} TEXT)"
    )
    key = '"' + odd.replace('"', '\\"') + '"'
    text = f'[upstreams.a]\n[tables.{key}.caches.{key}]\ndepends_on = ["a"]\n'
    assert check(database, tmp_path, text) == ()
    (finding,) = check(database, tmp_path, text.replace(f"caches.{key}", "caches.zzz"))[:1]
    assert finding.rule == "column-missing"
    assert odd in finding.fix


def test_a_trigger_that_bumps_updated_at_is_told_and_can_be_accepted(
    database: Database, tmp_path: Path
) -> None:
    database.execute(*TABLES, "ALTER TABLE uploads ADD COLUMN updated_at TIMESTAMP NULL")
    database.execute(*_BUMP[database.dialect])
    (finding,) = check(database, tmp_path, SOUND)
    assert finding.rule == "reset-touches-row"
    assert "bump" in finding.message
    assert "uploads.updated_at" in finding.message
    accepted = SOUND.replace(
        'time = "created_at"', 'time = "created_at"\nnot_caches = ["updated_at"]'
    )
    assert check(database, tmp_path, accepted) == ()


_BUMP = {
    "sqlite": (
        "CREATE TRIGGER bump AFTER UPDATE ON uploads WHEN OLD.updated_at IS NEW.updated_at"
        " BEGIN UPDATE uploads SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id; END",
    ),
    "postgresql": (
        "CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.updated_at = now(); RETURN NEW; END $$",
        "CREATE TRIGGER bump BEFORE UPDATE ON uploads FOR EACH ROW EXECUTE FUNCTION bump()",
    ),
    "mariadb": (
        "CREATE TRIGGER bump BEFORE UPDATE ON uploads FOR EACH ROW SET NEW.updated_at = NOW()",
    ),
}


def test_a_column_that_nobody_declared_is_told_with_the_line_to_paste(
    database: Database, tmp_path: Path
) -> None:
    database.execute(*TABLES, "ALTER TABLE uploads ADD COLUMN training_plan TEXT")
    (finding,) = check(database, tmp_path, SOUND)
    assert finding.rule == "undeclared-column"
    assert 'not_caches = ["training_plan"]' in finding.fix


def test_checking_writes_nothing(database: Database, tmp_path: Path) -> None:
    from cachedeps.db.inspect import inspect_all
    from tests.databases.looking import connected

    database.execute(*TABLES, "INSERT INTO users VALUES (1, 'ann@example.com', NULL)")
    with connected(database) as connection:
        before = inspect_all(connection, dialect=database.dialect)
    check(database, tmp_path, SOUND)
    with connected(database) as connection:
        assert inspect_all(connection, dialect=database.dialect) == before
    assert database.query("SELECT id, email FROM users") == [(1, "ann@example.com")]

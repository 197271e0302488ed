"""The table that most engine tests use: a few caches side by side, and whose rows they are."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from tests.databases.database import Database

DECLARATION = """
[upstreams.pose_model]
[upstreams.analytics]
depends_on = ["pose_model"]
version = 7
[upstreams.diagnosis_llm]
[upstreams.plan_llm]

[tables.uploads]
owner = "user_id -> users.email"
time = "created_at"

[tables.uploads.caches.rotation_metrics]
depends_on = ["analytics"]
stamp = "rotation_version"
cost = { usd = 0.01, seconds = 2 }

[tables.uploads.caches.diagnosis_text]
depends_on = ["diagnosis_llm"]
irreplaceable = true

[tables.uploads.caches.training_plan]
depends_on = ["plan_llm", "uploads.diagnosis_text"]
"""

_MOMENT = {"sqlite": "TEXT", "postgresql": "TIMESTAMP", "mariadb": "DATETIME(6)"}


@dataclass(frozen=True)
class Upload:
    """One row of ``uploads``."""

    id: int
    user_id: int | None
    created_at: str
    title: str
    rotation_version: int | None
    rotation_metrics: str | None
    diagnosis_text: str | None
    training_plan: str | None

    @property
    def stale(self) -> bool:
        """Whether a fix of ``analytics`` makes its metrics stale."""
        return self.rotation_metrics is not None and self.rotation_version != 7


def uploads(rows: int) -> list[Upload]:
    """The rows, in the order of their keys: stamped, unstamped, empty, with and without owner."""
    return [
        Upload(
            id=i,
            user_id=None if i % 13 == 0 else i % 7 + 1,
            created_at=f"2026-04-{i % 28 + 1:02} 10:00:{i % 60:02}",
            title=f"upload {i}",
            rotation_version=7 if i % 3 == 0 else None if i % 5 == 0 else 6,
            rotation_metrics=None if i % 11 == 0 else f'{{"m": {i}}}',
            diagnosis_text=None if i % 17 == 0 else f"diagnosis {i}",
            training_plan=None if i % 19 == 0 else f"plan {i}",
        )
        for i in range(1, rows + 1)
    ]


def stale_ids(rows: int) -> list[int]:
    """The keys of the rows whose metrics a fix of ``analytics`` makes stale."""
    return [row.id for row in uploads(rows) if row.stale]


def create(database: Database, rows: int = 40) -> None:
    """Creates ``users`` and ``uploads`` and fills them."""
    database.execute(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100))",
        "CREATE TABLE uploads (id INTEGER PRIMARY KEY, user_id INTEGER,"
        f" created_at {_MOMENT[database.dialect]}, title VARCHAR(80), rotation_version INTEGER,"
        " rotation_metrics TEXT, diagnosis_text TEXT, training_plan TEXT,"
        " FOREIGN KEY (user_id) REFERENCES users (id))",
    )
    database.insert("users", *((i, f"user{i}@example.com") for i in range(1, 8)))
    refill(database, rows)


def refill(database: Database, rows: int) -> None:
    """Fills ``uploads`` anew."""
    database.execute("DELETE FROM uploads")
    database.insert("uploads", *(astuple(row) for row in uploads(rows)))


def metrics(database: Database) -> dict[int, str | None]:
    """What ``rotation_metrics`` holds now, by key."""
    return dict(database.query("SELECT id, rotation_metrics FROM uploads ORDER BY id"))

"""The guard beside the parser alone: distinct statements, each of them judged once."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import cachedeps
from benchmarks.table import Row

DECLARED = Path(__file__).parents[1] / "cachedeps" / "actions" / "demo_data" / "jumponion.toml"
SHAPES = (
    "SELECT u.id, u.name, count(*) FROM users u JOIN uploads p ON p.user_id = u.id "
    "WHERE u.id = {n} AND p.created_at > '2026-01-01' GROUP BY u.id, u.name ORDER BY 3 LIMIT 10",
    "UPDATE uploads SET sport = 'tennis {n}' WHERE id = {n}",
    "INSERT INTO users (id, email, name) VALUES ({n}, 'a{n}@example.com', 'Ann {n}')",
    "DELETE FROM uploads WHERE user_id = {n} AND created_at < '2026-01-01'",
    "UPDATE uploads SET rotation_metrics = NULL, diagnosis_text = NULL WHERE id > {n}",
    "UPDATE users SET plan = 'pro' FROM uploads p WHERE p.user_id = users.id AND p.id = {n}",
)


def measure(statements: int = 6_000, turns: int = 3) -> list[Row]:
    """Statements a second, and the ratio to the parser alone."""
    texts = [SHAPES[n % len(SHAPES)].format(n=n) for n in range(statements)]
    project = cachedeps.load(DECLARED)
    _judge(project, texts[:100])
    _parse(texts[:100])
    judged, ratios = [], []
    for turn in range(turns):
        # another number each time: the guard remembers what it has read
        again = [f"{text} /* {turn} */" for text in texts]
        parsed, seconds = _parse(again), _judge(project, again)
        judged.append(len(again) / seconds)
        ratios.append(seconds / parsed)
    return [
        Row("guard", "distinct statements judged", statistics.median(judged), "a second", ""),
        Row("guard", "judging a statement", statistics.median(ratios), "x parsing it", ""),
    ]


def _judge(project: cachedeps.Project, texts: list[str]) -> float:
    start = time.perf_counter()
    for text in texts:
        project.guard(text, dialect="postgresql")
    return time.perf_counter() - start


def _parse(texts: list[str]) -> float:
    import sqlglot

    start = time.perf_counter()
    for text in texts:
        sqlglot.parse(text, read="postgres")
    return time.perf_counter() - start

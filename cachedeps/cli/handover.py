"""What a command hands over besides its screen: the plan, the keys, the owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cachedeps.cli.files import key_lines, write_lines
from cachedeps.cli.terminal import say
from cachedeps.domain.outcome import Preview
from cachedeps.domain.rows import KeyValues
from cachedeps.project import Database

Listed = dict[str, Sequence[KeyValues]]


@dataclass(frozen=True, slots=True)
class Handover:
    """Which files to write, and whether to list every key in the output itself."""

    plan: Path | None = None
    keys: Path | None = None
    owners: Path | None = None
    list_keys: bool = False

    def give(self, database: Database, seen: Preview) -> Listed | None:
        """Writes the files; returns the keys of each cache where they are to be listed.

        Raises:
            UsageError: a file cannot be written.
        """
        if self.plan:
            from cachedeps.actions.planfile import write_plan

            write_plan(seen, self.plan)
            say(f"wrote {self.plan}: the plan")
        caches = [cache.cache for cache in seen.caches]
        if self.keys:
            lines = (line for c in caches for line in key_lines(c, database.keys(seen, c)))
            say(f"wrote {self.keys}: {write_lines(self.keys, lines)} keys")
        if self.owners:
            labels = sorted(set(database.owner_labels(seen)))
            say(f"wrote {self.owners}: {write_lines(self.owners, labels)} owners")
        if not self.list_keys:
            return None
        return {cache: tuple(database.keys(seen, cache)) for cache in caches}

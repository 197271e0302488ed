"""MariaDB: MySQL with a few differences."""

from __future__ import annotations

from cachedeps.db.dialects.mysql import MySQL


class MariaDB(MySQL):
    """MariaDB 10.6 and later, through PyMySQL."""

    name = "mariadb"

    def _statement_timeout(self, seconds: float) -> str:
        return f"SESSION max_statement_time = {max(0.001, seconds):f}"

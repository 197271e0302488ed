"""The stories are told on every database."""

from __future__ import annotations

from tests.databases.conftest import database, mariadb_server, postgresql_server

__all__ = ["database", "mariadb_server", "postgresql_server"]

"""HoneyChat's tables on any database, from the example's own text."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from cachedeps.project import Project
from tests.databases.database import Database
from tests.databases.declared import project

DATA = resources.files("cachedeps.actions") / "demo_data"
CLEAN_UP = "DELETE FROM users WHERE id BETWEEN -91111200 AND -91111100"
FORCED = f"{CLEAN_UP} -- cachedeps: allow range-delete-on-key because the night is replayed"
"""Incident B's nightly statement, and the same with the rule set aside."""

GONE = {
    "users": 13,
    "chat_sessions": 16,
    "oauth_identities": 10,
    "subscriptions": 7,
    "web_messages": 132,
}


def create(database: Database) -> None:
    """Makes the tables and fills them."""
    text = (DATA / "honeychat.sql").read_text(encoding="utf-8")
    text = re.sub(r"^(--|PRAGMA).*$", "", text, flags=re.MULTILINE)
    if database.dialect == "mariadb":
        # a key needs a length there
        text = text.replace("email TEXT NOT NULL UNIQUE", "email VARCHAR(200) NOT NULL UNIQUE")
        text = text.replace("name TEXT PRIMARY KEY", "name VARCHAR(100) PRIMARY KEY")
    for statement in re.split(r";\s*\n", text):
        if statement.strip():
            database.execute(statement)


def declared(database: Database, folder: Path) -> Project:
    """The example's declaration for this database."""
    text = (DATA / "honeychat.toml").read_text(encoding="utf-8")
    return project(database, folder, re.sub(r'\[database\]\nurl = "[^"]*"\n', "", text))

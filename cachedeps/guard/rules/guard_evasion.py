"""guard-evasion: a protection is switched off, or a key's source is moved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cachedeps.domain.model import TableRef
from cachedeps.domain.verdict import Objection, Ruling
from cachedeps.guard.advice import reason_for
from cachedeps.guard.choice import Rows
from cachedeps.guard.facts import Facts, find_table
from cachedeps.parse.foreign.tree import Name, Setting

SLUG = "guard-evasion"
OFF = frozenset({"0", "off", "false", "no"})
ON = frozenset({"1", "on", "true", "yes", "default"})
_PROTECTIONS_OFF = frozenset(
    [
        "foreign_key_checks",
        "sql_safe_updates",
        "unique_checks",
        "check_constraint_checks",
        "sql_log_bin",
        "row_security",
        "constraint_all",
    ]
) | {"pragma foreign_keys", "pragma recursive_triggers", "pragma cell_size_check"}
_BY_HAND = frozenset({"insert_id"})
_PROTECTIONS_ON = frozenset({"pragma writable_schema", "pragma ignore_check_constraints"})
_ON_TABLES = frozenset(
    {
        "disable trigger",
        "enable replica trigger",
        "enable replica rule",
        "disable rule",
        "disable row level security",
        "no force row level security",
        "disable keys",
    }
)


_CATALOGUES = frozenset({"sqlite_master", "sqlite_schema"})
_OF_CATALOGUES = frozenset(
    {"pg_catalog", "information_schema", "mysql", "performance_schema", "sys"}
)
# what set_config() of the database's own settings may switch
_CONFIGURED = re.compile(
    r"session_|row_security|role$|local_preload|shared_preload|log_|check_function"
)
_OTHERS_SESSIONS = ("session authorization", "init_connect")


def check(facts: Facts) -> Iterator[Objection]:
    """Settings, disabled triggers, sequences that are set by hand."""
    for why in (*_by_settings(facts), *_by_calls(facts), *_by_writes(facts)):
        yield Objection(SLUG, Ruling.REFUSE, f"{why}; leave it as it is, or {reason_for(SLUG)}")


def _by_settings(facts: Facts) -> Iterator[str]:
    for setting in facts.statement.settings:
        why = _why(facts, setting)
        if why:
            yield why


def _by_calls(facts: Facts) -> Iterator[str]:
    calls = facts.statement.calls
    if "setval" in calls and _moves_a_sequence(facts):
        yield "setval() moves the keys of a declared table"
    if "set_config" in calls and _configures(facts):
        yield "set_config() may switch a protection off"


def _by_writes(facts: Facts) -> Iterator[str]:
    renamed = facts.statement.renames
    if renamed is not None and _is_declared(facts, renamed[0]):
        yield f"{renamed[0]} is declared; under the name {renamed[1]} nobody would watch it"
    for write in facts.writes:
        name = write.write.table.name.lower()
        if (
            name == "sqlite_sequence"
            and write.choice.rows is not Rows.NONE
            and _of_declared(facts)
        ):
            yield "sqlite_sequence says which keys come next"
        elif _is_catalogue(write.write.table):
            yield "the database's own catalogue is written"


def _is_catalogue(table: Name) -> bool:
    name, schema = table.name.lower(), (table.schema or "").lower()
    return name in _CATALOGUES or name.startswith("pg_") or schema in _OF_CATALOGUES


def _why(facts: Facts, setting: Setting) -> str:
    name, value = setting.name, setting.value
    if (name in _PROTECTIONS_OFF and _switches_off(name, value)) or name in _BY_HAND:
        return f"{name} is switched off" if name not in _BY_HAND else f"{name} sets the next key"
    if name in _PROTECTIONS_ON and value not in OFF and value:
        return f"{name} is switched on"
    if name == "session_replication_role" and value not in {"origin", "default"}:
        return "session_replication_role keeps triggers and foreign keys from firing"
    if name.startswith(_OTHERS_SESSIONS):
        return f"{name}: it speaks for other sessions or users than its own"
    if name in _ON_TABLES and _is_declared(facts, setting.table):
        return f"{name} on {setting.table}"
    if setting.value == "sequence" and _is_a_declared_sequence(facts, setting.table):
        return f"the keys of a declared table are moved ({name} of {setting.table})"
    if setting.value == "dropped" and (
        setting.table is None or _is_declared(facts, setting.table)
    ):
        return f"{name} dropped or disabled: it may protect a declared table"
    return ""


def _switches_off(name: str, value: str) -> bool:
    if name.startswith("pragma"):
        # any word that SQLite does not know means off; without a value it only asks
        return bool(value) and value not in ON
    return value not in ON and not value.startswith("@old_")


def _is_declared(facts: Facts, table: Name | None) -> bool:
    return table is not None and find_table(facts.graph, table.name) is not None


def _is_a_declared_sequence(facts: Facts, name: Name | None) -> bool:
    if name is None:
        return True
    return _is_declared(facts, name) or _mentions_a_table(facts, name.name)


def _mentions_a_table(facts: Facts, text: str) -> bool:
    """Whether a sequence is declared, or named after a table, in the singular or the plural."""
    if text.lower().rpartition(".")[2].strip('"`') in _declared_sequences(facts):
        return True
    words = set(re.findall(r"[a-z0-9]+", text.lower()))
    words |= {re.sub(r"(?:es|s)$", "", word) for word in words}
    for table in facts.graph.tables.values():
        parts = re.findall(r"[a-z0-9]+", table.ref.name.lower())
        if parts and (parts[-1] in words or re.sub(r"(?:es|s)$", "", parts[-1]) in words):
            return True
    return False


def _declared_sequences(facts: Facts) -> set[str]:
    windows = [window for table in facts.graph.tables.values() for window in table.key_windows]
    return {w.sequence.name.lower() for w in windows if isinstance(w.sequence, TableRef)}


def _moves_a_sequence(facts: Facts) -> bool:
    named = re.findall(r"'([^']*)'", facts.statement.text)
    return not named or any(_mentions_a_table(facts, name) for name in named)


def _of_declared(facts: Facts) -> bool:
    """Whether a write of sqlite_sequence may be about a declared table."""
    named = re.findall(r"\bname\s*=\s*'([^']*)'\s*$", facts.statement.text, re.IGNORECASE)
    return len(named) != 1 or _mentions_a_table(facts, named[0])


def _configures(facts: Facts) -> bool:
    """Whether set_config() may set a protection, or a name that the text does not show."""
    text = facts.statement.text
    named = re.findall(r"set_config\W*\(\s*'([\w.]+)'\s*,", text, re.IGNORECASE)
    calls = len(re.findall(r"\bset_config\b", text, re.IGNORECASE))
    return len(named) < calls or any(_CONFIGURED.match(name.lower()) for name in named)

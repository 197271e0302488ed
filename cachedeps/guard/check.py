"""The guard: SQL text in, verdict out. It needs the declaration, not the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cachedeps.domain.graph import Graph
from cachedeps.domain.live_facts import LiveFacts
from cachedeps.domain.model import Exemption
from cachedeps.domain.verdict import Objection, Ruling, Verdict
from cachedeps.guard.facts import Around, Facts, facts_of, used_of
from cachedeps.guard.rules import RULES
from cachedeps.guard.views import made_views, seen_through
from cachedeps.parse.foreign.read import read
from cachedeps.parse.foreign.tree import Setting, Statement

Params = Mapping[str, object] | Sequence[object] | None

STUMBLED = "the guard itself failed on it"
_CHANGES_TABLES = frozenset({"alter", "drop", "rename", "use"})


def check(
    graph: Graph,
    sql: str,
    dialect: str,
    params: Params = None,
    exemptions: tuple[Exemption, ...] = (),
    live: LiveFacts | None = None,
) -> Verdict:
    """The verdict on every statement of a text; raises nothing for any text.

    Args:
        graph: the declared nodes and tables.
        sql: one or more statements, with or without placeholders.
        dialect: postgresql, mysql, mariadb or sqlite.
        params: values of the placeholders: a list in their order, or a mapping by name.
        exemptions: rules that do not count, as declared.
        live: what the database says of its tables, where it was asked.
    """
    return examine(graph, sql, dialect, params, exemptions, live).verdict


@dataclass(frozen=True, slots=True)
class Examined:
    """A verdict, and the facts of each statement that it was found by."""

    verdict: Verdict
    facts: tuple[Facts, ...] = ()


def examine(
    graph: Graph,
    sql: str,
    dialect: str,
    params: Params,
    exemptions: tuple[Exemption, ...],
    live: LiveFacts | None,
) -> Examined:
    """Like ``check``, with what was seen of the statements."""
    try:
        statements = _kept_keys(read(sql, dialect))
        named = {**_variables(statements, dialect), **_named(params)}
        around = Around(graph, dialect, named, _made(statements), live)
        return _judged(statements, around, exemptions)
    except Exception as error:  # noqa: BLE001  (a verdict that is missing must not pass for one)
        message = f"this cannot be judged: {STUMBLED} ({type(error).__name__})"
        return Examined(Verdict.of((Objection("opaque-statement", Ruling.REFUSE, message),), 1))


def _judged(
    statements: tuple[Statement, ...], around: Around, exemptions: tuple[Exemption, ...]
) -> Examined:
    if any(map(_changes_tables, statements)):
        # the tables that a later statement meets are not those that were looked at
        around = replace(around, live=None)
    findings: list[Objection] = []
    used: dict[str, None] = {}
    seen: list[Facts] = []
    views = made_views(statements)
    for statement in statements:
        facts = facts_of(seen_through(statement, views), around)
        seen.append(facts)
        found = list(_objections(facts, exemptions))
        findings += (replace(each, line=statement.line) for each in found)
        used.update(dict.fromkeys(used_of(facts)))
    findings += _smuggled(statements)
    advised = tuple(_advised(each, around) for each in findings)
    verdict = replace(Verdict.of(advised, len(statements)), used=tuple(used))
    return Examined(verdict, tuple(seen))


def _changes_tables(statement: Statement) -> bool:
    """Whether names mean other tables behind a statement, or tables have other keys.

    What a text makes anew is known by its name; an index makes nothing stricter or milder.
    """
    elsewhere = any(each.name.startswith(("search_path", "schema")) for each in statement.settings)
    if elsewhere or "set_config" in statement.calls:
        return True
    if statement.verb == "create" and statement.creates is None:
        return "index" not in statement.code.lower().split()[:4]
    return statement.verb in _CHANGES_TABLES


def _advised(found: Objection, around: Around) -> Objection:
    """The finding, without a statement as advice that would be refused in its turn."""
    if not found.suggestion or found.suggestion.startswith("cachedeps "):
        return found
    around = replace(around, params={})
    refused = (
        objection.ruling is Ruling.REFUSE
        for statement in read(found.suggestion, around.dialect)
        for objection in _objections(facts_of(statement, around), ())
    )
    return replace(found, suggestion="") if any(refused) else found


def _named(params: Params) -> Mapping[str, object]:
    if params is None:
        return {}
    if isinstance(params, Mapping):
        return {str(name): value for name, value in params.items()}
    return {f"p__{place}": value for place, value in enumerate(params, start=1)}


def _variables(statements: tuple[Statement, ...], dialect: str) -> dict[str, object]:
    """MySQL's variables that the text itself sets to nothing (``SET @a = NULL``)."""
    if dialect not in {"mysql", "mariadb"}:
        return {}
    nothing: dict[str, object] = {"null": None, "": ""}
    found: dict[str, object] = {}
    for setting in (setting for statement in statements for setting in statement.settings):
        if re.fullmatch(r"@\w+", setting.name):
            name = setting.name.removeprefix("@")
            found.pop(name, None)
            if setting.value in nothing:
                found[name] = nothing[setting.value]
    return found


def _kept_keys(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements without the keys that they only take away to give them anew."""
    given = {
        (s.name, str(s.table)) for each in statements for s in each.settings if s.value == "added"
    }
    if not given:
        return statements
    return tuple(
        replace(each, settings=tuple(s for s in each.settings if not _is_given(s, given)))
        for each in statements
    )


def _is_given(setting: Setting, given: set[tuple[str, str]]) -> bool:
    """Whether the key comes back, under its own name or as another foreign key."""
    table = str(setting.table)
    foreign = re.match(r"constraint (?!pk|.*_(?:pkey|pk|primary)$)", setting.name)
    return (setting.name, table) in given or (
        foreign is not None and ("foreign key", table) in given
    )


def _made(statements: tuple[Statement, ...]) -> frozenset[str]:
    """The tables that the text itself makes, and those that it puts into an old one's place."""
    made = {s.creates.name.lower() for s in statements if s.creates is not None}
    for statement in statements:
        if statement.renames is not None and statement.renames[0].name.lower() in made:
            made.add(statement.renames[1].name.lower())
    return frozenset(made)


def _declared_reasons(facts: Facts, exemptions: tuple[Exemption, ...]) -> dict[str, str]:
    """The rules that do not count for this statement, as declared."""
    tables = {table.name for _, table in facts.declared()}
    return {e.rule: e.reason for e in exemptions if e.table is None or tables == {e.table}}


def waived(found: Objection, reasons: Mapping[str, str], *, declared: bool = False) -> Objection:
    """The finding with the reason for which it does not count, where there is one."""
    reason = reasons.get(found.rule)
    if not reason:
        return found
    return replace(found, waived=reason, waived_in="declaration" if declared else "source")


def _objections(facts: Facts, exemptions: tuple[Exemption, ...]) -> Iterator[Objection]:
    written = {slug: reason for slug, reason in facts.statement.allows if reason}
    declared = _declared_reasons(facts, exemptions)
    refused = False
    for _, rule in RULES:
        for objection in rule(facts):
            if refused and objection.ruling is Ruling.REVIEW:
                # what is refused, or excepted from that with a reason, needs no look besides
                continue
            refused |= objection.ruling is Ruling.REFUSE
            yield waived(waived(objection, declared, declared=True), written)


def _smuggled(statements: tuple[Statement, ...]) -> Iterator[Objection]:
    """A COMMIT in the midst of a text ends a transaction that its reader believes to be open."""
    verbs = [next(iter(s.code.split()), "").rstrip(";").lower() for s in statements]
    ends = {"commit", "rollback", "end", "abort"}
    for place, verb in enumerate(verbs):
        if verb in ends and len(verbs) > 1:
            opened = any(v in {"begin", "start"} for v in verbs[:place])
            if not opened or place < len(verbs) - 1:
                message = f"{verb.upper()} ends the transaction in the midst of the text; part the text there"
                yield Objection(
                    "opaque-statement", Ruling.REFUSE, message, line=statements[place].line
                )
                return

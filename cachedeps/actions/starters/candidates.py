"""Which columns may be caches, by type, name and nullability."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cachedeps.actions.checks.effects import effects
from cachedeps.domain.schema import LiveColumn, LiveTable, TypeKind
from cachedeps.render import toml_text
from cachedeps.render.starter import PLACEHOLDER, ProposedCache

_ENDINGS = (
    "html|cache|cached|rendered|text|json|jsonb|summary|summaries|metrics|stats|embedding|"
    "embeddings|excerpt|preview|thumbnail|analysis|diagnosis|report|plan|result|results|"
    "transcript|translation|digest|snippet|description_ai|feedback|insights|score|scores|"
    "recap|gist|tldr|vector|vectors"
)
_DERIVED = re.compile(
    rf"(?:.+_(?:{_ENDINGS})|(?:rendered|cached|computed|derived|generated|cooked|baked)(?:_.+)?|"
    r"embedding|embeddings|vector|summary|recap|gist|tldr|excerpt|transcript|metrics|html)",
    re.IGNORECASE,
)
_COUNTER = re.compile(r".+_(?:count|counter|counts|score)|cached_.+", re.IGNORECASE)
_VERSION = re.compile(r"(?:.+_)?version", re.IGNORECASE)
_OTHER_VERSIONS = re.compile(
    r"(?:lock|schema|app|api|row|client|protocol|record|object)_version|version", re.IGNORECASE
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SUFFIX = re.compile(rf"_(?:{_ENDINGS})$", re.IGNORECASE)
_VECTORS = ("vector", "tsvector", "halfvec")
_TEXTS = frozenset({TypeKind.TEXT, TypeKind.JSON, TypeKind.BYTES})
# beside a version of their own; a short text with one is rather what has the version
_RECORDS = frozenset({TypeKind.JSON, TypeKind.BYTES})
_TIMES = frozenset({TypeKind.TIMESTAMP, TypeKind.TIMESTAMP_ZONED, TypeKind.DATE})
_NUMBERS = frozenset({TypeKind.INTEGER, TypeKind.DECIMAL, TypeKind.FLOAT})


def candidates(table: LiveTable) -> tuple[LiveColumn, ...]:
    """The columns that look like caches: written by somebody, linking nothing."""
    versions = {words(column.name).casefold() for column in table.columns if _is_version(column)}
    return tuple(
        column
        for column in writable(table)
        if _looks_derived(column)
        or (column.kind in _RECORDS and f"{_bases(column)[0]}_version" in versions)
    )


def writable(table: LiveTable) -> Iterator[LiveColumn]:
    """The columns that neither identify a row, nor link it, nor are generated."""
    taken = set(table.key)
    taken |= {name for foreign in table.foreign_keys for name in foreign.columns}
    taken |= {columns[0] for columns in table.unique if len(columns) == 1}
    for column in table.columns:
        choice = column.type.lower().startswith(("enum(", "set("))
        writable_type = not column.generated and not choice
        # A name that cannot be shown cannot be declared either.
        if column.name not in taken and writable_type and column.name.isprintable():
            yield column


def _looks_derived(column: LiveColumn) -> bool:
    if _is_vector(column):
        return True
    if column.kind in _TEXTS or column.type.endswith("[]"):
        return _DERIVED.fullmatch(words(column.name)) is not None
    counts = column.kind in _NUMBERS and not _is_version(column)
    return counts and _COUNTER.fullmatch(words(column.name)) is not None


def words(name: str) -> str:
    """``bodyHtml`` and ``body Html`` as ``body_Html``: all ways of writing a name read alike."""
    return re.sub(r"\W+", "_", _CAMEL.sub("_", name))


def _is_vector(column: LiveColumn) -> bool:
    """Search vectors and embeddings: nobody writes them by hand."""
    return column.type.lower().rpartition(".")[2].startswith(_VECTORS)


def propose_caches(table: LiveTable) -> tuple[ProposedCache, ...]:
    """A proposal for each candidate, with the questions that it leaves open."""
    found = candidates(table)
    stamps = _stamps(table, found)
    return tuple(_propose(table, column, stamps.get(column.name)) for column in found)


def stamp_columns(table: LiveTable) -> frozenset[str]:
    """The columns that are proposed as stamps or as times of computation."""
    found = candidates(table)
    names = {stamp.name for stamp in _stamps(table, found).values()}
    times = (_computed_at(table, column) for column in found)
    return frozenset(names | {time.name for time in times if time})


def _keeper(table: LiveTable, column: LiveColumn) -> str | None:
    """A trigger of the table itself that writes the column."""
    here, name = table.ref.name.casefold(), column.name.casefold()
    for trigger in table.triggers:
        for effect in effects(trigger):
            own = effect.table is None or effect.table.casefold() == here
            if own and effect.column.casefold() == name:
                return trigger.name
    return None


def _stamps(table: LiveTable, found: Iterable[LiveColumn]) -> dict[str, LiveColumn]:
    """The version column beside each cache: of its own name, else the only one there is."""
    versions = [c for c in table.columns if _is_version(c)]
    by_name = {words(version.name).casefold(): version for version in versions}
    stamps: dict[str, LiveColumn] = {}
    for column in found:
        for base in _bases(column):
            own = by_name.get(f"{base}_version")
            if own is not None:
                stamps.setdefault(column.name, own)
    free = [version for version in versions if version not in stamps.values()]
    if len(free) == 1:
        for column in found:
            if column.kind in _TEXTS:
                stamps.setdefault(column.name, free[0])
    return stamps


def _is_version(column: LiveColumn) -> bool:
    name = words(column.name)
    named = _VERSION.fullmatch(name) and not _OTHER_VERSIONS.fullmatch(name)
    return bool(named) and column.kind in (TypeKind.INTEGER, TypeKind.TEXT)


def _computed_at(table: LiveTable, column: LiveColumn) -> LiveColumn | None:
    endings = ("_at", "_computed_at", "_generated_at", "_rendered_at", "_updated_at")
    names = {f"{base}{ending}" for base in _bases(column) for ending in endings}
    times = (c for c in table.columns if c.kind in _TIMES)
    return next((c for c in times if words(c.name).casefold() in names), None)


def _bases(column: LiveColumn) -> tuple[str, str]:
    """What the columns beside a cache are called after: its name, with and without ending."""
    name = words(column.name).casefold()
    return name, _SUFFIX.sub("", name)


def _propose(table: LiveTable, column: LiveColumn, stamp: LiveColumn | None) -> ProposedCache:
    settings: list[tuple[str, str]] = []
    questions = [f"Is {table.ref}.{column.name} ({column.type}) derived? From what?"]
    if stamp is not None:
        value = (
            f"{{ column = {toml_text.string(stamp.name)}, of = {toml_text.string(PLACEHOLDER)} }}"
        )
        settings.append(("stamp", value))
        questions.append(f"Does {stamp.name} say which version of it {column.name} was made by?")
    computed_at = _computed_at(table, column)
    if computed_at is not None:
        settings.append(("computed_at", toml_text.string(computed_at.name)))
        questions.append(f"Is {computed_at.name} when {column.name} was computed?")
    reset, why = _reset(table, column, stamp)
    settings.append(("reset", toml_text.string(reset)))
    questions.append(why)
    if column.kind in _TEXTS or _is_vector(column):
        questions.append("Is the column the only copy (irreplaceable), and what does a cell cost?")
    return ProposedCache(column.name, tuple(settings), tuple(questions))


def _reset(table: LiveTable, column: LiveColumn, stamp: LiveColumn | None) -> tuple[str, str]:
    keeper = _keeper(table, column)
    if keeper is not None:
        return "none", f"The trigger {keeper} writes {column.name}: does it keep it right?"
    if stamp is not None and stamp.nullable:
        return "mark", f'"mark" empties {stamp.name} and keeps the old value: is it rebuilt then?'
    if column.nullable and column.kind in _TEXTS | {TypeKind.OTHER}:
        return "null", "Is the cell rebuilt when it is NULL?"
    why = "NOT NULL" if not column.nullable else "a number that is read as it is"
    return "recompute", (
        f'{column.name} is {why}: "recompute" writes nothing and hands the keys over. '
        'Does a value mean "empty"?'
    )

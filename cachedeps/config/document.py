"""The shape of cachedeps.toml: which keys there are, and what type each value has.

What the values mean, and whether they fit together, is decided in ``build``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from cachedeps.domain.model import Scalar

LARGEST_INTEGER = 2**63 - 1
TAGS = frozenset({"<string>", "<list>", "<table>"})
WRONG_FORM = "wrong-form"

_FORMS: dict[type, str] = {str: "<string>", list: "<list>", dict: "<table>"}


def _form(value: object) -> str:
    return _FORMS.get(type(value), "")


def _one_of(wanted: str) -> Discriminator:
    return Discriminator(_form, custom_error_type=WRONG_FORM, custom_error_message=wanted)


def _must(value: object, fits: bool, wanted: str) -> object:  # noqa: FBT001  (one use, below)
    if not fits:
        raise PydanticCustomError(WRONG_FORM, "{wanted}", {"wanted": wanted})
    return value


def _as_list(value: object) -> object:
    listed = [value] if isinstance(value, str) else value
    return _must(listed, isinstance(listed, list), "a string or a list of strings")


def _as_version(value: object) -> object:
    fits = isinstance(value, str) or (type(value) is int and abs(value) <= LARGEST_INTEGER)
    return _must(value, fits, "a string, or an integer of at most 64 bits")


def _as_scalar(value: object) -> object:
    fits = isinstance(value, str | float) or (
        isinstance(value, int) and abs(value) <= LARGEST_INTEGER
    )
    is_number = value == value  # NaN equals nothing, so that no cell could be found to hold it
    return _must(value, fits and is_number, "a string, a boolean, or a number (64 bits, no NaN)")


Texts = Annotated[list[str], BeforeValidator(_as_list)]
Version = Annotated[int | str, BeforeValidator(_as_version)]


class Entry(BaseModel):
    """A table of the file; a key that is not declared here is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DatabaseEntry(Entry):
    """``[database]``."""

    url: str = ""
    dialect: Literal["postgresql", "mysql", "mariadb", "sqlite"] | None = None
    schema_name: str | None = Field(None, alias="schema")
    journal_schema: str | None = None
    timezone: str = "UTC"


class ConditionEntry(Entry):
    """A condition on a row that is reached by ``via``."""

    via: Texts
    where: str


Condition = Annotated[
    Annotated[str, Tag("<string>")] | Annotated[ConditionEntry, Tag("<table>")],
    _one_of("a predicate, or a table { via = ..., where = ... }"),
]


class UpstreamEdgeEntry(Entry):
    """An upstream that an upstream depends on, in long form."""

    on: str
    deaf_to: Texts = Field(default=[], alias="except")


class EdgeEntry(UpstreamEdgeEntry):
    """What a cache depends on, in long form."""

    when: Condition | None = None
    via: Texts | None = None


class UpstreamEntry(Entry):
    """``[upstreams.NAME]``."""

    description: str = ""
    version: Version | None = None
    good_versions: list[Version] = []
    depends_on: list[
        Annotated[
            Annotated[str, Tag("<string>")] | Annotated[UpstreamEdgeEntry, Tag("<table>")],
            _one_of("a name, or a table { on = ..., except = [...] }"),
        ]
    ] = []
    table: str | None = None
    columns: list[str] = []
    changed_at: str | None = None


class StampEntry(Entry):
    """A stamp in long form."""

    column: str
    of: str | None = None
    divide: int | None = Field(None, ge=1, le=LARGEST_INTEGER)


Stamp = Annotated[
    Annotated[str, Tag("<string>")] | Annotated[StampEntry, Tag("<table>")],
    _one_of("a column, or a table { column = ..., of = ..., divide = ... }"),
]


class ResetEntry(Entry):
    """A reset to a literal."""

    value: Annotated[Scalar, BeforeValidator(_as_scalar)]


class CostEntry(Entry):
    """What regenerating one cell costs."""

    usd: float = Field(0.0, ge=0, allow_inf_nan=False)
    seconds: float = Field(0.0, ge=0, allow_inf_nan=False)


class RecoveryEntry(Entry):
    """Where lost cells can be rebuilt from."""

    table: str
    match: dict[str, str] = Field(min_length=1)
    value: str
    where: str | None = None
    latest: Texts = []
    decode: Texts = []
    complete: str | None = None


class CacheEntry(Entry):
    """``[tables.TABLE.caches.NAME]``."""

    depends_on: list[
        Annotated[
            Annotated[str, Tag("<string>")] | Annotated[EdgeEntry, Tag("<table>")],
            _one_of("a name, or a table { on = ..., when = ..., via = ..., except = [...] }"),
        ]
    ] = []
    column: str | None = None
    rows: Condition | None = None
    description: str = ""
    reset: (
        Annotated[
            Annotated[str, Tag("<string>")] | Annotated[ResetEntry, Tag("<table>")],
            _one_of('a string such as "null", or a table { value = ... }'),
        ]
        | None
    ) = None
    stamp: (
        Annotated[
            Annotated[str, Tag("<string>")]
            | Annotated[StampEntry, Tag("<table>")]
            | Annotated[list[Stamp], Tag("<list>")],
            _one_of("a column, a table { column = ..., of = ... }, or a list of such"),
        ]
        | None
    ) = None
    computed_at: str | None = None
    irreplaceable: bool = False
    cost: CostEntry | None = None
    recovery: RecoveryEntry | None = None


class OwnerEntry(Entry):
    """An owner path with a filter on the rows of its last table."""

    path: Texts
    where: str | None = None


class CounterEntry(Entry):
    """A row of a table that counts, where the database has no sequence for it."""

    table: str
    value: str
    where: str | None = None


class KeyWindowEntry(Entry):
    """``[tables.TABLE.key_windows.NAME]``."""

    low: int | None = Field(None, ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)
    high: int | None = Field(None, ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)
    rows: str | None = None
    sequence: (
        Annotated[
            Annotated[str, Tag("<string>")] | Annotated[CounterEntry, Tag("<table>")],
            _one_of("a sequence, or a table { table = ..., value = ..., where = ... }"),
        ]
        | None
    ) = None
    negated: bool = False
    test: bool = False
    margin: int | None = Field(None, ge=0, le=LARGEST_INTEGER)


class TableEntry(Entry):
    """``[tables.TABLE]``."""

    name: str | None = None
    schema_name: str | None = Field(None, alias="schema")
    owner: (
        Annotated[
            Annotated[str, Tag("<string>")]
            | Annotated[list[str], Tag("<list>")]
            | Annotated[OwnerEntry, Tag("<table>")],
            _one_of("a path, a list of equalities, or a table { path = ..., where = ... }"),
        ]
        | None
    ) = None
    time: str | None = None
    key: Texts = []
    references: Texts = []
    caches: dict[str, CacheEntry] = {}
    not_caches: list[str] = []
    protected: bool = False
    test_rows: str | None = None
    test_rows_conflict: ConditionEntry | None = None
    key_windows: dict[str, KeyWindowEntry] = {}


class BackupEntry(Entry):
    """``[backups.NAME]``."""

    path: str
    max_age: str | None = None


class AllowEntry(Entry):
    """``[[guard.allow]]``."""

    rule: str
    reason: str
    table: str | None = None


class GuardEntry(Entry):
    """``[guard]``."""

    allow: list[AllowEntry] = []


class Document(Entry):
    """The whole file."""

    database: DatabaseEntry = Field(default_factory=lambda: DatabaseEntry.model_validate({}))
    upstreams: dict[str, UpstreamEntry] = {}
    tables: dict[str, TableEntry] = {}
    backups: dict[str, BackupEntry] = {}
    guard: GuardEntry = Field(default_factory=lambda: GuardEntry.model_validate({}))

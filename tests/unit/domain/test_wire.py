from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from cachedeps.domain.model import Reset, ResetKind
from cachedeps.domain.plan import Plan
from cachedeps.domain.rows import KeyValues
from cachedeps.domain.scope import BadVersions, Keys, Since, VersionRange
from cachedeps.domain.wire import decode, digest, encode
from tests.unit.domain.plans import planned

TEXT = """
[upstreams.post_text]
table = "posts"
changed_at = "edited_at"
[upstreams.model]
version = "b3"
[tables.vectors]
time = "made_at"
[tables.vectors.caches.vector]
depends_on = ["model", { on = "post_text", via = "post_id -> posts.id", when = "kind = 'ä'" }]
stamp = "model_version"
computed_at = "made_at"
reset = { value = 0.5 }
cost = { usd = 1, seconds = 2.5 }
"""


@dataclass(frozen=True)
class Mixed:
    keys: tuple[KeyValues, ...]
    names: frozenset[str]
    reset: Reset | None


def test_a_plan_comes_back_from_json_as_it_was() -> None:
    scope = Since("2026-04-01") & Keys(1, table="vectors") & BadVersions("b1")
    plan = planned(TEXT, "model", scope=scope)

    assert decode(Plan, json.loads(json.dumps(encode(plan)))) == plan


def test_ranges_of_versions_come_back() -> None:
    plan = planned(TEXT.replace('"b3"', "3"), "model", scope=BadVersions(VersionRange(1, 2), 7))

    assert decode(Plan, encode(plan)).scope.bad_ranges == ((1, 2),)


def test_values_keep_their_types() -> None:
    mixed = Mixed(((1, "1", 1.0, True),), frozenset({"b", "a"}), Reset(ResetKind.VALUE, value=""))

    back = decode(Mixed, json.loads(json.dumps(encode(mixed))))

    assert back == mixed
    assert [type(value) for value in back.keys[0]] == [int, str, float, bool]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda data: data.pop("names"), "not a Mixed"),
        (lambda data: data.update(extra=1), "not a Mixed"),
        (lambda data: data.update(names="a"), "is not a list"),
        (lambda data: data.update(keys=[[None]]), "fits none of the expected types"),
        (lambda data: data["reset"].update(kind="vanish"), "vanish"),
    ],
)
def test_data_that_does_not_fit_is_refused(spoil: object, complaint: str) -> None:
    data = encode(Mixed((), frozenset(), Reset()))
    assert callable(spoil)
    spoil(data)

    with pytest.raises(ValueError, match=complaint):
        decode(Mixed, data)


def test_the_digest_does_not_depend_on_the_order_of_names() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 1.5})


def test_plans_that_differ_have_different_digests() -> None:
    plan = planned(TEXT, "model")

    assert digest(encode(plan)) == digest(encode(planned(TEXT, "model")))
    assert digest(encode(plan)) != digest(encode(replace(plan, upstreams=("post_text",))))

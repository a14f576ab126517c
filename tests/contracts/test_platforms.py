"""The contract of every platform module: parse is pure, total and honest about what it does not know."""

from __future__ import annotations

import importlib
import json
import random
import re
from typing import Any

import pytest

from schemas.neighbours import Parsed
from schemas.payload import Number, canonical
from schemas.record import KINDS, MEDIA_ROLES
from tests.contracts.platform_captures import Sample, all_samples, names, samples

_EVERY = pytest.mark.parametrize("sample", all_samples(), ids=lambda one: f"{one.platform}-{one.name}")
_PLATFORM = pytest.mark.parametrize("platform", names())
_LONG = "å" * 1_000_000
_DEEP: list[Any] = []
for _ in range(900):
    _DEEP = [_DEEP]
_HOSTILE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**4000,
    Number("1e999"),
    "",
    "\u0000",
    "a\u0000b\ud800\u202eolleh\u0007\ufffe⟦U+0000⟧",
    _LONG,
    "<p>" * 2_000 + "<!--<b" + "&#" + "9" * 5_000,
    {},
    [None, 1, "x", [], {}],
    _DEEP,
    {"uri": 1, "content": {}, "account": []},
    "2999-01-01T00:00:00Z",
    "2026-01-01T00:00:00",
    "0000-00-00T99:99:99Z",
    "9999-12-31T23:59:59-23:59",
    "http://[::1",
)
_PLACES = 45
"""Places per capture that are tried with every hostile value; which ones is chosen by a fixed seed."""


@_PLATFORM
def test_a_platform_has_its_constants_and_captures(platform: str) -> None:
    """A module names itself, its permissions and fields, says in its docstring what cannot be had, and has captures."""
    module: Any = importlib.import_module(f"connectors.platforms.{platform}")
    assert platform == module.NAME
    assert isinstance(module.SCOPES, tuple)
    assert isinstance(module.IGNORED, frozenset)
    assert isinstance(module.VOLATILE, frozenset)
    assert callable(module.open)
    assert len(module.__doc__) > 200
    assert samples(platform), f"put captures into tests/captures/{platform}"
    assert any(sample.parse().items for sample in samples(platform))


@_EVERY
def test_parse_is_pure(sample: Sample) -> None:
    """The same capture always gives the same items and findings, and is left as it was."""
    before = canonical(sample.capture.body)
    assert sample.parse() == sample.parse()
    assert canonical(sample.capture.body) == before


@_EVERY
def test_items_are_well_formed(sample: Sample) -> None:
    """Recorded answers give whole items and no finding that loses anything."""
    parsed = sample.parse()
    _check(parsed)
    assert not [one.code for one in parsed.findings if one.severity == "error"]
    assert not {"H122", "H128"} & {one.code for one in parsed.findings}


@_EVERY
def test_no_other_items_content(sample: Sample) -> None:
    """No payload holds the text of another item of the answer, nor what the capture names as foreign."""
    items = sample.parse().items
    payloads = [one.payload for one in items]
    assert not [text for text in sample.foreign for payload in payloads if text in payload]
    texts = {one.native: json.dumps(one.text, ensure_ascii=False)[1:-1] for one in items if len(one.text) > 12}
    for one in items:
        others = [text for native, text in texts.items() if native != one.native and text not in one.text]
        assert not [text for text in others if text in one.payload]


@_EVERY
def test_a_new_field_is_reported(sample: Sample) -> None:
    """A field nobody knew is named by H121 wherever it would be kept."""
    for place, value in sample.places():
        if not isinstance(value, dict):
            continue
        parsed = sample.parse(sample.body_with((*place, "zzz_new"), "zzz_value"))
        kept = any("zzz_new" in one.payload for one in parsed.items)
        known = any(name in _covered(sample) for name in _names(place))
        reported = any(one.code == "H121" and "zzz_new" in str(one.parameters) for one in parsed.findings)
        assert reported or not kept or known, place


@_PLATFORM
def test_some_new_field_is_reported(platform: str) -> None:
    """In every platform there is a place where a new field is reported."""
    for sample in samples(platform):
        for place, value in sample.places():
            if isinstance(value, dict):
                found = sample.parse(sample.body_with((*place, "zzz_new"), 1)).findings
                if any(one.code == "H121" for one in found):
                    return
    pytest.fail("no new field was reported anywhere")


@_PLATFORM
def test_an_edit_is_another_version_of_the_same_item(platform: str) -> None:
    """Whatever changes an item's text changes its identity and leaves its native id."""
    edits = 0
    for sample in samples(platform):
        before = {one.native: one for one in sample.parse().items}
        for place, value in sample.places():
            if not isinstance(value, str):
                continue
            for one in sample.parse(sample.body_with(place, value + " ändrad")).items:
                known = before.get(one.native)
                if known is not None and known.text != one.text:
                    assert known.identity != one.identity, place
                    edits += 1
    assert edits


@_PLATFORM
def test_counters_make_no_version(platform: str) -> None:
    """Another value of a volatile counter changes counts, never the identity."""
    module: Any = importlib.import_module(f"connectors.platforms.{platform}")
    volatile = {name.rpartition(".")[2] for name in module.VOLATILE}
    moved = 0
    for sample in samples(platform):
        before = {one.native: one for one in sample.parse().items}
        for place, value in sample.places():
            if type(value) is int and volatile.intersection(_names(place[-2:])):
                for one in sample.parse(sample.body_with(place, value + 1)).items:
                    if one.superseded:
                        continue  # an earlier text of an item; the latest comes after it
                    assert one.identity == before[one.native].identity, place
                    moved += one.counts != before[one.native].counts
    assert moved


@_EVERY
def test_hostile_values_give_findings(sample: Sample) -> None:
    """Whatever stands in a field: no exception, whole items only, and an item that is lost is told of."""
    chance = random.Random(sample.name)
    before = {one.native for one in sample.parse().items}
    usual = {one.code for one in sample.parse().findings}
    every = list(sample.places())
    for place, value in chance.sample(every, min(_PLACES, len(every))):
        for hostile in _HOSTILE:
            parsed = sample.parse(sample.body_with(place, hostile))
            _check(parsed)
            lost = before - {one.native for one in parsed.items}
            # A list that is empty or absent is an answer too; anything else in its place must be told of.
            if lost and not isinstance(value, dict | list) and hostile != value:
                renamed = {one.native for one in parsed.items} - before
                assert renamed or {one.code for one in parsed.findings} - usual, (place, str(hostile)[:40])
        if place and isinstance(place[-1], str):
            _check(sample.parse(sample.body_without(place)))


def _covered(sample: Sample) -> set[str]:
    module: Any = importlib.import_module(f"connectors.platforms.{sample.platform}")
    return {part for name in module.IGNORED | module.VOLATILE for part in name.split(".")}


def _names(place: tuple[str | int, ...]) -> list[str]:
    return [step for step in place if isinstance(step, str)]


def _check(parsed: Parsed) -> None:
    """Every item can be stored as it is, and findings carry names and numbers only."""
    for one in parsed.items:
        assert one.native
        assert one.kind in KINDS
        assert re.fullmatch("[0-9a-f]{64}", one.identity)
        json.loads(one.payload)
        words = [one.native, one.text, one.payload, one.language, one.visibility, *one.links]
        words += [
            word for word in (one.author, one.author_native, one.parent_native, one.thread_native) if word is not None
        ]
        for medium in one.media:
            assert medium.role in MEDIA_ROLES
            assert medium.origin
            words += [medium.origin, medium.media_type, medium.alt or "", medium.language]
        for word in words:
            word.encode("utf-8")
        for moment in (one.stated, one.platform_time, one.edited):
            assert moment is None or moment.utcoffset() is not None
        for name, count in one.counts:
            assert name
            assert 0 <= count < 2**63
    for finding in parsed.findings:
        assert re.fullmatch(r"[A-Z]\d{3}", finding.code)
        for name, value in finding.parameters:
            assert len(f"{name}{value}") < 200
            assert "zzz_value" not in str(value)

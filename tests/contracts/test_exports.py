"""The contract of every export module: it knows its own layout, loses nothing in silence, and parse is pure."""

from __future__ import annotations

import importlib
import pickle
import random
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.exports.bundle import Limits, open_bundle
from connectors.exports.opening import formats
from schemas.account import Account, Cadence
from schemas.finding import Finding
from schemas.near import EXPORT, named_by_us
from schemas.neighbours import Bundle, Capture, Parsed
from schemas.payload import canonical
from tests.contracts.test_platforms import _HOSTILE, _check
from tests.exports.sample_world import sample_world

NAMES = sorted(formats())
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = "own-native-id"
_PLACES = 40
_EVERY = pytest.mark.parametrize("name", NAMES)


def made(name: str, folder: Path) -> Path:
    """A generated export of that format."""
    generator: Any = importlib.import_module(f"tests.exports.{name}")
    path: Path = generator.make(folder / name, sample_world())
    return path


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Bundle]:
    """The generated export, opened."""
    path = made(name, folder)
    with open_bundle(path, Limits()) as bundle:
        yield bundle


def account(name: str, *, messages: bool = True) -> Account:
    """An account that the format belongs to."""
    return Account(
        name="kommun",
        platform=formats()[name].PLATFORMS[0],
        handle="alvsjobro",
        authority="arvika-ks",
        harvest=Cadence(messages=messages),
    )


def told(name: str, bundle: Bundle, *, messages: bool = True) -> list[Capture | Finding]:
    """Everything that reading gives."""
    return list(formats()[name].read(bundle, account(name, messages=messages), own=OWN, at=AT))


@dataclass(frozen=True)
class Everything:
    """One format's generated export, read once."""

    name: str
    captures: list[Capture]
    findings: list[Finding]
    own: str

    def parse(self, capture: Capture) -> Parsed:
        """As the module does."""
        return formats()[self.name].parse(capture)


@pytest.fixture(scope="module", params=NAMES)
def everything(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Everything:
    """Every format's generated export."""
    with opened(request.param, tmp_path_factory.mktemp("exports")) as bundle:
        found = told(request.param, bundle)
        own = formats()[request.param].owner(bundle).native
    return Everything(
        request.param,
        [one for one in found if isinstance(one, Capture)],
        [one for one in found if isinstance(one, Finding)],
        own,
    )


@_EVERY
def test_a_format_has_its_constants(name: str) -> None:
    """A module names itself, its platforms and fields, and says in its docstring what the export lacks."""
    module = formats()[name]
    assert name == module.NAME
    assert module.PLATFORMS
    assert isinstance(module.IGNORED, frozenset)
    assert isinstance(module.VOLATILE, frozenset)
    assert len(module.__doc__ or "") > 200
    assert re.search(r"\black", module.__doc__ or "")


def test_each_recognises_its_own_alone(tmp_path: Path) -> None:
    """Of all the generated exports every format recognises its own, and of an empty folder none does."""
    (tmp_path / "empty").mkdir()
    for name in NAMES:
        with opened(name, tmp_path) as bundle:
            assert [one for one in NAMES if formats()[one].recognise(bundle)] == [name]
    with open_bundle(tmp_path / "empty", Limits()) as bundle:
        assert not [one for one in NAMES if formats()[one].recognise(bundle)]


@_EVERY
def test_below_a_folder_and_in_a_zip_it_is_the_same(name: str, tmp_path: Path) -> None:
    """The same export, one folder down in a zip, is recognised and gives the same items."""
    with opened(name, tmp_path) as bundle:
        expected = natives(name, told(name, bundle))
        if any(one.endswith(".car") for one in bundle.names()):
            return
        packed = tmp_path / "packed.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for one in bundle.names():
                with bundle.open(one) as stream:
                    archive.writestr(f"mapp åäö/{one}", stream.read())
    with open_bundle(packed, Limits()) as again:
        assert formats()[name].recognise(again)
        assert len(natives(name, told(name, again))) == len(expected)


def natives(name: str, found: list[Capture | Finding]) -> list[str]:
    """Native ids in the order of the export."""
    module = formats()[name]
    captures = [one for one in found if isinstance(one, Capture)]
    return [seen.native for one in captures for seen in module.parse(one).items]


def test_it_streams_small_groups(everything: Everything) -> None:
    """Captures are small groups of plain JSON values, named without the files' names, and can go to another process."""
    assert everything.captures
    for capture in everything.captures:
        assert capture.endpoint == f"export:{everything.name}"
        assert capture.status == 200
        assert capture.at == AT
        assert capture.context["own"] in (OWN, everything.own)
        assert pickle.loads(pickle.dumps(capture)) == capture


def test_parse_is_pure(everything: Everything) -> None:
    """The same capture always gives the same items and findings, and is left as it was."""
    for capture in everything.captures:
        before = canonical(capture.body)
        assert everything.parse(capture) == everything.parse(capture)
        assert canonical(capture.body) == before


def test_items_are_whole_and_nothing_is_lost(everything: Everything) -> None:
    """A real layout gives whole items, own ones with our own id, and no finding that loses anything."""
    items = 0
    for capture in everything.captures:
        parsed = everything.parse(capture)
        _check(parsed)
        items += len(parsed.items)
        assert not {"H121", "H122", "H126", "H128"} & {one.code for one in parsed.findings}, parsed.findings
        assert not [one for one in parsed.findings if one.severity == "error"]
        for seen in parsed.items:
            assert all(one.origin.startswith(EXPORT) for one in seen.media)
    assert items >= 3
    assert not [one for one in everything.findings if one.severity != "info"]


def test_ids_are_stable_and_each_its_own(everything: Everything, tmp_path: Path) -> None:
    """A second export of the same world gives the same ids in the same order; no two items share one but edits do."""
    with opened(everything.name, tmp_path) as bundle:
        again = natives(everything.name, told(everything.name, bundle))
    first = [seen.native for capture in everything.captures for seen in everything.parse(capture).items]
    assert first == again
    twice = {one for one in first if first.count(one) > 1}
    assert not {one for one in twice if named_by_us(one)}


def test_attachments_lie_in_the_bundle(everything: Everything, tmp_path: Path) -> None:
    """Every attachment's origin names a file of the bundle, and its bytes can be had."""
    with opened(everything.name, tmp_path) as bundle:
        names = set(bundle.names())
        origins = [one.origin.removeprefix(EXPORT) for one in media(everything)]
        assert set(origins) <= names
        for name in origins:
            with bundle.open(name) as stream:
                assert len(stream.read()) == bundle.size(name)


def media(everything: Everything) -> list[Any]:
    """Every attachment of every item."""
    return [one for capture in everything.captures for seen in everything.parse(capture).items for one in seen.media]


@_EVERY
def test_messages_are_taken_only_if_switched_on(name: str, tmp_path: Path) -> None:
    """Without the account's switch no message is read, and an export that has some says so (H140)."""
    with opened(name, tmp_path) as bundle:
        off, on = told(name, bundle, messages=False), told(name, bundle, messages=True)
    module = formats()[name]
    kinds = [
        [seen.kind for one in found if isinstance(one, Capture) for seen in module.parse(one).items]
        for found in (off, on)
    ]
    assert "message" not in kinds[0]
    if "message" in kinds[1]:
        assert [one for one in off if isinstance(one, Finding) and one.code == "H140" and one.severity == "info"]


@_EVERY
def test_another_accounts_names_are_in_no_finding(name: str, tmp_path: Path) -> None:
    """Findings of reading hold codes and numbers, no names of files, folders or persons."""
    with opened(name, tmp_path) as bundle:
        for one in told(name, bundle, messages=False):
            if isinstance(one, Finding):
                assert re.fullmatch(r"[A-Z]\d{3}", one.code)
                assert not re.search("lindqvist|inbox|hemlig", str(one), re.IGNORECASE)


def test_a_new_field_is_reported(everything: Everything) -> None:
    """A field nobody knew is named by H121 wherever it would be kept."""
    module = formats()[everything.name]
    covered = {part for path in module.IGNORED | module.VOLATILE for part in path.split(".")}
    reported = 0
    for capture in everything.captures:
        for place, value in places(capture.body):
            if not isinstance(value, dict):
                continue
            parsed = everything.parse(replace(capture, body=changed(capture.body, (*place, "zzz_new"), "zzz_value")))
            kept = any("zzz_new" in one.payload for one in parsed.items)
            known = any(isinstance(step, str) and step in covered for step in place)
            told_of = any(one.code == "H121" and "zzz_new" in str(one.parameters) for one in parsed.findings)
            reported += told_of
            assert told_of or not kept or known, place
    assert reported


def test_hostile_values_give_findings(everything: Everything) -> None:
    """Whatever stands in a field: no exception, whole items only, and an item that is lost is told of."""
    chance = random.Random(everything.name)
    for capture in everything.captures:
        whole = everything.parse(capture)
        before = {one.native for one in whole.items}
        usual = {one.code for one in whole.findings}
        every = list(places(capture.body))
        for place, value in chance.sample(every, min(_PLACES, len(every))):
            for hostile in _HOSTILE:
                parsed = everything.parse(replace(capture, body=changed(capture.body, place, hostile)))
                _check(parsed)
                lost = len(before) - len(parsed.items)
                if lost > 0 and not isinstance(value, dict | list) and hostile != value:
                    assert {one.code for one in parsed.findings} - usual, (place, str(hostile)[:40])


def test_other_text_is_another_identity(everything: Everything) -> None:
    """Whatever changes an item's text changes its identity or, where ids are made of the text, its id."""
    edits = 0
    for capture in everything.captures:
        before = {one.native: one for one in everything.parse(capture).items}
        for place, value in places(capture.body):
            if not isinstance(value, str):
                continue
            for one in everything.parse(replace(capture, body=changed(capture.body, place, value + " ändrad"))).items:
                known = before.get(one.native)
                edits += known is None or (known.text != one.text and known.identity != one.identity)
    assert edits


def places(body: object) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value in a body with its place."""
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), body)]
    while stack:
        place, value = stack.pop()
        yield place, value
        if isinstance(value, dict):
            stack.extend(((*place, key), one) for key, one in value.items())
        elif isinstance(value, list):
            stack.extend(((*place, at), one) for at, one in enumerate(value))


def changed(body: object, place: tuple[str | int, ...], value: object) -> object:
    """The body with another value at one place; what is not on the way is shared."""
    if not place:
        return value
    copy: Any = dict(body) if isinstance(body, dict) else list(body) if isinstance(body, list) else body
    head = place[0]
    if len(place) == 1:
        copy[head] = value
    else:
        copy[head] = changed(copy[head], place[1:], value)
    return copy

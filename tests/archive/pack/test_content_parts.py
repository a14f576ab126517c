"""The parts of a package's content, each by itself: choice, names of files, records, culled items, the list."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.archive.pack.attached import file_name, original_name
from flows.archive.pack.choose import Chosen, shown, wanted
from flows.archive.pack.describe import agents_of, package_name
from flows.archive.pack.documentation import LIST_HEAD, listed
from flows.archive.pack.records import Known, attachments, case_record, culled_record, system_id
from flows.archive.pack.rows import Place
from flows.keep.addresses import addresses
from schemas.codes import texts
from schemas.codes.words import EVIDENCE
from schemas.delivery import Intent, Profile
from schemas.hold import Mark
from schemas.ids import ItemId, Month, month_of, new_item_id
from schemas.order import Order, Tombstone
from schemas.package import Agent, named, plain_name
from schemas.plan.read import read_plan
from schemas.record import EVIDENCE as KNOWN_EVIDENCE
from schemas.record import MediaRef, Row
from schemas.xml.case_form import check_record
from tests.archive.pack.filled import ORGANISATION, PLAN, file
from tests.cull.archive import ACCOUNT, AUTHORITY
from tests.plan.worlds import make_row

READ = read_plan(PLAN, "1")
MADE = datetime(2026, 1, 15, 9, tzinfo=UTC)
ITEM, PARENT, STRANGER = (new_item_id(Month("2024-05"), bytes([number]) * 10) for number in (1, 2, 3))
KNOWN = Known(plan=READ, authority="Arvika kommunstyrelse", slug=AUTHORITY, platform="mastodon")


def _intent(**changes: object) -> Intent:
    values: dict[str, object] = {
        "id": str(named("x")),
        "number": 12,
        "profile": "arkiv",
        "profile_digest": "",
        "account": ACCOUNT,
        "authority": AUTHORITY,
        "first": Month("2024-05"),
        "last": Month("2024-05"),
        "edition": "1",
        "made": MADE,
        "through": MADE,
        "person": "Eva",
    }
    return Intent(**{**values, **changes})  # type: ignore[arg-type] # the test names fields of Intent


def _stone(item: ItemId = ITEM, *, thread: ItemId = PARENT, rule: str = "ringa", culled: datetime = MADE) -> Tombstone:
    return Tombstone(
        item=item,
        parent=PARENT,
        thread=thread,
        kind="comment",
        rule=rule,
        edition="1",
        order="o",
        culled=culled,
        salt=b"",
    )


@pytest.mark.parametrize(
    ("rule", "reasons", "named_rows", "expected"),
    [
        ("inlagg", ["E120"], (), Chosen(rule="inlagg", due=None, kept=True)),
        ("ringa", ["E121", "E170"], (), Chosen(rule="ringa", due=None, kept=True)),
        ("ringa", ["E122", "E170"], (), Chosen(rule="ringa", due=None, kept=True)),
        (None, ["E103", "E110"], (), Chosen(rule=None, due=None, kept=True)),
        ("kommentar", ["E143", "E170"], (), Chosen(rule="kommentar", due=None, kept=False)),
        ("kommentar", ["E160"], ("kommentar",), Chosen(rule="kommentar", due=None, kept=False)),
        ("kommentar", ["E160"], ("inlagg",), None),
        ("ringa", ["E170"], (), None),
        ("ringa", ["E130", "E170"], (), None),
        ("ovrigt", ["E113"], (), None),
        (None, ["E110"], (), None),
        (None, ["E103"], ("inlagg",), None),
    ],
)
def test_only_what_the_plan_preserves_or_delivers_goes(
    rule: str | None, reasons: list[str], named_rows: tuple[str, ...], expected: Chosen | None
) -> None:
    """Preserved by row, thread, sample or review, or delivered by condition; a hold alone makes nothing go."""
    assert wanted(rule, reasons, READ, named_rows) == expected


def _order(**changes: object) -> Order:
    values: dict[str, object] = {
        "digest": "o",
        "as_of": MADE.date(),
        "made": MADE,
        "edition": "1",
        "plan_digest": "",
        "revision": 1,
        "cull": 1,
        "keep": 0,
        "ask": 0,
    }
    return Order(**{**values, **changes})  # type: ignore[arg-type] # the test names fields of Order


def test_a_culled_item_appears_where_it_stood() -> None:
    """By its thread or parent, or by an order for the account alone; not by an order for several accounts."""
    nothing: frozenset[ItemId] = frozenset()
    stone = _stone(thread=STRANGER)
    assert shown(_stone(), None, _intent(), READ, frozenset({PARENT}), nothing)
    assert not shown(replace(stone, parent=None), None, _intent(), READ, frozenset({PARENT}), nothing)
    ours, several = _order(accounts=(ACCOUNT,)), _order(accounts=(ACCOUNT, "annat"))
    assert shown(replace(stone, parent=None), ours, _intent(), READ, nothing, nothing)
    assert not shown(replace(stone, parent=None), several, _intent(), READ, nothing, nothing)


def test_what_is_culled_after_the_intent_appears_only_if_it_would_have_been_in() -> None:
    """A later culling shows up in a rebuild for items the package held, or that its rows deliver; not for others."""
    later, names, nothing = MADE + timedelta(days=1), frozenset({PARENT}), frozenset[ItemId]()
    assert not shown(_stone(culled=later), None, _intent(), READ, names, nothing)
    assert shown(_stone(culled=later), None, _intent(), READ, names, frozenset({ITEM}))
    assert shown(_stone(culled=later, rule="kommentar"), None, _intent(), READ, names, nothing)
    assert not shown(_stone(culled=later, rule="kommentar"), None, _intent(rules=("inlagg",)), READ, names, nothing)


@settings(max_examples=150, deadline=None)
@given(origin=st.text(max_size=300), media_type=st.text(max_size=40), seed=st.integers(0, 3))
def test_a_files_name_is_plain_whatever_it_was_called(origin: str, media_type: str, seed: int) -> None:
    """Path tricks, reserved names, controls and surrogates never reach the name, which begins with the digest."""
    digest = f"{seed:064x}"
    reference = MediaRef(role="picture", origin=origin, media_type=media_type, digest=digest, size=1)
    name = file_name(digest, reference)
    assert name.startswith(f"{digest[:16]}-")
    assert len(name) <= 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert file_name(digest, reference, {name.lower()}).startswith(f"{digest}-")


@pytest.mark.parametrize(
    ("origin", "media_type", "ending"),
    [
        ("https://x/a/Kök & bad.JPG?sig=1", "", "-Kok-bad.JPG"),
        ("bafyreib2rxk3rw6", "image/jpeg", "-bafyreib2rxk3rw6.jpg"),
        ("../../etc/passwd", "", "-passwd"),
        ("C:\\temp\\nul", "video/mp4; codecs=x", "-fil-nul.mp4"),
        ("", "", "-fil"),
        ("https://x/%C3%A5%2F..%2Fö.png", "", "-o.png"),
    ],
)
def test_a_files_name_says_what_the_original_did(origin: str, media_type: str, ending: str) -> None:
    """The original's last part and ending stay readable; a missing ending comes from the stated type."""
    reference = MediaRef(role="picture", origin=origin, media_type=media_type, digest="a" * 64, size=1)
    assert file_name("a" * 64, reference) == "a" * 16 + ending
    assert "/" not in original_name(reference)


def test_an_attachment_found_later_counts_as_found() -> None:
    """What one version lacks and a later observation brings is there once; what nobody brought is missing."""
    rows = [
        make_row(ITEM, media=(file(None, "https://x/1"), file(None, "https://x/2"))),
        make_row(ITEM, row="observation", media=(file(b"a", "https://x/1"),)),
    ]
    assert [(one.origin, one.digest is None) for one in attachments(rows)] == [
        ("https://x/1", False),
        ("https://x/2", True),
    ]


def _record_of(rows: list[Row], *, marks: tuple[Mark, ...] = (), parent: ItemId | None = None) -> dict[str, object]:
    one = case_record(
        rows[0].item,
        rows,
        number=1,
        place=Place(thread=rows[0].thread, parent=parent, published=rows[0].published),
        chosen=Chosen(rule="inlagg", due=None, kept=True),
        marks=marks,
        known=KNOWN,
        appendices=(),
        document="records/x.xml",
    )
    check_record(one)
    return {name: getattr(one, name) for name in ("title", "dates", "parties", "relations", "values", "extra", "text")}


def test_an_item_without_date_or_author_is_still_a_record() -> None:
    """Without time of publication and author, the first observation dates it and a value says who is not shown."""
    row = make_row(ITEM, published=None, clock="none", author=None, own=False, kind="comment", text=None)
    found = _record_of([row], parent=STRANGER)
    assert str(found["title"]).startswith("Kommentar, odaterad, först iakttagen 2020-06-02")
    assert dict(found["dates"])["created"] == row.observed  # type: ignore[call-overload]
    assert ("Avsändare", "visas inte av plattformen") in found["values"]  # type: ignore[operator]
    assert [party.role for party in found["parties"]] == ["recipient"]  # type: ignore[attr-defined]
    assert found["relations"][0].outside  # type: ignore[index]
    assert found["text"] == ""


def test_an_item_that_is_gone_has_the_day_it_was_seen_gone() -> None:
    """The last look decides: gone is a date; gone and seen again is none."""
    row = make_row(ITEM)
    gone = replace(row, row="sighting", state="gone", evidence="removed-by-author", observed=MADE, text=None)
    back = replace(gone, state="seen", evidence="listing", observed=MADE + timedelta(days=1))
    assert ("deleted", MADE) in _record_of([row, gone])["dates"]  # type: ignore[operator]
    found = _record_of([row, gone, back])
    assert "deleted" not in dict(found["dates"])  # type: ignore[call-overload]
    assert any("borttagen av avsändaren" in text for _, text in found["values"])  # type: ignore[attr-defined]


def test_marks_stand_in_words_without_the_person() -> None:
    """A mark's kind, number and day stand in the record; who made it does not."""
    mark = Mark(item=ITEM, kind="i-arende", person="Ulla Handläggare", at=MADE, on=MADE.date(), dnr="KS 2024/5")
    found = _record_of([make_row(ITEM)], marks=(mark,))
    assert ("ärende", "KS 2024/5") in found["extra"]  # type: ignore[operator]
    assert any("ärendet avslutat 2026-01-15" in text for _, text in found["values"])  # type: ignore[attr-defined]
    assert "Ulla" not in repr(found)


def test_a_culled_record_holds_no_content() -> None:
    """Ids, month, day and rule are all that is left; the same system id as while it lived."""
    one = culled_record(_stone(), 4, KNOWN)
    check_record(one)
    assert one.system_id == system_id(ITEM)
    assert one.culled == MADE.date()
    assert (one.text, one.parties, one.appendices) == ("", (), ())
    assert [kind for kind, _ in one.dates] == ["created"], "the platform did not remove it; we destroyed it"
    assert one.disposal is not None
    assert one.disposal.type == "Kommentar av ringa betydelse"


def test_the_list_passes_every_record_on() -> None:
    """A line each, whatever the ids are, with the header first."""
    sink = io.BytesIO()
    records = [culled_record(_stone(), number, KNOWN) for number in (1, 2)]
    assert list(listed(iter(records), sink)) == records
    lines = sink.getvalue().decode().split("\r\n")
    assert lines[0] + "\r\n" == LIST_HEAD
    assert lines[1].split(";")[:2] == ["1", ITEM]
    assert lines[1].split(";")[4:7] == ["", "", "2026-01-15"]
    assert all(line.count(";") == LIST_HEAD.count(";") for line in lines[:-1])


@pytest.mark.parametrize("length", [60, 79, 85, 90, 96, 200])
def test_a_long_name_is_still_no_other_packages(length: int) -> None:
    """However long a naming is, two packages never have one name, nor do their containers."""
    profile = Profile(name="p", form="eark", naming=f"{'x' * length}-{{number}}")
    names = [package_name(_intent(number=number), profile) for number in (1, 11, 12, 112)]
    assert len({plain_name(f"{name}.tar") for name in names}) == len(names)
    assert all(plain_name(f"{name}.tar") == f"{name}.tar" for name in names)


def test_names_and_agents_fall_back_on_the_home() -> None:
    """A package's name is plain whatever the naming holds; without an archive creator the home's own is named."""
    profile = Profile(name="p", form="eark", naming="Ärendepaket {account} {first}–{last} nr {number}/{id}")
    name = package_name(_intent(), profile)
    assert name.isascii()
    assert "/" not in name
    assert agents_of(profile, ORGANISATION, _intent())[0] == Agent(
        role="archival-creator", name="Arvika kommunstyrelse", code="ORG:212000-1892"
    )


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({"platform": "bluesky", "native": "at://did:plc:abc/app.bsky.feed.post/3k"}, "https://bsky.app/profile/did:plc:abc/post/3k"),
        ({"platform": "x", "native": "1580000000000000009"}, "https://x.com/i/status/1580000000000000009"),
        ({"platform": "facebook", "native": "1_2", "payload": '{"permalink_url":"https://www.facebook.com/1/posts/2"}'}, "https://www.facebook.com/1/posts/2"),
        ({"platform": "facebook", "native": "1_2", "payload": '{"permalink_url":"javascript:alert(1)"}'}, None),
        ({"platform": "x", "native": "x:message:1", "payload": "{"}, None),
    ],
)  # fmt: skip
def test_an_items_address_is_a_web_address_or_none(changes: dict[str, object], address: str | None) -> None:
    """Told by the platform or made of its ids; nothing else passes for an address."""
    assert addresses(make_row(ITEM, **changes)) == (() if address is None else (address,))


def test_every_word_that_can_stand_in_a_sighting_has_its_swedish() -> None:
    """Evidence codes of the archive all have words, and the findings of packaging all have sentences."""
    assert set(EVIDENCE) == KNOWN_EVIDENCE
    assert {f"A24{number}" for number in range(9)} <= texts().keys()
    assert month_of(ITEM) == "2024-05"

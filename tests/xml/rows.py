"""Rows for tests of the record document: any row that the holdings can hold, and one that is hard to write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from schemas.ids import ItemId, Month
from schemas.record import CLOCKS, KINDS, MEDIA_ROLES, ROW_KINDS, STATES, MediaRef, Row
from schemas.xml.record import Header

HEADER = Header(
    authority="ks",
    account="arvika",
    platform="mastodon",
    month=Month("2024-11"),
    part="main",
    made=datetime(2024, 12, 1, 1, 2, 3, 4, UTC),
    edition="2024 års plan",
    salt="ab" * 32,
)

ROW = Row(
    row="version",
    item=ItemId("202411-aaaaaaaaaaaaaaaa"),
    authority="ks",
    platform="mastodon",
    account="arvika",
    kind="post",
    own=True,
    native="https://social.example/@arvika/1",
    author="arvika",
    author_native=None,
    parent=None,
    thread=ItemId("202411-aaaaaaaaaaaaaaaa"),
    parent_native=None,
    thread_native=None,
    published=datetime(2024, 11, 3, 9, 15, 30, 250_000, UTC),
    clock="stated",
    stated=None,
    platform_time=None,
    edited=None,
    observed=datetime(2024, 11, 3, 23, 0, tzinfo=UTC),
    version=1,
    state="seen",
    complete=None,
    evidence=None,
    text="Hej!",
    language="sv",
    links=(),
    visibility="public",
    media=(),
    counts=(),
    identity="0" * 64,
    payload='{"id":"1"}',
    batch="b1",
)

HARD_TEXT = (
    " \t\r\n inledande och avslutande\r\r \u0000\u0001\u000b\u001f\u007f\u0085\u2028\ufffe\uffff\ufdd0"
    "⟦U+0041⟧⟦⟧⟦U+D800⟧\u202e\u200f\u061c\ufeff😀👩‍👩‍👧\U0001fffe"
    "<b>&amp;</b>]]><!-- --><!DOCTYPE x><?pi ?>&#0;&x; "
)

HARD = replace(
    ROW,
    native=HARD_TEXT,
    author=HARD_TEXT,
    author_native="",
    parent=ItemId("202410-bbbbbbbbbbbbbbbb"),
    parent_native=HARD_TEXT,
    thread_native="",
    stated=datetime(1, 1, 1, tzinfo=UTC),
    edited=datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
    complete=False,
    evidence=HARD_TEXT,
    text=HARD_TEXT,
    language="",
    links=("", HARD_TEXT, ""),
    visibility=HARD_TEXT,
    media=(
        MediaRef(role="picture", origin=HARD_TEXT, media_type="", alt="", language=HARD_TEXT),
        MediaRef(role="video", origin="", alt=None, digest="f" * 64, size=0),
    ),
    counts=(("likes", -(2**63)), (HARD_TEXT, 2**63 - 1)),
    identity=None,
    payload=HARD_TEXT,
    batch=HARD_TEXT,
)
"""Every field as awkward as it may be."""

_TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\x00\x0b\r\n\t\ufffe⟦⟧U+< >&\"'\u202e"))
_INSTANTS = st.datetimes(timezones=st.just(UTC))
_ITEMS = st.from_regex(r"\A202411-[a-z2-7]{16}\Z").map(ItemId)
_DIGEST = st.from_regex(r"\A[0-9a-f]{64}\Z")
_MEDIA = st.builds(
    MediaRef,
    role=st.sampled_from(MEDIA_ROLES),
    origin=_TEXT,
    media_type=_TEXT,
    alt=st.none() | _TEXT,
    language=_TEXT,
    digest=st.none() | _DIGEST,
    size=st.none() | st.integers(0, 2**63 - 1),
)


def _short(text: str) -> str:
    return text[:70]


ANY_ROW = st.builds(
    Row,
    row=st.sampled_from(ROW_KINDS),
    item=_ITEMS,
    authority=st.just("ks"),
    platform=st.sampled_from(["mastodon", "bevara"]),
    account=st.just("arvika"),
    kind=st.sampled_from(KINDS),
    own=st.booleans(),
    native=_TEXT,
    author=st.none() | _TEXT,
    author_native=st.none() | _TEXT,
    parent=st.none() | _ITEMS,
    thread=_ITEMS,
    parent_native=st.none() | _TEXT,
    thread_native=st.none() | _TEXT,
    published=st.none() | _INSTANTS,
    clock=st.sampled_from(CLOCKS),
    stated=st.none() | _INSTANTS,
    platform_time=st.none() | _INSTANTS,
    edited=st.none() | _INSTANTS,
    observed=_INSTANTS,
    version=st.integers(0, 2**31 - 1),
    state=st.sampled_from(STATES),
    complete=st.none() | st.booleans(),
    evidence=st.none() | _TEXT.map(_short),
    text=st.none() | _TEXT,
    language=st.none() | _TEXT,
    links=st.lists(_TEXT, max_size=3).map(tuple),
    visibility=st.none() | _TEXT,
    media=st.lists(_MEDIA, max_size=2).map(tuple),
    counts=st.lists(st.tuples(_TEXT.map(_short), st.integers(-(2**63), 2**63 - 1)), max_size=3).map(tuple),
    identity=st.none() | _DIGEST,
    payload=st.none() | _TEXT,
    batch=_TEXT.map(_short),
)
"""Any row of one account and month that the holdings can hold."""

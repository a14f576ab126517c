"""A small real archive with films on three accounts of three platforms, for tests of legal deposit."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from flows.__main__ import run
from flows.deposit.find import Scanned, scan
from flows.deposit.items import Slot, rows_of_items, slots_of
from flows.keep.append import Addition, append
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from schemas.account import Account
from schemas.deposit import Film, Member
from schemas.ids import ItemId, Month, month_of, native_hash
from schemas.neighbours import MediaBytes
from schemas.record import Kind, MediaRef, MediaRole, Row
from schemas.tables import to_table
from tests.cull.archive import ACCOUNT, AUTHORITY, Small

COMMUNICATOR = "Kim Kommunikatör"
"""Has the mandate ``deposit``."""
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
SHOWN = datetime(2026, 1, 12, 10, tzinfo=UTC)
"""When a film is published unless a test says otherwise."""
PAGE, CHANNEL, COMPANY = "sidan", "kanalen", "bolaget"
"""Accounts beside ``ACCOUNT`` (Mastodon): a Facebook Page, a YouTube channel, and a municipal company's Page."""
COMPANY_SLUG = "bostader-ab"
ACCOUNTS: dict[str, tuple[str, str]] = {
    ACCOUNT: ("mastodon", AUTHORITY),
    PAGE: ("facebook", AUTHORITY),
    CHANNEL: ("youtube", AUTHORITY),
    COMPANY: ("facebook", COMPANY_SLUG),
}
PLAN = """
id = "provplan"
title = "Plan för provet"
edition = "1"
authorities = ["arvika-ks", "bostader-ab"]
valid_from = 2025-01-01
[mandate]
body = "Kommunstyrelsen"
date = 2024-12-03
paragraph = "§ 201"
dnr = "KS 2024/99"

[[rule]]
id = "inlagg"
type = "Eget inlägg"
action = "gallra"
period = "2 år"
trigger = "published"
legal = "Gallringsbeslut KS 2024/99"
registration = "no"
{rule}
match = {{ kind = ["post", "reply", "story"] }}

[[rule]]
id = "ovrigt"
type = "Övriga handlingar"
action = "bevara"
reach = "item"
match = {{ kind = {{ not = ["post", "reply", "story"] }} }}
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file of an item: its bytes (None: it could not be fetched) and what it is to the item."""

    data: bytes | None
    role: MediaRole = "video"
    media_type: str = "video/mp4"
    language: str = ""
    origin: str = ""


def cues(text: str = "Hej") -> bytes:
    """A small caption file (WebVTT)."""
    return f"WEBVTT\n\n00:00.000 --> 00:01.000\n{text}\n".encode()


@dataclass(slots=True)
class World(Small):
    """The archive; ``film`` publishes one, ``scan`` finds them."""

    def begin(self, settings: str = "", *, rule: str = "", database: str = "") -> Self:
        """Make it: accounts, a communicator, the municipality's names, and these ``[deposit]`` settings."""
        self.start(text=PLAN.format(rule=rule), database=database)
        self.at = NOW
        with self.open() as home:
            add_person(home.ground, COMMUNICATOR, "kommunikatör")
            for name, (platform, authority) in ACCOUNTS.items():
                if name != ACCOUNT:
                    add_account(
                        home.ground,
                        Account(name=name, platform=platform, handle=f"{name}@test", authority=authority),
                    )
        self.settings(settings)
        return self

    def settings(self, text: str = "") -> None:
        """Write the municipality's names and these settings in place of those that were written before."""
        file = self.root / "hem" / "bevara.toml"
        before = file.read_text("utf-8").partition("[organisation]")[0]
        names = (
            '[organisation]\nname = "Arvika kommun"\ncode = "ORG:212000-1892"\n'
            '[organisation.authorities]\narvika-ks = "Arvika kommunstyrelse"\nbostader-ab = "Arvika Bostäder AB"\n'
        )
        file.write_text(f"{before}{names}\n{text}", encoding="utf-8")

    def instant(self, at: datetime) -> None:
        """Set the clock."""
        self.at = at

    # -- publishing

    def film(
        self,
        data: bytes | None = b"film",
        *,
        account: str = ACCOUNT,
        at: datetime = SHOWN,
        text: str = "Så sorterar du",
        kind: Kind = "post",
        files: Sequence[File] = (),
        captions: Sequence[bytes] = (),
        payload: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> ItemId:
        """Publish a post with one film (and what ``files`` adds); returns its item.

        On YouTube the item is the film and no file of it is handed out: ``data`` is not used, ``payload`` says more.
        """
        platform, authority = ACCOUNTS[account]
        if platform == "youtube":
            some = [File(b"\xff\xd8\xff bild", "thumbnail", "image/jpeg")]
        else:
            some = [File(data)] if data is not None or not files else []
        some += [File(one, "caption", "text/vtt", "sv") for one in captions]
        told = {
            "id": f"n{self.made + 1}",
            **(youtube(text) if platform == "youtube" else {"text": text}),
            **(payload or {}),
        }
        row = self.row(
            kind,
            at,
            platform=platform,
            account=account,
            authority=authority,
            text=text,
            payload=json.dumps(told, ensure_ascii=False),
            identity="0" * 64,
            links=(),
        )
        if platform == "youtube":
            row = replace(row, native=f"vid{self.made:08d}")
        row = replace(row, **changes)
        return self.store(row, [*some, *files])

    def edition(
        self, item: ItemId, *files: File, at: datetime | None = None, text: str = "Rättad", **changes: Any
    ) -> None:
        """A new version of an item, with these files instead of what it had."""
        row = self.newest(item)
        when = at or self.at
        values: dict[str, Any] = {"version": row.version + 1, "edited": when, "observed": when, "text": text, **changes}
        self.store(replace(row, media=(), **values), files, new=False)

    def found_later(self, item: ItemId, *files: File, at: datetime | None = None) -> None:
        """Files that were fetched or brought after the version was seen (an observation)."""
        row = self.newest(item)
        later = replace(
            row, row="observation", observed=at or self.at, text=None, payload=None, media=(), identity=None
        )
        self.store(later, files, new=False)

    def store(self, row: Row, files: Sequence[File] = (), *, new: bool = True) -> ItemId:
        """Append one row with its files, as a harvest does."""
        self.made += 1
        batch = f"f{self.made:019d}"
        media: dict[str, MediaBytes] = {}
        refs = [*row.media]
        for number, one in enumerate(files):
            digest = None if one.data is None else hashlib.sha256(one.data).hexdigest()
            refs.append(
                MediaRef(
                    role=one.role,
                    origin=one.origin or f"https://test/media/{row.item}/{row.version}/{number}",
                    media_type=one.media_type,
                    language=one.language,
                    digest=digest,
                    size=None if one.data is None else len(one.data),
                )
            )
            if digest is not None and one.data is not None:
                media[digest] = MediaBytes(
                    file=io.BytesIO(one.data), digest=digest, size=len(one.data), media_type=one.media_type
                )
        row = replace(row, media=tuple(refs), batch=batch)
        with self.open() as home:
            ground = home.ground
            addition = Addition(
                batch=batch,
                tables={(row.authority, Month(month_of(row.item))): to_table([row])},
                natives=[(native_hash(home.native_key(), row.authority, row.platform, row.native), row.item)]
                if new
                else (),
                media=media,
                references=[(row.item, digest) for digest in media],
                act="harvest.batch",
                subject=row.account,
            )
            with ground.state.hold_lease(f"account:{row.account}") as lease:
                append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(batch), at=self.at)
        return row.item

    # -- looking

    def rows(self, item: ItemId) -> list[Row]:
        """All rows of an item."""
        with self.open() as home:
            return rows_of_items(home.ground, [item])[item]

    def newest(self, item: ItemId) -> Row:
        """Its newest version."""
        return max((row for row in self.rows(item) if row.row == "version"), key=lambda row: row.version)

    def slots(self, item: ItemId) -> list[Slot]:
        """The films of an item."""
        with self.open() as home:
            return slots_of(home, rows_of_items(home.ground, [item])[item])

    def scan(self) -> Scanned:
        """Find films."""
        with self.open() as home:
            return scan(home)

    def films(self) -> list[Film]:
        """Every film by number."""
        with self.open() as home, home.ground.state.reading() as books:
            return list(books.films.all())

    def members(self, film: str | None = None) -> list[Member]:
        """Members of one film or of all."""
        with self.open() as home, home.ground.state.reading() as books:
            return list(books.films.members(film))

    def film_of(self, item: ItemId) -> Film:
        """The film of an item that has one."""
        with self.open() as home, home.ground.state.reading() as books:
            (member,) = books.films.of_items([item])
            found = books.films.get(member.film)
        assert found is not None
        return found

    def stand(self, film: str, **changes: Any) -> Film:
        """Let a film stand elsewhere, as the state database has it; no act of anybody's."""
        with self.open() as home, home.ground.state.writing() as books:
            before = books.films.get(film)
            assert before is not None
            after = replace(before, changed=self.at, **changes)
            books.films.put(after)
        return after

    def together(self) -> set[frozenset[ItemId]]:
        """Items by the film that they share."""
        films: dict[str, set[ItemId]] = {}
        for one in self.members():
            films.setdefault(one.film, set()).add(one.item)
        return {frozenset(items) for items in films.values()}

    def acts(self, subject: str) -> list[str]:
        """Acts of the ledger that name the subject, in order."""
        with self.open() as home, home.ground.state.reading() as books:
            return [json.loads(link.body)["act"] for link in books.ledger.about(subject)]

    def command(self, *arguments: str, code: int = 0) -> Any:
        """The answer of a command with ``--json``."""
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            answer = run(["--home", str(self.root / "hem"), "--at", self.at.isoformat(), "--json", *arguments])
        assert answer == code, (answer, told.getvalue())
        return json.loads(told.getvalue())


def youtube(title: str, *, seconds: int = 61, live: str = "none", privacy: str = "public") -> dict[str, Any]:
    """What YouTube tells of a video (``videos.list``), the parts that say what it is."""
    minutes, rest = divmod(seconds, 60)
    return {
        "kind": "youtube#video",
        "snippet": {"title": title, "description": "", "liveBroadcastContent": live},
        "contentDetails": {"duration": f"PT{minutes}M{rest}S", "caption": "false"},
        "status": {"privacyStatus": privacy, "uploadStatus": "processed"},
    }


def days(number: float) -> timedelta:
    """So many days."""
    return timedelta(days=number)

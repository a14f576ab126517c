"""A small archive with everything that can go into a package: edits, visitors, films, losses, secrecy, hostile words."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.archive.pack.content import Content, collect
from flows.keep.append import Addition, append
from flows.oversee.marks import mark_items
from schemas.delivery import Intent, Profile
from schemas.ground import Home, Organisation
from schemas.ids import ItemId, Month, month_of, native_hash
from schemas.neighbours import MediaBytes
from schemas.package import Agent, named
from schemas.record import MediaRef, MediaRole, Row
from schemas.shelf import medium
from schemas.tables import to_table
from tests.cull.archive import ACCOUNT, AUTHORITY, OFFICER, PROPOSER, Small
from tests.standards import standards

PLAN = """
id = "paketplan"
title = "Plan för paketen"
edition = "1"
authorities = ["arvika-ks"]
[mandate]
body = "Kommunstyrelsen"
date = 2024-12-03
paragraph = "§ 201"
dnr = "KS 2024/99"

[[rule]]
id = "inlagg"
type = "Eget inlägg"
klassa = "1.2.3"
action = "bevara"
reach = "item"
match = { kind = ["post", "reply", "visitor_post"] }

[[rule]]
id = "kommentar"
type = "Kommentar"
klassa = "1.2.3"
action = "gallra"
period = "2 år"
trigger = "published"
conditions = ["e-arkiv"]
match = { kind = ["comment"], marks = { forbidden = ["ringa"] } }

[[rule]]
id = "ringa"
type = "Kommentar av ringa betydelse"
action = "gallra"
trigger = "inaktuell"
match = { kind = ["comment"], marks = { required = ["ringa"] } }

[[rule]]
id = "ovrigt"
type = "Övriga handlingar"
action = "granska"
match = { kind = { not = ["post", "reply", "visitor_post", "comment"] } }
"""

MAY, JUNE = datetime(2024, 5, 3, 10, tzinfo=UTC), datetime(2024, 6, 10, 8, 30, tzinfo=UTC)
SINCE = datetime(2025, 12, 1, 3, tzinfo=UTC)
THROUGH = datetime(2026, 1, 14, 3, tzinfo=UTC)
MADE = datetime(2026, 1, 15, 9, tzinfo=UTC)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180e5a6a1b70000000049454e44ae426082"
)
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(5000)
HOSTILE = "</text><evil a='1'>&amp; \u202eomvänd\u0000\ufffe ⟦U+0000⟧ =HYPERLINK(\"x\") \U0001f9d1\u200d\U0001f33e"
AUTHOR = "<script>Åke Ö & \u0007Söner</script>"

ORGANISATION = Organisation(
    name="Arvika kommun",
    code="ORG:212000-1892",
    authorities={AUTHORITY: "Arvika kommunstyrelse"},
    collections={AUTHORITY: {2024: "KS 2024/12"}},
)
EARK = Profile(
    name="arkiv",
    form="eark",
    profile="https://earksip.dilcis.eu/profile/E-ARK-SIP.xml",
    type="Datasets",
    archive_name="Kommunstyrelsens arkiv",
    agreement="KA 2025/17;2025-09-01",
    agents=(
        Agent(role="archival-creator", name="Arvika kommunstyrelse", code="ORG:212000-1892"),
        Agent(role="submitter", name="Arvika kommun", code="ORG:212000-1892"),
    ),
    mets_name="METS.xml",
)
FGS12 = replace(
    EARK,
    name="gammal",
    form="fgs12",
    profile="http://xml.ra.se/e-arkiv/METS/CommonSpecificationSwedenPackageProfile.xml",
    type="ERMS",
    agents=(
        *EARK.agents,
        Agent(role="source-system", name="Bevara", notes=("1",)),
    ),
    mets_name="sip.xml",
    container="zip",
)


def digest(data: bytes) -> str:
    """SHA-256 as media are named."""
    return hashlib.sha256(data).hexdigest()


def file(data: bytes | None, origin: str, role: MediaRole = "picture", **changes: object) -> MediaRef:
    """An attachment; None = it could not be fetched."""
    values: dict[str, object] = {"role": role, "origin": origin, "alt": "En katt på torget"}
    if data is not None:
        values |= {"digest": digest(data), "size": len(data)}
    return MediaRef(**{**values, **changes})  # type: ignore[arg-type] # the test names fields of MediaRef


@dataclass(slots=True)
class Filled:
    """The archive, its items by name, and what a package of it is asked for by.

    What is collected reads its files as long as its home is open: ``opened`` closes those homes.
    """

    small: Small
    items: dict[str, ItemId] = field(default_factory=dict)
    opened: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def open(self) -> Iterator[Home]:
        """The home, with the municipality's names and the official schemas where there are any."""
        with self.small.open() as home:
            folder = _standards()
            yield replace(home, organisation=ORGANISATION, schemas_dir=folder)

    def put(self, rows: Sequence[Row], files: Mapping[str, bytes] | None = None, *, new: bool = True) -> None:
        """Append rows with their attachments as a harvest does."""
        with self.small.open() as home:
            ground, key = home.ground, home.native_key()
            self.small.made += 1
            batch = f"f{self.small.made}"
            tables: dict[tuple[str, Month], list[Row]] = {}
            for row in rows:
                tables.setdefault((row.authority, month_of(row.item)), []).append(replace(row, batch=batch))
            found = {
                digest(data): MediaBytes(file=io.BytesIO(data), digest=digest(data), size=len(data), media_type="")
                for data in (files or {}).values()
            }
            addition = Addition(
                batch=batch,
                tables={name: to_table(some) for name, some in tables.items()},
                natives=[(native_hash(key, row.authority, row.platform, row.native), row.item) for row in rows]
                if new
                else [],
                media=found,
                references=[
                    (row.item, one.digest) for row in rows for one in row.media if one.digest and one.digest in found
                ],
                act="harvest.batch",
                subject=ACCOUNT,
            )
            with ground.state.hold_lease(f"account:{ACCOUNT}") as lease:
                append(ground.state, ground.store, lease, addition, chance=ground.chance.fork(batch), at=self.small.at)

    def intent(self, **changes: object) -> Intent:
        """What a package is asked for by."""
        values: dict[str, object] = {
            "id": str(named("package", "prov", "7")),
            "number": 7,
            "profile": "arkiv",
            "profile_digest": "0" * 64,
            "account": ACCOUNT,
            "authority": AUTHORITY,
            "first": Month("2024-05"),
            "last": Month("2024-06"),
            "as_of": "2026-01-15",
            "edition": "1",
            "made": MADE,
            "through": THROUGH,
            "person": PROPOSER,
        }
        return Intent(**{**values, **changes})  # type: ignore[arg-type] # the test names fields of Intent

    def collect(self, spool: Path, profile: Profile = EARK, **changes: object) -> Content:
        """The content of a package."""
        spool.mkdir(parents=True, exist_ok=True)
        return collect(self.opened.enter_context(self.open()), self.intent(**changes), profile, spool)

    def fill(self) -> None:
        """Everything that the tests ask about."""
        small = self.small
        post = small.row(
            published=MAY,
            text="Torget är öppet!",
            links=("https://arvika.se/torget",),
            counts=(("likes", 3),),
            media=(
                file(PICTURE, "https://test/media/Åsna på torget.png?token=1"),
                file(FILM, "https://test/media/film.mp4", "video", alt=None),
                file(None, "https://test/media/borta.jpg"),
                file(b"", "https://test/../../etc/passwd", "document", alt=None),
            ),
        )
        edited = replace(
            post,
            version=2,
            text="Torget är stängt.",
            edited=MAY + timedelta(hours=2),
            observed=MAY + timedelta(hours=3),
            counts=(("likes", 9),),
            identity=digest(b"1"),
        )
        caption = replace(
            post,
            row="observation",
            identity=None,
            observed=MAY + timedelta(hours=4),
            text=None,
            payload=None,
            counts=(),
            media=(file(b"WEBVTT\n\n", "https://test/media/film.vtt", "caption", alt=None, language="sv"),),
        )
        hostile = small.row(
            "comment",
            published=MAY + timedelta(minutes=5),
            author=AUTHOR,
            author_native="acct:evil",
            text=HOSTILE,
            parent=post.item,
            thread=post.item,
            parent_native=post.native,
            media=(file(PICTURE, "../../CON"),),
            payload='{"url":"https://test/@evil/5"}',
        )
        hidden = replace(
            hostile,
            row="sighting",
            identity=None,
            observed=MAY + timedelta(days=2),
            state="hidden",
            evidence="hidden-by-us",
            text=None,
            payload=None,
            media=(),
            complete=True,
        )
        minor = small.row("comment", published=MAY + timedelta(minutes=6), parent=post.item, thread=post.item)
        reply = small.row("reply", published=JUNE, parent=hostile.item, thread=post.item, text="Vi beklagar.")
        secret = small.row(
            "visitor_post", published=JUNE + timedelta(hours=1), own=False, text="Mitt personnummer är …"
        )
        lost = small.row(published=JUNE + timedelta(hours=2), media=(file(b"borttappad", "https://test/m/lost.gif"),))
        late = small.row(published=JUNE + timedelta(hours=3), observed=THROUGH + timedelta(hours=1))
        again = replace(
            post, version=3, text="Efteråt.", observed=THROUGH + timedelta(hours=1), identity=digest(b"2"), media=()
        )
        other = small.row(published=MAY, account="annat")
        story = small.row("story", published=MAY)
        outside = small.row(published=MAY - timedelta(days=60))
        names = ("post", "hostile", "minor", "reply", "secret", "lost", "late", "other", "story", "outside")
        found = (post, hostile, minor, reply, secret, lost, late, other, story, outside)
        rows = [replace(row, identity=digest(row.native.encode())) for row in found]
        self.items = {name: row.item for name, row in zip(names, rows, strict=True)}
        files = {"p": PICTURE, "f": FILM, "e": b"", "c": b"WEBVTT\n\n", "l": b"borttappad"}
        self.put(rows, files)
        self.put([edited, caption, hidden, again], files, new=False)
        with small.open() as home:
            home.ground.store.destroy(medium(digest(b"borttappad")))
        at = small.at
        small.at = datetime(2025, 12, 2, 9, tzinfo=UTC)
        self.mark("secret", "sekretess", provision="OSL 21:1", authority="Arvika kommunstyrelse")
        self.mark("post", "registrerad", dnr="KS 2024/77")
        self.mark("minor", "ringa")
        small.at = at

    def mark(self, name: str, kind: str, **words: object) -> None:
        """A person says something of an item."""
        with self.small.open() as home:
            mark_items(home.ground, [self.items[name]], kind, OFFICER, **words)  # type: ignore[arg-type] # named by the test


def _standards() -> Path | None:
    """The official schemas, where they lie on this machine; unlike in ``tests.standards`` nothing is skipped."""
    try:
        return standards()
    except pytest.skip.Exception:
        return None

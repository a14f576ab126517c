"""An account's look as a document: screenshots first, then profile, rules and the latest threads. Pure but for pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.archive.look import Look, Thread
from flows.keep.addresses import addresses
from flows.keep.blocks import Album, block_of, local, media_of
from flows.keep.renditions import MADE_OF_DATA, PICTURES_TOGETHER, WITHHELD, Pictures, platform_name
from schemas.account import Account
from schemas.calendar import local_day
from schemas.ground import Organisation
from schemas.ids import ItemId
from schemas.record import Row
from schemas.rendering import Attached, Block, Image, Rendering, Section

_SHOWN_ROLES: Final = frozenset({"picture", "thumbnail"})
_FIRST: Final = "Först står skärmbilder som en handläggare har tagit. Det som följer är gjort ur insamlade data."


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a snapshot says beside what the account shows.

    Attributes:
        account, organisation: whose look it is. at: when it is taken, UTC. person: who takes it; empty = Bevara.
        collection: diary number of the year's collected matter, or empty. screenshots: given by an officer.
        secret: items that are marked secret; a stub stands in their place.
    """

    account: Account
    organisation: Organisation
    at: datetime
    person: str = ""
    collection: str = ""
    screenshots: tuple[Image, ...] = ()
    secret: frozenset[ItemId] = frozenset()


def rendering_of(look: Look, setting: Setting, pictures: Pictures) -> tuple[Rendering, int]:
    """The document, and how many pictures it has beside the screenshots. The same values give the same document."""
    album = Album(pictures, PICTURES_TOGETHER)
    account = setting.account
    sections = [
        *([Section(heading="Skärmbilder", images=setting.screenshots)] if setting.screenshots else []),
        Section(heading="Om återgivningen", paragraphs=tuple(_about(look, setting))),
        _profile(look, setting, album),
        *_rules(look, setting, album),
        _threads(look, setting, album),
    ]
    rendering = Rendering(
        title=f"Ögonblicksbild av ett konto på {platform_name(account.platform)} {local_day(setting.at).isoformat()}",
        subtitle=account.handle,
        notice=f"{MADE_OF_DATA}\n{_FIRST}" if setting.screenshots else MADE_OF_DATA,
        made=setting.at,
        fields=tuple(_fields(setting)),
        sections=tuple(sections),
        attached=tuple(_attached(look.profile, setting)),
        keywords=(account.name,),
    )
    shown = sum(len(block.images) for section in sections for block in section.blocks)
    return rendering, shown + sum(len(one.images) for one in sections if one.heading != "Skärmbilder")


def _fields(setting: Setting) -> Iterator[tuple[str, str]]:
    account, organisation = setting.account, setting.organisation
    authority = organisation.authority(account.authority)
    yield "Myndighet", f"{organisation.name}, {authority}" if organisation.name else authority
    yield "Plattform", platform_name(account.platform)
    yield "Konto", f"{account.handle} ({account.name})"
    if account.unit:
        yield "Ansvarig enhet", account.unit
    yield "Tagen", local(setting.at)
    yield "Tagen av", setting.person or "Bevara, enligt schema"
    if setting.collection:
        yield "Samlingsärende", setting.collection


def _about(look: Look, setting: Setting) -> Iterator[str]:
    yield MADE_OF_DATA
    yield "Alla tider är svensk tid (Europe/Stockholm)."
    yield (
        "Här står det som besökare kunde se på kontot enligt den senaste insamlingen: profilen, sidreglerna om arkivet "
        "har dem, och de senaste inläggen med kommentarer och bilder. Det som var dolt, borttaget eller privat är inte "
        "med; det står hur mycket det var."
    )
    if setting.secret & set(look.items):
        yield "Handlingar som är sekretessmarkerade visas inte; där de stod finns en markering."


def _profile(look: Look, setting: Setting, album: Album) -> Section:
    row = look.profile
    if row is None:
        return Section(heading="Profil", paragraphs=("Arkivet har ingen profil för kontot.",))
    if row.item in setting.secret:
        return Section(heading="Profil", paragraphs=(WITHHELD,))
    fields = [
        ("Namn på plattformen", row.author or setting.account.handle),
        ("Lydelse", f"{row.version}, iakttagen {local(row.observed)}"),
        *(("Länk", link) for link in row.links[:20]),
        *(("Adress", one) for one in addresses(row)[:1]),
    ]
    images, missing = _images(look.profile_rows, row, album)
    paragraphs = [row.text or "Profilen har ingen text.", *missing]
    return Section(heading="Profil", fields=tuple(fields), paragraphs=tuple(paragraphs), images=images)


def _rules(look: Look, setting: Setting, album: Album) -> Iterator[Section]:
    row = look.rules
    if row is None or row.item in setting.secret:
        return
    when = row.published or row.observed
    images, missing = _images(look.rules_rows, row, album)
    yield Section(
        heading="Sidregler",
        fields=(("Gäller från", local_day(when).isoformat()),),
        paragraphs=(row.text or "Reglerna har ingen text.", *missing),
        images=images,
    )


def _images(rows: tuple[Row, ...], latest: Row, album: Album) -> tuple[tuple[Image, ...], list[str]]:
    images, missing = [], []
    for number, (one, current) in enumerate(media_of(rows, latest), 1):
        if not current:
            continue
        data = album.take(one) if one.role in _SHOWN_ROLES else None
        if data is not None:
            images.append(Image(name=f"bild {number} (SHA-256 {one.digest})", data=data, alt=one.alt or ""))
        else:
            missing.append(
                f"Fil {number} ({one.media_type or one.role}) visas inte här. SHA-256: {one.digest or 'okänd'}"
            )
    return tuple(images), missing


def _threads(look: Look, setting: Setting, album: Album) -> Section:
    blocks = [block for one in look.threads for block in _blocks(one, setting, album)]
    unseen = sum(one.unseen for one in look.threads)
    paragraphs = [] if blocks else ["Arkivet har inga inlägg som besökare kunde se."]
    if unseen:
        paragraphs.append(f"Dolda, borttagna eller privata i dessa trådar, inte visade: {unseen}.")
    return Section(heading="Senaste inläggen", paragraphs=tuple(paragraphs), blocks=tuple(blocks))


def _blocks(thread: Thread, setting: Setting, album: Album) -> Iterator[Block]:
    for node in thread.nodes:
        if node.item is None:
            continue
        if node.item in setting.secret:
            yield Block(head="", depth=node.depth, stub=WITHHELD)
        else:
            yield block_of(thread.rows[node.item], depth=node.depth, focus=False, album=album)
    if thread.more:
        yield Block(head="", depth=1, stub=f"[{thread.more} kommentarer till visas inte här]")


def _attached(profile: Row | None, setting: Setting) -> Iterator[Attached]:
    """The profile as the platform gave it, in the PDF: what the pages were made of; not when it is marked secret."""
    if profile is not None and profile.payload is not None and profile.item not in setting.secret:
        yield Attached(
            name="profil.json",
            media_type="application/json",
            data=profile.payload.encode("utf-8", "surrogatepass"),
            description="Profilen som plattformen lämnade den",
        )

"""The record for KB: made once, of what was decided and what the archive had at one instant."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.deposit.decide import decide, join
from flows.deposit.describe import Described, cut, describe, own_words, publisher_address
from flows.deposit.originals import bring
from flows.oversee.marks import mark_items
from schemas.deposit import Film, Host, Part, Resource, Told
from schemas.ids import ItemId
from schemas.package import RecordStatus
from tests.cull.archive import ACCOUNT, OFFICER
from tests.deposit.world import CHANNEL, COMMUNICATOR, PAGE, SHOWN, File, World, cues, youtube
from tests.films import VTT, make, pdf

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def _yes(world: World, film: Film, told: Told | None = None, **more: Any) -> Film:
    with world.open() as home:
        return decide(home, [film.id], True, "Informationsfilm", COMMUNICATOR, told or Told(), **more)[0]


def _describe(world: World, film: Film, through: datetime | None = None, status: RecordStatus = "NEW") -> Described:
    with world.open() as home:
        return describe(home, film, made=world.at, through=through or world.at, delivery="bevara-1", status=status)


def _resource(found: Described) -> Resource:
    assert found.resource is not None, found.findings
    assert all(one.severity != "error" for one in found.findings)
    return found.resource


def _refused(found: Described) -> set[str]:
    assert found.resource is None
    return {one.code for one in found.findings if one.severity == "error"}


def _told(found: Described) -> list[str]:
    return [one.code for one in found.findings]


def _film(world: World, item: ItemId) -> Film:
    world.scan()
    return world.film_of(item)


def _named(found: Described) -> dict[str, Part]:
    return {one.role: one for one in _resource(found).parts}


def test_everything_that_is_known_is_said(world: World, film_files: Mapping[str, Path]) -> None:
    """Title, text, addresses, services, publisher, digests and format come from decision, rows, settings and bytes."""
    data = film_files["plain.mp4"].read_bytes()
    first = world.film(
        data,
        text="Så sorterar du @anna@mastodon.test\nLäs mer: info@arvika.se",
        captions=[VTT.encode()],
        files=[File(JPEG, "thumbnail", "image/jpeg")],
    )
    world.film(
        data,
        account=PAGE,
        at=SHOWN + timedelta(days=1),
        text="Också här",
        payload={"permalink_url": "https://www.facebook.com/arvika/posts/1?access_token=hemligt"},
    )
    film = _film(world, first)
    assert len(world.members(film.id)) == 2
    told = Told(
        page="https://www.arvika.se/sortera",
        genre="videorecording",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        related=("https://www.arvika.se/avfall",),
        password="öppna",
    )
    found = _describe(world, _yes(world, film, told))
    resource = _resource(found)
    assert found.findings == ()
    assert (resource.title, resource.abstract) == ("Så sorterar du", "Så sorterar du\nLäs mer: info@arvika.se")
    assert resource.available == SHOWN
    assert resource.locations[:2] == (told.page, world.newest(first).native)
    assert "hemligt" not in repr(resource)
    assert resource.hosts == (
        Host(name="www.arvika.se", address="https://www.arvika.se"),
        Host(name="test", address="https://test"),
        Host(name="Facebook", address="https://www.facebook.com"),
    )
    assert (resource.publisher, resource.publisher_uri) == (
        "Arvika kommun",
        "http://id.kb.se/organisations/SE2120001892",
    )
    assert (resource.access, resource.language, resource.genre, resource.password) == (
        "gratis",
        "swe",
        "videorecording",
        "öppna",
    )
    assert (resource.type_of_resource, resource.status, resource.identifier) == (
        "moving image",
        "NEW",
        f"bevara-film-{film.number}",
    )
    assert (resource.page, resource.related) == (told.page, told.related)
    parts = _named(found)
    assert list(parts) == ["publication", "supplement", "coverpicture"]
    publication = parts["publication"]
    assert (publication.digest, publication.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert publication.md5 == hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert (publication.format.puid, publication.format.media_type) == ("fmt/199", "video/mp4")
    assert (publication.name, publication.source, publication.created) == (
        f"bevara-film-{film.number}.mp4",
        "platform",
        SHOWN,
    )
    assert (parts["supplement"].name, parts["supplement"].language) == (f"bevara-film-{film.number}.swe.vtt", "swe")
    assert parts["coverpicture"].name == f"bevara-film-{film.number}-bild.jpg"


def test_the_owners_original_comes_before_the_platforms_file(world: World, film_files: Mapping[str, Path]) -> None:
    """Of several originals the one that came last is used, and that is told; its name stays, made plain."""
    film = _yes(world, _film(world, world.film(film_files["plain.mp4"].read_bytes())))
    with world.open() as home:
        bring(home, film_files["film.webm"], film.id, COMMUNICATOR)
    first = _describe(world, film)
    assert (_named(first)["publication"].name, _told(first)) == ("film.webm", [])
    then = world.at
    world.later(hours=1)
    with world.open() as home:
        bring(home, film_files["silent.mp4"], film.id, COMMUNICATOR)
    second = _describe(world, film)
    part = _named(second)["publication"]
    assert (part.name, part.source, part.original_name, _told(second)) == (
        "silent.mp4",
        "original",
        "silent.mp4",
        ["L156"],
    )
    assert _describe(world, film, then).resource == first.resource


def test_the_largest_picture_is_chosen_of_the_platforms_files(world: World, tmp_path: Path) -> None:
    """Law 10 §: of several forms the one that is best suited to be preserved."""
    small = make(tmp_path / "liten.mp4", size="160x90", colour="red").read_bytes()
    large = make(tmp_path / "stor.mp4", size="640x360", colour="red").read_bytes()
    film = _film(world, world.film(small, text="Samma"))
    other = _film(world, world.film(large, text="Samma", account=PAGE, at=SHOWN + timedelta(hours=1)))
    if other.id != film.id:
        with world.open() as home:
            film = join(home, film.id, other.id, COMMUNICATOR)
    found = _describe(world, _yes(world, film))
    assert _named(found)["publication"].digest == hashlib.sha256(large).hexdigest()
    assert _resource(found).available == SHOWN


def test_without_a_file_the_original_is_asked_for(world: World) -> None:
    """YouTube hands out no file: the record cannot be made until the owner brings one."""
    film = _yes(world, _film(world, world.film(account=CHANNEL, payload=youtube("På kanalen", seconds=2))))
    assert _refused(_describe(world, film)) == {"L151"}
    lost = _yes(world, _film(world, world.film(None, text="Ingen fil", files=[File(None)])))
    assert _refused(_describe(world, lost)) == {"L151"}


def test_youtubes_title_and_address_are_used(world: World, film_files: Mapping[str, Path]) -> None:
    """The platform's own title goes before the text; the address is the film's page there."""
    item = world.film(account=CHANNEL, payload=youtube("Badplatserna <b>öppnar</b> & \u202e\x07mer", seconds=2))
    film = _yes(world, _film(world, item))
    with world.open() as home:
        bring(home, film_files["plain.mp4"], film.id, COMMUNICATOR)
    resource = _resource(_describe(world, film))
    assert resource.title == "Badplatserna <b>öppnar</b> & mer"
    assert resource.locations == (f"https://www.youtube.com/watch?v={world.newest(item).native}",)
    assert resource.hosts == (Host(name="YouTube", address="https://www.youtube.com"),)


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "L152"), (b"ingen film", "L153"), (b"<html>logga in</html>" * 99, "L153")]
)
def test_what_is_no_film_is_not_handed_over(world: World, data: bytes, code: str) -> None:
    """An empty file, or one that cannot be played, stops the record with its code."""
    assert _refused(_describe(world, _yes(world, _film(world, world.film(data))))) == {code}


def test_a_protected_file_is_not_handed_over(world: World, tmp_path: Path) -> None:
    """KB is handed the open file: an encrypted document stops the record, and an open original mends it."""
    open_one = pdf(tmp_path / "oppen.pdf")
    locked = open_one.read_bytes().replace(b"trailer\n<<", b"trailer\n<</Encrypt 9 0 R ")
    assert locked != open_one.read_bytes()
    item = world.film(None, files=[File(locked, "document", "application/pdf")], text="Rapport")
    film = _yes(world, _film(world, item))
    assert _refused(_describe(world, film)) == {"L154"}
    with world.open() as home:
        bring(home, open_one, film.id, COMMUNICATOR)
    resource = _resource(_describe(world, film))
    assert (resource.type_of_resource, resource.parts[0].name, len(resource.parts)) == ("text", "oppen.pdf", 1)


def test_bytes_that_are_lost_or_wrong_are_never_described(world: World, film_files: Mapping[str, Path]) -> None:
    """A digest is only given for bytes that were read: an original that the store has lost is mended, not passed over."""
    film = _yes(world, _film(world, world.film(film_files["plain.mp4"].read_bytes())))
    plain = hashlib.sha256(film_files["plain.mp4"].read_bytes()).hexdigest()
    place = world.root / "hem" / "store" / "media" / plain[:2] / plain
    place.chmod(0o600)
    place.write_bytes(place.read_bytes()[:-1] + b"!")
    assert _refused(_describe(world, film)) == {"L159"}
    with world.open() as home:
        bring(home, film_files["vertical.mp4"], film.id, COMMUNICATOR)
    assert _named(_describe(world, film))["publication"].source == "original"
    for one in (world.root / "hem" / "store" / "media").glob("*/*"):
        one.unlink()
    found = _describe(world, film)
    assert (_refused(found), len(found.findings)) == ({"L159"}, 1)


def test_an_original_that_cannot_be_handed_over_gives_way(world: World, film_files: Mapping[str, Path]) -> None:
    """A faulty original on record is told of, and the platform's file goes in its place."""
    data = film_files["plain.mp4"].read_bytes()
    item = world.film(data)
    world.found_later(item, File(b"ingen film", origin="original:trasig.mp4"))
    found = _describe(world, _yes(world, _film(world, item)))
    assert (_named(found)["publication"].source, _told(found)) == ("platform", ["L153"])


def test_broken_captions_are_told_and_delivered(world: World, film_files: Mapping[str, Path]) -> None:
    """Wrong timing hinders nothing: the captions go as they are, empty ones do not."""
    broken = b"WEBVTT\n\n00:05.000 --> 00:01.000\nBakvant\n"
    film = _yes(world, _film(world, world.film(film_files["plain.mp4"].read_bytes(), captions=[broken, b"", cues()])))
    found = _describe(world, film)
    assert set(_told(found)) == {"L155", "L152"}
    assert [one.role for one in _resource(found).parts] == ["publication", "supplement", "supplement"]
    assert len({one.name for one in _resource(found).parts}) == 3


def test_the_same_instant_gives_the_same_record(world: World, film_files: Mapping[str, Path]) -> None:
    """What is observed, brought, decided or joined later changes nothing of a description of before."""
    data = film_files["plain.mp4"].read_bytes()
    item = world.film(data, text="Först")
    film = _yes(world, _film(world, item), Told(title="Första titeln"))
    before, then = _describe(world, film), world.at
    world.later(days=1)
    world.edition(item, File(data, origin=world.newest(item).media[0].origin), text="Sedan")
    world.film(data, account=PAGE, at=world.at, text="Också här")
    world.scan()
    with world.open() as home:
        bring(home, film_files["film.webm"], film.id, COMMUNICATOR)
    now = _yes(world, world.film_of(item), Told(title="Andra titeln"))
    assert _resource(_describe(world, now)).title == "Andra titeln"
    world.instant(then)
    assert _describe(world, now) == before
    assert _describe(world, now) == _describe(world, now)


def test_a_film_without_words_gets_a_title_all_the_same(world: World, film_files: Mapping[str, Path]) -> None:
    """A title is never empty: what it is, its number, the account and the day in Stockholm."""
    at = datetime.fromisoformat("2026-01-11T23:30:00+00:00")
    film = _yes(
        world,
        _film(
            world,
            world.film(
                None, text=" \n@anna ", at=at, files=[File(film_files["voice.mp3"].read_bytes(), "audio", "audio/mpeg")]
            ),
        ),
    )
    resource = _resource(_describe(world, film))
    assert resource.title == f"Ljudinspelning {film.number}, {ACCOUNT}, 2026-01-12"
    assert (resource.abstract, resource.type_of_resource) == ("", "sound recording")


def test_addresses_and_the_organisation_number_are_needed(world: World, film_files: Mapping[str, Path]) -> None:
    """R102 asks for an address, and KB for the publisher's: without them there is no record, and each is told."""
    item = world.film(film_files["plain.mp4"].read_bytes(), native="n1")
    film = _yes(world, _film(world, item))
    assert _refused(_describe(world, film)) == {"L157"}
    settings = world.root / "hem" / "bevara.toml"
    settings.write_text(settings.read_text("utf-8").replace('code = "ORG:212000-1892"\n', ""), "utf-8")
    assert _refused(_describe(world, film)) == {"L157", "L158"}
    film = _yes(world, film, Told(file="https://www.arvika.se/film.mp4"))
    assert _refused(_describe(world, film)) == {"L158"}


def test_the_publishers_address_has_kbs_suffix(world: World) -> None:
    """``ORG:212000-1892`` becomes KB's address; other numbers are none."""
    with world.open() as home:
        with_suffix = replace(home, deposit=replace(home.deposit, suffix="-2"))
        assert publisher_address(with_suffix) == "http://id.kb.se/organisations/SE2120001892-2"
        for bad in ("", "ORG:12", "URI:https://a.se", "ORG:212000-18922", "ORG:２１２０００-1892"):
            assert publisher_address(replace(home, organisation=replace(home.organisation, code=bad))) == ""


def test_a_new_version_names_the_one_that_it_replaces(world: World, film_files: Mapping[str, Path]) -> None:
    """Our own ids stay the same over deliveries; a replaced film's is named."""
    one = _film(world, world.film(film_files["plain.mp4"].read_bytes(), text="Ett"))
    two = _film(world, world.film(film_files["vertical.mp4"].read_bytes(), text="Två"))
    world.stand(one.id, standing="accepted")
    film = _yes(world, two, replaces=str(one.number))
    resource = _resource(_describe(world, film, status="VERSION"))
    assert (resource.replaces, resource.status) == (f"bevara-film-{one.number}", "VERSION")
    with world.open() as home:
        other = describe(home, film, made=world.at, through=world.at, delivery="bevara-2", status="NEW").resource
    assert other is not None
    assert (other.identifier, other.id == resource.id) == (resource.identifier, False)


def test_a_decision_that_cannot_be_read_stops_the_record(world: World, film_files: Mapping[str, Path]) -> None:
    """What was told may be a title or a password: without it nothing is sent."""
    film = _yes(world, _film(world, world.film(film_files["plain.mp4"].read_bytes())))
    gone = world.stand(film.id, record=ItemId("202601-aaaaaaaaaaaaaaaa"))
    assert _refused(_describe(world, gone)) == {"L150"}


def test_ones_own_words_are_kept_and_visitors_names_are_not() -> None:
    """Names that a text addresses are taken out; e-mail addresses and web addresses stay."""
    assert (
        own_words("@anna@mastodon.test Hej @bo! Skriv till info@arvika.se  nu") == "Hej ! Skriv till info@arvika.se nu"
    )
    assert own_words("https://medium.com/@arvika/film") == "https://medium.com/@arvika/film"
    assert own_words("@a\n@b\n\n\nText") == "Text"
    assert cut("ord " * 80).endswith("ord…")
    assert len(cut("x" * 500)) == 200
    assert cut("kort") == "kort"


def test_what_is_marked_secret_after_the_decision_is_not_described(
    world: World, film_files: Mapping[str, Path]
) -> None:
    """No writer hands over a film whose record is marked with secrecy, however long ago it was decided."""
    item = world.film(film_files["plain.mp4"].read_bytes())
    film, then = _yes(world, _film(world, item)), world.at
    world.later(days=1)
    with world.open() as home:
        mark_items(home.ground, [item], "sekretess", OFFICER, provision="OSL 21:1")
    assert _refused(_describe(world, film, then)) == {"L139"}

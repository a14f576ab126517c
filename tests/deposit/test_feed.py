"""The feed in an archive: films enter it, stay for the window, leave; nothing decided is lost on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest

from connectors.depositories.feed_places import FeedFolder
from flows.__main__ import run
from flows.deposit.decide import decide
from flows.deposit.feed import ENTERED, WRITTEN, Fed, write_feed
from flows.deposit.feed_check import check_feed
from flows.oversee.persons import add_person
from schemas.books import LeaseTakenError
from schemas.codes import texts
from schemas.deposit import DeliveryIntent, Film, Told
from schemas.hold import Mark
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import AUTHORITY
from tests.deposit.world import COMMUNICATOR, NOW, SHOWN, File, World, days
from tests.films import make

WINDOW = 14


@pytest.fixture(scope="module")
def film_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real film of a second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    make(path, seconds=1)
    return path.read_bytes()


class Fedworld:
    """The archive with a feed, and how tests go about with it."""

    def __init__(self, world: World, data: bytes) -> None:
        self.world = world
        self.data = data
        self.folder = world.root / "webb"
        self.folder.mkdir()
        self.set()

    def set(self, more: str = "", feed: str = "") -> None:
        """Write the settings."""
        self.world.settings(
            f'[deposit]\n{more}\n[deposit.feed]\naddress = "https://www.arvika.se/e-plikt.xml"\n'
            f'title = "E-plikt"\ndescription = "Filmer till KB"\nwindow_days = {WINDOW}\n{feed}\n'
            f'[deposit.feed.place]\nkind = "folder"\npath = "{self.folder}"\n'
        )

    def film(self, number: int = 1, **changes: Any) -> Film:
        """Publish a film, find it, and decide that it is to be in the feed."""
        at = changes.pop("at", SHOWN)
        told = Told(
            page=f"https://www.arvika.se/film/{number}", file=f"https://media.arvika.se/film/{number}.mp4", **changes
        )
        # Other bytes at the end, so that they are different films.
        item = self.world.film(self.data + number.to_bytes(4, "big"), text=f"Film nummer {number}", at=at)
        self.world.scan()
        return self.decide(self.world.film_of(item), told)

    def decide(self, film: Film, told: Told, way: str = "feed") -> Film:
        """Decide yes."""
        with self.world.open() as home:
            (decided,) = decide(home, [str(film.number)], True, "Riktar sig till allmänheten", COMMUNICATOR, told, way)
        return decided

    def write(self, person: str = "bevara") -> Fed:
        """Write the feed."""
        with self.world.open() as home:
            return write_feed(home, person=person)

    @property
    def bytes(self) -> bytes:
        """The feed as it lies."""
        return (self.folder / "e-plikt.xml").read_bytes()

    def ids(self) -> list[str]:
        """Identities of its items, as feedparser reads them; the feed is valid."""
        assert check_feed(self.bytes).valid
        found = feedparser.parse(self.bytes)
        assert not found.bozo
        return [one.id for one in found.entries]

    def acts(self, subject: str) -> list[str]:
        """What the ledger tells of a subject."""
        with self.world.open() as home, home.ground.state.reading() as books:
            return [json.loads(link.body)["act"] for link in books.ledger.about(subject)]


@pytest.fixture
def fed(world: World, film_bytes: bytes) -> Fedworld:
    """The archive with a feed in a folder."""
    return Fedworld(world, film_bytes)


def codes(done: Fed) -> list[str]:
    """Codes of the findings."""
    return [one.code for one in done.findings]


def test_a_decided_film_enters_the_feed(fed: Fedworld) -> None:
    """The feed is written, the film is delivered, and the ledger says where and when, without content."""
    film = fed.film()
    done = fed.write(COMMUNICATOR)
    assert (done.items, done.new, done.left, done.changed, done.unreachable) == (1, 1, 0, True, False)
    assert (done.place, done.name) == ("folder:webb", "e-plikt.xml")
    assert fed.ids() == [f"bevara-film-{film.number}"]
    (after,) = fed.world.films()
    assert (after.standing, after.changed, after.delivery) == ("delivered", NOW, "")
    assert ENTERED in fed.acts(film.id)
    assert WRITTEN in fed.acts("feed")
    with fed.world.open() as home, home.ground.state.reading() as books:
        told = "".join(link.body for link in books.ledger.after(0))
    assert "arvika.se" not in told
    assert "Film nummer" not in told


def test_nothing_is_written_where_nothing_has_changed(fed: Fedworld) -> None:
    """The next nights leave the file as it is: the feed says nothing of the night it was made."""
    fed.film()
    fed.write()
    before, made = fed.bytes, (fed.folder / "e-plikt.xml").stat().st_mtime_ns
    for _ in range(3):
        fed.world.later(days=1)
        done = fed.write()
        assert (done.items, done.new, done.changed, codes(done)) == (1, 0, False, [])
    assert fed.bytes == before
    assert (fed.folder / "e-plikt.xml").stat().st_mtime_ns == made
    assert fed.acts("feed") == [WRITTEN]


def test_items_leave_the_window(fed: Fedworld) -> None:
    """An item stays for its days, counted from when it entered, not from its publication; then the feed is empty."""
    fed.film(1)
    fed.write()
    fed.world.later(days=5)
    second = fed.film(2, at=SHOWN)
    fed.write()
    assert fed.ids() == ["bevara-film-2", "bevara-film-1"]
    fed.world.instant(NOW + days(WINDOW) - timedelta(seconds=1))
    assert fed.write().items == 2
    fed.world.instant(NOW + days(WINDOW))
    done = fed.write()
    assert (done.items, done.changed) == (1, True)
    assert fed.ids() == [f"bevara-film-{second.number}"]
    fed.world.instant(NOW + days(5 + WINDOW))
    assert fed.write().items == 0
    assert fed.ids() == []
    assert {one.standing for one in fed.world.films()} == {"delivered"}, "leaving the feed is no receipt"


def test_the_window_is_counted_from_the_receipt(fed: Fedworld) -> None:
    """A later change of the film's row (a channel joined, say) does not give it more days in the feed."""
    film = fed.film()
    fed.write()
    before = fed.bytes
    fed.world.later(days=10)
    fed.world.stand(film.id, standing="delivered")
    assert fed.write().changed is False
    assert fed.bytes == before
    fed.world.instant(NOW + days(WINDOW))
    assert fed.write().items == 0


def test_an_item_does_not_change_while_it_is_in_the_feed(fed: Fedworld) -> None:
    """A post that is edited afterwards leaves the item as it entered: KB may have fetched it already."""
    film = fed.film()
    fed.write()
    before = fed.bytes
    fed.world.later(days=1)
    with fed.world.open() as home, home.ground.state.reading() as books:
        (member,) = books.films.members(film.id)
    fed.world.edition(member.item, File(fed.data + (1).to_bytes(4, "big")), text="En helt annan text")
    fed.world.scan()
    assert fed.write().changed is False
    assert fed.bytes == before


def test_an_empty_feed_is_published_from_the_first_night(fed: Fedworld) -> None:
    """KB can be given the address before there is a film."""
    done = fed.write()
    assert (done.items, done.changed) == (0, True)
    assert fed.ids() == []


def test_a_corrected_film_is_a_new_item(fed: Fedworld, world: World) -> None:
    """A new version is a film of its own, with its own identity; the old item stays for its days."""
    first = fed.film(1)
    fed.write()
    with world.open() as home, home.ground.state.reading() as books:
        (member,) = books.films.members(first.id)
    world.later(days=2)
    world.edition(
        member.item,
        File(fed.data + b"igen"),
    )
    world.scan()
    second = next(one for one in world.films() if one.id != first.id)
    with world.open() as home:
        decide(
            home,
            [str(second.number)],
            True,
            "Rättad version",
            COMMUNICATOR,
            Told(page="https://www.arvika.se/film/1", file="https://media.arvika.se/film/1-b.mp4"),
            "feed",
            str(first.number),
        )
    fed.write()
    assert fed.ids() == [f"bevara-film-{second.number}", f"bevara-film-{first.number}"]


def test_other_ways_are_not_in_the_feed(fed: Fedworld) -> None:
    """Candidates, films for packages or the form, and films that were declined are left out."""
    fed.world.film(fed.data + b"kandidat")
    fed.decide(fed.film(2), Told(), "form")
    fed.film(3)
    with fed.world.open() as home:
        decide(home, ["3"], False, "Utan värde", COMMUNICATOR)
    assert fed.write().items == 0
    assert fed.ids() == []


def test_a_film_that_is_seen_in_libris_leaves(fed: Fedworld) -> None:
    """KB has it: no reason to hand it out once more."""
    film = fed.film()
    fed.write()
    fed.world.stand(film.id, standing="seen", libris="abc123def")
    assert fed.write().items == 0


def test_a_place_that_does_not_answer_loses_nothing(fed: Fedworld) -> None:
    """The film stays decided and its clock runs; the next night it enters, and its window begins then."""
    film = fed.film()
    fed.folder.rmdir()
    done = fed.write()
    assert (done.unreachable, done.items, done.left, codes(done)) == (True, 0, 1, ["L203", "L204"])
    assert fed.world.films()[0].standing == "decided"
    assert ENTERED not in fed.acts(film.id)
    fed.world.later(days=1)
    fed.folder.mkdir()
    assert fed.write().new == 1
    assert fed.world.films()[0].changed == NOW + days(1)


def test_a_place_that_refuses_loses_nothing(fed: Fedworld) -> None:
    """Something else under the feed's name: told by its code, nothing is delivered."""
    fed.film()
    (fed.folder / "e-plikt.xml").mkdir()
    done = fed.write()
    assert (codes(done)[-1], done.unreachable, done.new) == ("L215", False, 0)
    assert fed.world.films()[0].standing == "decided"


def test_a_run_that_is_stopped_after_publishing_is_made_up_for(fed: Fedworld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed lies there and the film is not delivered yet: the next run finds both and goes on."""
    fed.film()

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("flows.deposit.feed.change_film", stopped)
        with pytest.raises(KeyboardInterrupt):
            fed.write()
    assert fed.ids() == ["bevara-film-1"]
    assert fed.world.films()[0].standing == "decided"
    done = fed.write()
    assert (done.new, done.changed) == (1, False)
    assert fed.world.films()[0].standing == "delivered"


def test_a_decision_that_changes_meanwhile_is_not_written_over(fed: Fedworld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A no while the feed is being written stands; the next run takes the film out."""
    fed.film()
    really = FeedFolder.publish

    def meanwhile(self: Any, name: str, data: bytes, media_type: str) -> Any:
        arrival = really(self, name, data, media_type)
        with fed.world.open() as home:
            decide(home, ["1"], False, "Ångrat", COMMUNICATOR)
        return arrival

    with monkeypatch.context() as patched:
        patched.setattr(FeedFolder, "publish", meanwhile)
        done = fed.write()
    assert codes(done)[-1] == "L211"
    assert (done.items, done.new) == (1, 0)
    assert fed.world.films()[0].standing == "declined"
    assert fed.write().items == 0


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (Told(page="https://www.facebook.com/arvika/videos/1"), "L201"),
        (Told(page="https://www.arvika.se/1", file="https://media.arvika.se/1.mp4", password="hemligt"), "L210"),
    ],
)
def test_what_cannot_stand_in_the_feed_is_told_and_waits(fed: Fedworld, told: Told, code: str) -> None:
    """A post's address, or a film behind a password: the film stays decided, the rest of the feed is written."""
    fed.film(1)
    second = fed.film(2)
    fed.decide(second, told)
    done = fed.write()
    assert code in codes(done)
    assert (done.items, done.new, done.left) == (1, 1, 1)
    assert fed.ids() == ["bevara-film-1"]
    assert [one.standing for one in fed.world.films()] == ["delivered", "decided"]


def test_a_film_without_an_address_of_its_own_is_told(fed: Fedworld) -> None:
    """A decision that a later change of mind left without addresses does not bring a post's address into the feed."""
    film = fed.film(1)
    fed.decide(film, Told(), "form")
    fed.world.stand(film.id, way="feed")
    assert "L200" in codes(fed.write())
    assert fed.ids() == []


def test_a_page_without_a_file_is_warned_of(fed: Fedworld) -> None:
    """KB would get the page alone: the item is there, and the officer is told."""
    film = fed.film(1)
    fed.decide(film, Told(page="https://www.arvika.se/film/1"))
    assert "L208" in codes(fed.write())


@pytest.mark.parametrize(
    ("age", "code"), [(timedelta(hours=20), None), (days(3), "L203"), (days(WINDOW), "L203"), (days(40), "L202")]
)
def test_a_late_film_may_be_missed_by_kb(fed: Fedworld, age: timedelta, code: str | None) -> None:
    """KB goes by publication date, which is told truthfully: what enters late is warned of, once."""
    fed.film(at=NOW - age)
    first = codes(fed.write())
    assert [one for one in first if one in {"L202", "L203"}] == ([code] if code else [])
    (entry,) = feedparser.parse(fed.bytes).entries
    assert parsedate_to_datetime(entry.published) == NOW - age
    assert codes(fed.write()) == []


def test_a_secret_record_is_never_in_the_open_feed(fed: Fedworld) -> None:
    """A mark of secrecy on the film's record keeps it out, and takes it out if it is there."""
    film = fed.film()
    fed.write()
    with fed.world.open() as home, home.ground.state.writing() as books:
        (member,) = books.films.members(film.id)
        books.marks.add(
            Mark(
                item=ItemId(member.item),
                kind="sekretess",
                person=COMMUNICATOR,
                at=NOW,
                provision="OSL 21:1",
                authority=AUTHORITY,
            )
        )
    done = fed.write()
    assert (done.items, codes(done)) == (0, ["L209"])
    assert fed.ids() == []


def test_test_deliveries_prove_nothing(fed: Fedworld) -> None:
    """While deliveries are marked as tests the feed can be shown to KB, and no film counts as delivered."""
    fed.set("test = true")
    fed.film()
    done = fed.write()
    assert (done.items, done.new, done.left) == (1, 0, 1)
    assert "L212" in codes(done)
    assert fed.world.films()[0].standing == "decided"
    fed.world.later(days=1)
    assert fed.write().changed is False


def test_an_unusable_setting_keeps_the_old_feed(fed: Fedworld) -> None:
    """Without an organisation number no film can be described: each is told of, and the feed stays valid."""
    fed.film(1)
    fed.write()
    file = fed.world.root / "hem" / "bevara.toml"
    file.write_text(file.read_text("utf-8").replace('code = "ORG:212000-1892"\n', ""), "utf-8")
    fed.film(2)
    done = fed.write()
    assert {"L158", "L207"} <= set(codes(done))
    assert done.new == 0
    assert check_feed(fed.bytes).valid


def test_without_a_feed_the_guard_says_so(world: World) -> None:
    """No [deposit.feed]: nothing is written anywhere."""
    with world.open() as home, pytest.raises(GuardError, match="G-FEED"):
        write_feed(home)


def test_only_a_mandated_person_or_the_night_writes_it(fed: Fedworld) -> None:
    """A person without the mandate is refused; nobody unknown is taken for the night."""
    with fed.world.open() as home:
        add_person(home.ground, "Hanna Handläggare", "handläggare")
        with pytest.raises(GuardError, match="G-MANDATE"):
            write_feed(home, person="Hanna Handläggare")
        with pytest.raises(RefusedError):
            write_feed(home, person="Ingen")
    assert not (fed.folder / "e-plikt.xml").exists()


def test_two_runs_do_not_write_at_once(fed: Fedworld) -> None:
    """While one is at it the other ends at once."""
    with fed.world.open() as home, home.ground.state.hold_lease("deposit:feed"), pytest.raises(LeaseTakenError):
        write_feed(home)


def test_a_film_in_a_planned_delivery_is_not_in_the_feed_too(fed: Fedworld) -> None:
    """It is handed in one way, not two."""
    film = fed.film()
    with fed.world.open() as home, home.ground.state.writing() as books:
        books.deliveries.plan(
            DeliveryIntent(
                id="bevara-1",
                number=1,
                films=(film.id,),
                authority=AUTHORITY,
                made=NOW,
                through=NOW,
                person=COMMUNICATOR,
            )
        )
    assert fed.write().items == 0


def test_hostile_words_of_a_post_stay_words(fed: Fedworld) -> None:
    """A post full of markup and hidden signs is one item of a valid feed."""
    text = "<b>]]></description>\u202e & \x07 <!DOCTYPE html>"
    item = fed.world.film(fed.data + b"ond", text=text)
    fed.world.scan()
    fed.decide(fed.world.film_of(item), Told(page="https://www.arvika.se/1", file="https://media.arvika.se/1.mp4"))
    assert fed.write().new == 1
    assert fed.ids() == ["bevara-film-1"]


def test_the_command_writes_it(fed: Fedworld, capsys: pytest.CaptureFixture[str]) -> None:
    """``deposit feed`` prints what it did, as JSON and in Swedish."""
    fed.film()
    home = str(fed.world.root / "hem")
    at = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert run(["--home", home, "--at", at, "--json", "deposit", "feed", "--as", COMMUNICATOR]) in {0, 3}
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (told["items"], told["new"], told["changed"]) == (1, 1, True)


def test_every_code_has_its_sentence(fed: Fedworld) -> None:
    """Codes that this part can give stand in the table, in both languages."""
    for number in range(200, 220):
        swedish, english = texts()[f"L{number}"]
        assert swedish
        assert english
        assert swedish != english

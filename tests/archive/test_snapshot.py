"""Snapshots: what a reader of one finds, when the next is due, and what one proves."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from pypdf import PdfReader

from flows import exits
from flows.__main__ import run
from flows.archive.look import look_of
from flows.archive.snapshot import (
    due_snapshots,
    read_screenshots,
    reason_of,
    take_due,
    take_snapshot,
)
from flows.keep.own import own_file, read_own
from flows.keep.read import rows_of_item
from flows.keep.recover import recover
from flows.keep.renditions import MADE_OF_DATA
from flows.keep.snapshots import FILE, Taken, proven_by_snapshot, taken_snapshots
from flows.oversee.accounts.register import add_account
from flows.oversee.marks import mark_items
from flows.oversee.persons import add_person
from schemas.account import Account
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.neighbours import Store
from schemas.record import MediaRef, Row
from schemas.refusal import GuardError, RefusedError
from schemas.shelf import medium
from tests.cull.archive import ACCOUNT, AUTHORITY, NOW, OFFICER, Small
from tests.pictures import GIF, JPEG, png, png_of
from tests.small_home import small, small_template
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

__all__ = ["small", "small_template"]
POSTED = datetime(2025, 12, 20, 10, tzinfo=UTC)
AVATAR, PHOTO = png(seed=7), png(9, 9, seed=3)


def _media(data: bytes, alt: str = "") -> MediaRef:
    return MediaRef(
        role="picture",
        origin=hashlib.sha256(data).hexdigest()[:8],
        media_type="image/png",
        alt=alt or None,
        digest=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )


def _profile(small: Small, **changes: object) -> Row:
    return small.row(
        "profile",
        datetime(2024, 2, 1, tzinfo=UTC),
        text="Nyheter från kommunen.",
        author="nyheter",
        media=(_media(AVATAR, "Kommunens vapen"),),
        links=("https://arvika.example/",),
        payload='{"display_name":"Nyheter"}',
        **changes,
    )


def _filled(small: Small) -> dict[str, ItemId]:
    """A profile, two visible posts, comments of every sort; returns their ids by name."""
    post = small.row("post", POSTED, text="Badet öppnar.", media=(_media(PHOTO, "Badet"),))
    below = {"thread": post.item, "parent": post.item}
    comment = small.row("comment", POSTED + timedelta(days=20), text="När då?", author="Anna", **below)
    hidden = small.row("comment", POSTED, text="Dold kommentar.", author="Berit", state="hidden", **below)
    gone = small.row("comment", POSTED, text="Borttagen kommentar.", author="Cecilia", **below)
    private = small.row("comment", POSTED, text="Privat kommentar.", visibility="private", **below)
    secret = small.row("comment", POSTED, text="Sekretessbelagd.", author="David", **below)
    older = small.row("post", POSTED - timedelta(days=90), text="Vintertider.")
    hidden_post = small.row("post", POSTED, text="Dolt inlägg.", state="hidden")
    profile = _profile(small)
    named = {
        "post": post,
        "comment": comment,
        "hidden": hidden,
        "gone": gone,
        "private": private,
        "secret": secret,
        "older": older,
        "hidden_post": hidden_post,
        "profile": profile,
    }
    small.put(list(named.values()))
    sighting = replace(gone, row="sighting", state="gone", evidence="removed-by-author", text=None)
    small.put([replace(sighting, observed=gone.observed + timedelta(days=1))], new=False)
    with small.open() as home:
        for data in (AVATAR, PHOTO):
            home.ground.store.put_new(medium(hashlib.sha256(data).hexdigest()), data)
        mark_items(home.ground, [secret.item], "sekretess", OFFICER, provision="OSL 21:1", authority=AUTHORITY)
    return {name: one.item for name, one in named.items()}


def _pdf(home: Home, item: ItemId) -> PdfReader:
    row = read_own(home.ground, item)
    assert row is not None
    return PdfReader(io.BytesIO(own_file(home.ground, row, FILE)))


def _said(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def _payload(home: Home, item: ItemId) -> dict[str, object]:
    row = read_own(home.ground, item)
    assert row is not None
    assert row.payload is not None
    found: dict[str, object] = json.loads(row.payload)
    return found


def _shot(path: Path, name: str, data: bytes) -> Path:
    path.mkdir(exist_ok=True)
    (path / name).write_bytes(data)
    return path / name


def test_a_snapshot_shows_what_a_visitor_could_see(small: Small) -> None:
    """Profile, posts, comments and pictures; what was hidden, gone, private or secret is not in it, and is counted."""
    names = _filled(small)
    with small.open() as home:
        taken = take_snapshot(home, ACCOUNT, person=OFFICER)
        pdf = _pdf(home, taken.item)
        payload = _payload(home, taken.item)
    said = _said(pdf)
    for words in (
        "Ögonblicksbild av ett konto på Mastodon 2026-01-15",
        MADE_OF_DATA,
        "Nyheter från kommunen.",
        "https://arvika.example/",
        "Kommunens vapen",
        "Badet öppnar.",
        "När då?",
        "Anna",
        "Vintertider.",
        "[sekretessmarkerad handling visas inte här]",
        "Dolda, borttagna eller privata i dessa trådar, inte visade: 3.",
        f"Tagen av {OFFICER}",
    ):
        assert words in said, words
    assert not any(
        words in said
        for words in ("Dold kommentar", "Borttagen kommentar", "Privat", "Sekretessbelagd", "David", "Dolt inlägg")
    )
    assert {name: data for name, [data] in pdf.attachments.items()} == {"profil.json": b'{"display_name":"Nyheter"}'}
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data()  # type: ignore[index]
    assert payload["account"] == ACCOUNT
    assert payload["by"] == OFFICER
    assert payload["day"] == "2026-01-15"
    assert (payload["profile"], payload["profile_version"]) == (names["profile"], 1)
    assert set(payload["items"]) == {names[one] for one in ("profile", "post", "comment", "older")}  # type: ignore[call-overload]
    assert payload["pictures"] == 2
    assert (taken.threads, taken.items, taken.pictures, taken.screenshots, taken.findings) == (2, 4, 2, 0, ())


def test_its_row_and_receipt_hold_no_content(small: Small) -> None:
    """The text says which account and day; the payload and the ledger name opaque ids and counts alone."""
    _filled(small)
    with small.open() as home:
        taken = take_snapshot(home, ACCOUNT, person=OFFICER)
        [row] = rows_of_item(home.ground.state, home.ground.store, taken.item)
        with home.ground.state.reading() as books:
            bodies = [link.body for link in books.ledger.after(0) if "archive.snapshot" in link.body]
    assert (row.kind, row.authority, row.platform, row.own) == ("snapshot", AUTHORITY, "bevara", True)
    assert row.text == f"Ögonblicksbild av kontot {ACCOUNT} den 2026-01-15"
    [body] = bodies
    assert taken.item in body
    for words in ("Anna", "När då", "Badet", OFFICER):
        assert words not in (row.payload or "").replace(f'"by":"{OFFICER}"', "")
        assert words not in body


def test_screenshots_come_first_and_are_kept_as_they_were(small: Small, tmp_path: Path) -> None:
    """Their pages come before what is made of data, the face says which is which, and the files lie beside the PDF."""
    _filled(small)
    shots = [_shot(tmp_path / "bilder", "skärm å.png", png(600, 4000)), _shot(tmp_path / "bilder", "b.jpg", JPEG)]
    with small.open() as home:
        taken = take_snapshot(home, ACCOUNT, person=OFFICER, screenshots=read_screenshots(shots))
        row = read_own(home.ground, taken.item)
        assert row is not None
        assert own_file(home.ground, row, "skarmbild-01.png") == shots[0].read_bytes()
        assert own_file(home.ground, row, "skarmbild-02.jpg") == JPEG
        said = _said(_pdf(home, taken.item))
    assert (
        said.index("Först står skärmbilder") < said.index("Skärmbild 1: skärm å.png") < said.index("Om återgivningen")
    )
    assert said.index("Skärmbild 2: b.jpg") < said.index("Badet öppnar.")
    assert (taken.screenshots, taken.pictures) == (2, 4)


BAD = {
    "gif": GIF,
    "text": b"hej",
    "empty": b"",
    "broken png": png()[:40],
    "png of rubbish": png_of(6, 4, b"\x00"),
    "huge png": png_of(20_000, 20_000, b""),
    "cut jpeg": JPEG[:-20],
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_picture_is_refused_and_nothing_is_written(small: Small, tmp_path: Path, kind: str) -> None:
    """Neither an item nor a file is left of it."""
    small.put([_profile(small)])
    with small.open() as home:
        before = [one.key for one in home.ground.store.list("media/")]
        with pytest.raises(RefusedError, match="picture"):
            take_snapshot(
                home, ACCOUNT, person=OFFICER, screenshots=read_screenshots([_shot(tmp_path / "b", "x.png", BAD[kind])])
            )
        assert taken_snapshots(home.ground) == []
        assert [one.key for one in home.ground.store.list("media/")] == before


def test_a_picture_that_is_missing_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file."""
    monkeypatch.setattr("flows.archive.snapshot.MOST_BYTES", 100)
    for path in (
        tmp_path / "saknas.png",
        tmp_path,
        _shot(tmp_path / "b", "stor.png", png(500, 500, seed=1) + bytes(200)),
    ):
        with pytest.raises(RefusedError, match=path.name):
            read_screenshots([path])


def test_an_unknown_account_or_an_empty_one_is_refused(small: Small) -> None:
    """Nothing to show is no snapshot; a person needs a role that holds."""
    with small.open() as home:
        with pytest.raises(RefusedError, match="ACCOUNT"):
            take_snapshot(home, "okant", person=OFFICER)
        with pytest.raises(RefusedError, match="nothing of it"):
            take_snapshot(home, ACCOUNT, person=OFFICER)
        with pytest.raises(RefusedError, match="person"):
            take_snapshot(home, ACCOUNT, person="Ingen Alls")


def test_screenshots_alone_make_one(small: Small, tmp_path: Path) -> None:
    """An account that Bevara cannot harvest can still be taken care of by hand."""
    with small.open() as home:
        shot = read_screenshots([_shot(tmp_path / "b", "a.png", png())])
        taken = take_snapshot(home, ACCOUNT, person=OFFICER, screenshots=shot)
        assert (taken.version, taken.findings) == (0, ())
        assert "Arkivet har ingen profil för kontot." in _said(_pdf(home, taken.item))


def test_only_the_latest_posts_are_shown_with_all_their_comments(small: Small) -> None:
    """Twenty of thirty, newest first, over several months."""
    posts = [small.row("post", POSTED - timedelta(days=9 * at), text=f"Inlägg nummer {at}.") for at in range(30)]
    comments = [
        small.row("comment", POSTED, text=f"Svar till {at}.", thread=one.item, parent=one.item)
        for at, one in enumerate(posts)
    ]
    small.put([*posts, *comments])
    with small.open() as home:
        look = look_of(home.ground, Account(name=ACCOUNT, platform="mastodon", handle="x", authority=AUTHORITY))
        assert [thread.nodes[0].text for thread in look.threads] == [f"Inlägg nummer {at}." for at in range(20)]
        assert all(len(thread.nodes) == 2 for thread in look.threads)


def test_page_rules_of_the_account_are_shown(small: Small) -> None:
    """The newest rules of the authority that name this account or none; another account's are not."""
    rules = [
        small.row(
            "page_rules",
            POSTED + timedelta(days=at),
            account="bevara",
            platform="bevara",
            text=text,
            payload=payload,
        )
        for at, (text, payload) in enumerate(
            [
                ("Gamla regler.", "{}"),
                ("Håll god ton.", '{"account":"nyheter"}'),
                ("Andras regler.", '{"account":"annat"}'),
            ]
        )
    ]
    small.put([_profile(small), *rules])
    with small.open() as home:
        said = _said(_pdf(home, take_snapshot(home, ACCOUNT).item))
    assert "Sidregler" in said
    assert "Håll god ton." in said
    assert "Gamla regler." not in said
    assert "Andras regler." not in said


def test_pictures_that_cannot_be_shown_are_told_of(small: Small) -> None:
    """The finding counts them; the document says which."""
    broken = png_of(6, 4, b"\x00")
    small.put([_profile(small), small.row("post", POSTED, media=(_media(broken),))])
    with small.open() as home:
        for data in (AVATAR, broken):
            home.ground.store.put_new(medium(hashlib.sha256(data).hexdigest()), data)
        taken = take_snapshot(home, ACCOUNT)
        assert [(one.code, dict(one.parameters)) for one in taken.findings] == [("A304", {"pictures": 1})]
        assert "visas inte: filen kan inte läsas som bild" in _said(_pdf(home, taken.item))


def test_it_goes_into_the_years_collected_matter(small: Small) -> None:
    """The diary number of the year stands in the payload and on its face; without one, neither."""
    _filled(small)
    with small.open() as home:
        told = replace(home, organisation=replace(home.organisation, collections={AUTHORITY: {2026: "KS 2026/7"}}))
        taken = take_snapshot(told, ACCOUNT)
        assert taken.collection == "KS 2026/7"
        assert _payload(home, taken.item)["collection"] == "KS 2026/7"
        assert "Samlingsärende KS 2026/7" in _said(_pdf(home, taken.item))
        other = replace(home, organisation=replace(home.organisation, collections={AUTHORITY: {2025: "KS 2025/7"}}))
        assert "collection" not in _payload(home, take_snapshot(other, ACCOUNT).item)


def _taken(at: str, version: int = 1, profile: str = "p") -> Taken:
    return Taken(
        item=ItemId("s"),
        authority=AUTHORITY,
        account=ACCOUNT,
        at=datetime.fromisoformat(at).replace(tzinfo=UTC),
        profile=ItemId(profile),
        version=version,
        digest="a" * 64,
    )


DAYS = ("03-15", "10-15")


@pytest.mark.parametrize(
    ("last", "version", "today", "reason"),
    [
        (None, 1, "2026-01-15", "A301"),
        (None, None, "2026-01-15", "A301"),
        ("2025-10-15", 1, "2026-03-14", ""),
        ("2025-10-14", 1, "2026-03-14", "A302"),
        ("2025-10-15", 1, "2026-03-15", "A302"),
        ("2025-12-31", 1, "2026-03-15", "A302"),
        ("2026-03-15", 1, "2026-10-14", ""),
        ("2026-03-15", 1, "2026-10-15", "A302"),
        ("2026-03-15", 2, "2026-03-16", "A303"),
        ("2026-03-15", None, "2026-03-16", ""),
        ("2024-01-01", 1, "2026-02-01", "A302"),
    ],
)
def test_when_a_snapshot_is_due(last: str | None, version: int | None, today: str, reason: str) -> None:
    """Never taken; a configured day has passed since; a newer profile version; else not."""
    profile = None if version is None else (ItemId("p"), version)
    taken = None if last is None else _taken(last)
    assert reason_of(taken, profile, DAYS, date.fromisoformat(today)) == reason


def test_another_profile_item_and_odd_days() -> None:
    """A profile that became another item is a new look; 29 February passes in every year; no days = changes alone."""
    assert reason_of(_taken("2026-01-01"), (ItemId("q"), 1), (), date(2026, 1, 2)) == "A303"
    assert reason_of(_taken("2026-01-01"), None, ("02-29",), date(2026, 2, 27)) == ""
    assert reason_of(_taken("2026-01-01"), None, ("02-29",), date(2026, 2, 28)) == "A302"
    assert reason_of(_taken("2020-01-01"), None, (), date(2026, 2, 28)) == ""


def test_the_night_takes_what_is_due_once(small: Small) -> None:
    """Twice a year and when the look changes; an account without anything is not due; Bevara is the actor."""
    names = _filled(small)
    with small.open() as home:
        add_account(home.ground, Account(name="tomt", platform="mastodon", handle="tomt@test", authority=AUTHORITY))
        told = replace(home, snapshot_days=DAYS)
        assert [(one.name, why) for one, why in due_snapshots(told, NOW)] == [(ACCOUNT, "A301")]
        assert (take_due(told).taken, take_due(told).due) == (1, 0)
        [first] = taken_snapshots(home.ground)
        assert (first.profile, first.version, first.account) == (names["profile"], 1, ACCOUNT)
        payload = _payload(home, first.item)
        assert "by" not in payload
        assert payload["reason"] == "A301"
        assert "Tagen av Bevara, enligt schema" in _said(_pdf(home, first.item))
        [profile] = rows_of_item(home.ground.state, home.ground.store, names["profile"])
    small.later(days=1)
    small.put([replace(profile, version=2, text="Ny text.", observed=small.at)], new=False)
    with small.open() as home:
        assert [why for _, why in due_snapshots(replace(home, snapshot_days=DAYS), small.at)] == ["A303"]
        assert take_due(replace(home, snapshot_days=DAYS)).taken == 1
    small.later(days=70)
    with small.open() as home:
        assert [why for _, why in due_snapshots(replace(home, snapshot_days=DAYS), small.at)] == ["A302"]
        night = take_due(replace(home, snapshot_days=DAYS))
        assert (night.due, night.taken, night.findings) == (1, 1, ())
        assert len(taken_snapshots(home.ground)) == 3


class _Broken:
    """A typesetter that fails for one account and works for the others."""

    def __init__(self, home: Home) -> None:
        self.inner = home.typesetter

    def pdf(self, document: bytes) -> bytes:
        return self.inner.pdf(document)

    def render(self, rendering: object) -> object:
        if "(aaa)" in repr(rendering):
            raise MemoryError
        return self.inner.render(rendering)  # type: ignore[arg-type]


def test_one_account_that_fails_stops_no_other(small: Small) -> None:
    """It is told by name and sort of error, and is due again the next night."""
    with small.open() as home:
        add_account(home.ground, Account(name="aaa", platform="mastodon", handle="aaa@test", authority=AUTHORITY))
    small.put([_profile(small), small.row("post", POSTED, account="aaa", text="x")])
    with small.open() as home:
        night = take_due(replace(home, typesetter=_Broken(home)))  # type: ignore[arg-type]
        assert (night.due, night.taken) == (2, 1)
        assert [(one.code, one.subject, dict(one.parameters)) for one in night.findings] == [
            ("A305", "aaa", {"error": "MemoryError"})
        ]
        assert [one.name for one, _ in due_snapshots(home, NOW)] == ["aaa"]


def test_two_runs_do_not_take_the_same(small: Small) -> None:
    """Where another run has the lease, nothing is taken, and it says so."""
    small.put([_profile(small)])
    with small.open() as home, home.ground.state.hold_lease("snapshots"):
        night = take_due(home)
        assert (night.taken, [one.code for one in night.findings]) == (0, ["A306"])


def test_only_a_readable_pdf_proves(small: Small) -> None:
    """Bytes that were changed, are no PDF, or are gone, prove nothing; an older readable one then counts."""
    _filled(small)
    first_at = small.at
    with small.open() as home:
        take_snapshot(home, ACCOUNT)
    small.later(days=3)
    with small.open() as home:
        newer = take_snapshot(home, ACCOUNT)
        store = home.ground.store
        assert proven_by_snapshot(home.ground) == [(ACCOUNT, AUTHORITY, small.at)]
        row = read_own(home.ground, newer.item)
        assert row is not None
        [digest] = [one.digest for one in row.media if one.origin == FILE]
        assert digest is not None
        data = store.get(medium(digest))
        for bad in (None, data[:-1], b"x" + data[1:], data + b" "):
            store.destroy(medium(digest))
            if bad is not None:
                store.put_new(medium(digest), bad)
            assert proven_by_snapshot(home.ground) == [(ACCOUNT, AUTHORITY, first_at)]
        store.destroy(medium(digest))
        store.put_new(medium(digest), data)
        assert proven_by_snapshot(home.ground) == [(ACCOUNT, AUTHORITY, small.at)]


def test_what_only_calls_itself_a_snapshot_proves_nothing(small: Small) -> None:
    """Another platform's row, a payload that is no object or names no account, a file that is no PDF."""
    text = b"inte en pdf"
    digest = hashlib.sha256(text).hexdigest()
    files = (MediaRef(role="document", origin=FILE, media_type="application/pdf", digest=digest, size=len(text)),)
    rows: list[Row] = [
        small.row("snapshot", POSTED, platform="mastodon", payload='{"account":"nyheter"}', media=files),
        small.row("snapshot", POSTED, platform="bevara", payload="[1]", media=files),
        small.row("snapshot", POSTED, platform="bevara", payload='{"account":""}', media=files),
        small.row("snapshot", POSTED, platform="bevara", payload='{"account":"nyheter"}', media=files),
        small.row("snapshot", POSTED, platform="bevara", payload='{"account":"nyheter"}', media=()),
    ]
    small.put(rows)
    with small.open() as home:
        home.ground.store.put_new(medium(digest), text)
        assert proven_by_snapshot(home.ground) == []
        assert len(taken_snapshots(home.ground)) == 2


def _stopping(store: Store, counter: Counter) -> Store:
    return cast("Store", StoppingStore(store, counter))


def test_stopped_anywhere_nothing_counts_or_all_of_it(small: Small) -> None:
    """Killed before or after any write: recovery clears up, the next try makes one whole snapshot."""
    small.put([_profile(small), small.row("post", POSTED)])
    for at in range(1, 40):
        counter = Counter(at)
        with small.open() as home:
            before = len(taken_snapshots(home.ground))
            ground = home.ground
            stopping = replace(
                ground, state=StoppingState(ground.state, counter), store=_stopping(ground.store, counter)
            )
            stopped = False
            try:
                take_snapshot(replace(home, ground=stopping), ACCOUNT)
            except StoppedError:
                stopped = True
            recover(ground.state, ground.store, small.at)
            after = taken_snapshots(ground)
            assert len(after) in {before, before + 1}
            for one in after:
                assert _pdf(home, one.item).pages
        if not stopped:
            return
    pytest.fail("the act has more writes than were tried")


def _run(small: Small, *words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(["--home", str(small.root / "hem"), "--at", NOW.isoformat(), *words])
    return code, capsys.readouterr().out


def test_the_command_answers_in_json_and_in_swedish(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One object with what was taken, or a line; a bad picture and an unknown person are refused."""
    _filled(small)
    shot = _shot(tmp_path / "b", "a.png", png())
    capsys.readouterr()
    code, out = _run(
        small, "--json", "archive", "snapshot", ACCOUNT, "--as", OFFICER, "--picture", str(shot), capsys=capsys
    )
    told = json.loads(out)
    assert code == exits.DONE
    assert (told["account"], told["threads"], told["screenshots"], told["profile_version"]) == (ACCOUNT, 2, 1, 1)
    assert told["findings"] == []
    code, out = _run(small, "archive", "snapshot", ACCOUNT, "--as", OFFICER, capsys=capsys)
    assert code == exits.DONE
    assert "ögonblicksbild av nyheter den 2026-01-15 med 2 trådar, 4 handlingar och 2 bilder" in out
    for words in (("--as", OFFICER, "--picture", str(_shot(tmp_path / "b", "b.png", b"x"))), ("--as", "Ingen")):
        with pytest.raises(RefusedError):
            _run(small, "archive", "snapshot", ACCOUNT, *words, capsys=capsys)


def test_a_role_that_does_not_hold_is_refused(small: Small) -> None:
    """A person whose validity has ended takes no snapshot."""
    small.put([_profile(small)])
    with small.open() as home:
        public, _ = home.keyring.make("Gammal Person", None, small.root / "frasen")
        add_person(home.ground, "Gammal Person", "kommunikatör", key=public, valid_to=date(2025, 1, 1))
        with pytest.raises(GuardError, match="G-MANDATE"):
            take_snapshot(home, ACCOUNT, person="Gammal Person")


def test_an_account_that_shows_nothing_any_more_is_not_due(small: Small) -> None:
    """All of it is hidden: no night tries it, and none tells of an error."""
    small.put([small.row("post", POSTED, state="hidden", text="x")])
    with small.open() as home:
        told = replace(home, snapshot_days=DAYS)
        assert due_snapshots(told, NOW) == []
        night = take_due(told)
        assert (night.due, night.taken, night.findings) == (0, 0, ())


def test_two_profiles_of_the_same_moment_are_one_look(small: Small) -> None:
    """The snapshot and the night mean the same one of them, so that the next night takes none."""
    small.put([_profile(small), _profile(small)])
    with small.open() as home:
        assert take_due(home).taken == 1
        assert take_due(home).taken == 0


def test_nothing_of_a_secret_profile_lies_in_the_pdf(small: Small) -> None:
    """Neither on its pages nor as the file of what they were made of."""
    profile = _profile(small)
    small.put([profile, small.row("post", POSTED, text="Badet öppnar.")])
    with small.open() as home:
        mark_items(home.ground, [profile.item], "sekretess", OFFICER, provision="OSL 21:1")
        pdf = _pdf(home, take_snapshot(home, ACCOUNT).item)
    assert "Nyheter från kommunen." not in _said(pdf)
    assert dict(pdf.attachments) == {}

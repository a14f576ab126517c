"""A request is held before anything else is known of it, and what was written about it stays in its own thread."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from flows.disclose.closing import close, withdraw
from flows.disclose.intake.amending import amend
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.shown import shown
from flows.disclose.thread_items import LONGEST
from flows.keep.judged import decisions, standing
from flows.keep.recover import recover
from schemas.calendar import local_day
from schemas.ground import Home
from schemas.payload import fields_of
from schemas.refusal import GuardError, RefusedError
from tests.cull.interference import OddState, with_state
from tests.disclose.world import ACCOUNT, OFFICER, PAGE, Desk
from tests.stopping import Counter, StoppedError, StoppingState, StoppingStore

WORDS = "Alla inlägg om vattenläckan"


def going(home: Home) -> set[str]:
    """What the plan would let go today, with holds."""
    today = local_day(home.ground.clock.now())
    base = standing(home.ground, today)
    return {
        one["item"]
        for table in decisions(home.ground, base, today)
        for one in table.select(["item", "outcome"]).to_pylist()
        if one["outcome"] == "cull"
    }


def culled(desk: Desk) -> set[str]:
    """The same, at this instant."""
    with desk.open() as home:
        return going(home)


def test_a_request_is_opened_without_a_name(desk: Desk) -> None:
    """It gets a number, a hold on everything and its wording as an item; nobody is asked who they are."""
    sample = desk.sample()
    assert culled(desk) == {sample["old"], sample["below_old"]}
    answer = desk.command("request", "open", "--text", WORDS, "--as", OFFICER, codes={3})
    row = desk.kept(1)
    assert (row.standing, row.kind, row.person, row.contact) == ("open", "handlingar", OFFICER, None)
    assert answer["request"]["request"] == 1
    assert culled(desk) == set()
    assert row.record is not None
    own = desk.newest(row.record)
    assert (own.kind, own.platform) == ("request_log", "bevara")
    assert fields_of(own.payload)["request"]["wording"] == WORDS
    assert desk.acts(1) == ["request.open", "request.worded", "request.hold"]


def test_the_warning_tells_what_the_request_saves(desk: Desk) -> None:
    """Counts of what is due, of what soon is, and of what leaves the platform; other accounts do not count."""
    desk.sample()
    soon = desk.at - timedelta(days=2 * 365 - 30)
    desk.publish("Snart två år", at=soon.replace(month=12, year=2023))
    desk.publish("En berättelse", kind="story", at=desk.at - timedelta(hours=3))
    old = desk.publish("En gammal berättelse", kind="story", at=desk.at - timedelta(hours=30))
    gone = desk.publish("En borttagen", kind="story", at=desk.at - timedelta(hours=2))
    desk.gone(gone)
    assert old
    answer = desk.command("request", "open", "--text", WORDS, "--account", ACCOUNT, "--as", OFFICER, codes={3})
    assert answer["warned"] == {"now": 3, "soon": 0, "days": 90, "listed": 0, "leaving": 1, "failed": ""}
    assert {one["code"] for one in answer["findings"]} == {"Q101", "Q104"}
    other = desk.command("request", "open", "--text", WORDS, "--account", PAGE, "--as", OFFICER)
    assert other["warned"]["now"] == other["warned"]["leaving"] == 0


def test_what_is_due_soon_is_told(desk: Desk) -> None:
    """What the plan lets go within the settings' days counts apart from what it lets go now; the letter says both."""
    desk.sample()
    desk.publish("Från 2024", at=desk.at.replace(year=2024))
    desk.at = desk.at.replace(month=11, day=20)
    desk.settings("due_days = 40")
    assert desk.command("request", "open", "--text", WORDS, "--as", OFFICER)["warned"]["soon"] == 0
    desk.settings("due_days = 43")
    answer = desk.command("request", "open", "--text", WORDS, "--letter", "--as", OFFICER, codes={3})
    assert (answer["warned"]["now"], answer["warned"]["soon"]) == (2, 1)
    assert "Q102" in {one["code"] for one in answer["findings"]}
    assert "3" in (desk.newest(answer["letters"][1]).text or "")


def test_no_word_of_it_leaves_the_archive(desk: Desk) -> None:
    """Neither wording, contact nor question stands in the state database or the ledger."""
    desk.sample()
    desk.say(
        "request", "open", "--text", "Ordet HEMLIGPÅSE", "--contact", "Kajsa Kravlösa, kajsa@privat.example",
        "--as", OFFICER, codes={3},
    )  # fmt: skip
    desk.say("request", "amend", "1", "--text", "Tillägget OCKSÅHEMLIGT", "--as", OFFICER)
    desk.say("request", "ask", "1", "--text", "Menar du FRÅGEHEMLIGT?", "--as", OFFICER)
    desk.say("request", "hold", "1", "--search", "SÖKHEMLIGT", "--as", OFFICER)
    state = b"".join(path.read_bytes() for path in sorted((desk.root / "hem" / "state").iterdir()))
    for word in ("HEMLIGPÅSE", "Kravlösa", "privat.example", "OCKSÅHEMLIGT", "FRÅGEHEMLIGT", "SÖKHEMLIGT"):
        assert word.encode() not in state
    found = desk.command("request", "show", "1")["request"]
    assert found["wording"] == "Ordet HEMLIGPÅSE"
    assert found["amendments"] == ["Tillägget OCKSÅHEMLIGT"]
    assert found["contact"]["text"] == "Kajsa Kravlösa, kajsa@privat.example"
    assert found["contact"]["kept_apart"] is True
    root = desk.newest(desk.kept(1).record or desk.kept(1).contact)  # type: ignore[arg-type] # it is there
    assert "Kajsa" not in (root.text or "") + (root.payload or "")


HOSTILE = [
    "<script>alert(1)</script> & {braces} [[x]]",
    "\u202eAKKUV\u202c \u2066هدوء\u2069",
    "rad\x00noll\x1b[2J\x07\x7f",
    "\ud800 ensam",
    "ä" * LONGEST,
    "a\r\nb\tc\u2028d",
]


@pytest.mark.parametrize("words", HOSTILE, ids=["markup", "turning", "control", "surrogate", "long", "lines"])
def test_whatever_is_written_is_data(desk: Desk, words: str) -> None:
    """Markup, turning text, control characters and lone surrogates are kept as written, or visibly, and shown plain."""
    with desk.open() as home:
        request = open_request(home, Opening(wording=words), OFFICER)
        found, _ = shown(home, request.number)
    assert found["wording"] == words.replace("\ud800", "⟦U+D800⟧")
    text = desk.say("request", "show", "1")
    assert not {"\x1b", "\u202e", "\x00", "\u2066"} & set(text)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"wording": "  \n "}, "--text"),
        ({"wording": "x" * (LONGEST + 1)}, "--text"),
        ({"kind": "fråga"}, "--kind"),
        ({"channel": "duva"}, "--channel"),
        ({"accounts": ("okänt",)}, "--accounts"),
        ({"authority": "okänd"}, "--authorities"),
        ({"kind": "tillgang"}, "--contact"),
        ({"kind": "radering", "contact": "   "}, "--contact"),
        ({"received": "ahead"}, "--received"),
    ],
)
def test_what_cannot_be_a_request_is_refused(desk: Desk, changes: dict[str, object], field: str) -> None:
    """Refused by field, and nothing is entered."""
    with desk.open() as home:
        if changes.get("received"):
            changes = {"received": desk.at + timedelta(seconds=1)}
        opening = replace(Opening(wording=WORDS), **changes)  # type: ignore[arg-type] # names are its own
        with pytest.raises(RefusedError) as refused:
            open_request(home, opening, OFFICER)
        with home.ground.state.reading() as books:
            assert not books.requests.all()
            assert not books.holds.all()
    assert refused.value.field == field


def test_only_a_registered_person_opens(desk: Desk) -> None:
    """An unknown name is refused before anything is entered."""
    with desk.open() as home:
        with pytest.raises(RefusedError):
            open_request(home, Opening(wording=WORDS), "Okänd Person")
        with home.ground.state.reading() as books:
            assert not books.requests.all()


def test_a_request_may_have_come_earlier(desk: Desk) -> None:
    """Its age counts from when it came; in calendar days, working days and office hours."""
    received = desk.at - timedelta(days=3)
    desk.say(
        "request", "open", "--text", WORDS, "--received", received.isoformat(), "--channel", "brev", "--as", OFFICER
    )
    found = desk.command("request", "show", "1")["request"]
    assert (found["channel"], found["days"], found["workdays"]) == ("brev", 3, 3)
    assert found["office_hours"] == pytest.approx(25.5)


def test_the_authority_is_that_of_the_accounts(desk: Desk) -> None:
    """Of the accounts named, of the one named, else of the first registered account."""
    with desk.open() as home:
        named = open_request(home, Opening(wording=WORDS, accounts=("skolan",)), OFFICER)
        told = open_request(home, Opening(wording=WORDS, authority="barn-utbildning"), OFFICER)
        first = open_request(home, Opening(wording=WORDS), OFFICER)
    assert [one.authority for one in (named, told)] == ["barn-utbildning"] * 2
    assert first.authority in {"arvika-ks", "barn-utbildning"}


def test_letters_come_with_it_when_they_are_wanted(desk: Desk) -> None:
    """A receipt, and what is told of the deletion that is near; both below the request's first item."""
    desk.sample()
    answer = desk.command("request", "open", "--text", WORDS, "--letter", "--as", OFFICER, codes={3})
    assert len(answer["letters"]) == 2
    texts = [desk.newest(one).text or "" for one in answer["letters"]]
    assert "gallra" in texts[1]
    assert desk.acts(1)[-2:] == ["request.letter", "request.letter"]


def test_broken_settings_do_not_undo_the_hold(desk: Desk) -> None:
    """What would have been culled cannot be told, and a letter cannot be written; the request stands and its number is told."""
    desk.sample()
    desk.settings('letters = "finns-inte.toml"')
    answer = desk.command("request", "open", "--text", WORDS, "--letter", "--as", OFFICER, codes={3})
    assert answer["request"]["request"] == 1
    assert {one["code"] for one in answer["findings"]} == {"Q105", "Q109"}
    assert culled(desk) == set()


def _stopped(home: Home, counter: Counter) -> Home:
    ground = home.ground
    store = StoppingStore(ground.store, counter)
    state = StoppingState(ground.state, counter)
    return replace(home, ground=replace(ground, store=store, state=state))  # type: ignore[arg-type] # they wrap ports


def test_killed_at_every_write_nothing_is_unheld(desk: Desk, tmp_path: Path) -> None:
    """From the first commit on everything asked for is held, whatever comes; ``amend`` completes the request."""
    sample = desk.sample()
    due = {sample["old"], sample["below_old"]}
    entered: list[bool] = []
    while True:
        one = replace(desk, root=tmp_path / f"punkt{len(entered)}")
        shutil.copytree(desk.root, one.root)
        with one.open() as home:
            if not _killed(home, len(entered) + 1):
                break
            with home.ground.state.reading() as books:
                entered.append(bool(books.requests.all("open")))
            assert going(home) == (set() if entered[-1] else due)
            if entered[-1]:
                _completed(home)
        shutil.rmtree(one.root)
    # One point before the first commit, which enters it; then an intent, an object and a commit for each of three items.
    assert entered == [False] + [True] * (len(entered) - 1)
    assert len(entered) >= 1 + 1 + 3 * 6


def _killed(home: Home, point: int) -> bool:
    """Whether opening a request came to its n-th point, and ended there."""
    opening = Opening(wording=WORDS, contact="a@b.example", accounts=(ACCOUNT,))
    try:
        open_request(_stopped(home, Counter(point)), opening, OFFICER)
    except StoppedError:
        return True
    return False


def _completed(home: Home) -> None:
    """Completed by hand it has its words, holds what it shall, and ends as any other."""
    ground = home.ground
    recover(ground.state, ground.store, ground.clock.now() + timedelta(days=1))
    amend(ground, 1, WORDS, OFFICER)
    found, _ = shown(home, 1)
    assert (found["wording"], found["covers"] is not None) == (WORDS, True)
    assert not going(home)
    withdraw(ground, 1, OFFICER)
    close(ground, 1, OFFICER, "Logg")
    assert going(home)


def test_what_fails_after_the_hold_tells_the_number(desk: Desk) -> None:
    """A lease that never comes: G-REQUEST names the request, everything is held, and show says that it was stopped."""
    desk.sample()

    def refuse(name: str) -> None:
        if name.startswith("own:"):
            raise OSError("no")

    with desk.open() as home:
        odd = with_state(home, OddState(home.ground.state, at_lease=refuse))
        with pytest.raises(GuardError, match="request 1 is entered and everything is held") as refused:
            open_request(odd, Opening(wording=WORDS), OFFICER)
        assert refused.value.code == "G-REQUEST"
    assert culled(desk) == set()
    answer = desk.command("request", "show", "1", codes={3})
    assert {one["code"] for one in answer["findings"]} >= {"Q108", "Q106"}
    assert answer["request"]["wording"] is None
    desk.say("request", "amend", "1", "--text", WORDS, "--as", OFFICER)
    assert desk.command("request", "show", "1")["request"]["wording"] == WORDS


def test_two_requests_at_once_get_two_numbers(desk: Desk) -> None:
    """One that is opened while another is about to be committed has a number and a hold of its own."""
    with desk.open() as home, desk.open() as other:
        begun: list[int] = []

        def meanwhile(_: str) -> None:
            if not begun:
                begun.append(1)
                begun.append(open_request(other, Opening(wording="Den andra"), OFFICER).number)

        odd = with_state(home, OddState(home.ground.state, at_lease=meanwhile))
        first = open_request(odd, Opening(wording="Den första"), OFFICER)
    assert {first.number, begun[1]} == {1, 2}
    assert desk.kept(1).hold != desk.kept(2).hold


def test_text_comes_from_a_file(desk: Desk, tmp_path: Path) -> None:
    """UTF-8 with or without a mark; what is no text, or too long, is refused."""
    file = tmp_path / "begäran.txt"
    file.write_bytes("\ufeffHej å".encode())
    desk.say("request", "open", "--text-file", str(file), "--as", OFFICER)
    assert desk.command("request", "show", "1")["request"]["wording"] == "Hej å"
    for data in (b"\xff\xfe", b"x" * 90_000):
        file.write_bytes(data)
        desk.say("request", "open", "--text-file", str(file), "--as", OFFICER, codes={2})
    desk.say("request", "open", "--text-file", str(tmp_path / "finns-inte"), "--as", OFFICER, codes={2})


def test_the_list_has_what_is_open(desk: Desk) -> None:
    """Numbers and days alone; closed ones only when all are asked for."""
    desk.say("request", "open", "--text", WORDS, "--as", OFFICER)
    desk.say("request", "open", "--text", WORDS, "--as", OFFICER)
    desk.say("request", "withdraw", "1", "--as", OFFICER)
    desk.say("request", "close", "1", "--as", OFFICER)
    assert [one["request"] for one in desk.command("request", "list")["requests"]] == [2]
    assert [one["standing"] for one in desk.command("request", "list", "--all")["requests"]] == ["closed", "open"]
    assert "1 begäran." in desk.say("request", "list")


def test_the_ledger_says_the_same(desk: Desk) -> None:
    """Receipts of a request hold ids, codes, counts and days, and its subject is the request's."""
    desk.say("request", "open", "--text", WORDS, "--account", ACCOUNT, "--as", OFFICER)
    bodies = desk.receipts("request:1")
    assert bodies[0]["evidence"] == {
        "request": 1,
        "standing": "open",
        "hold": 1,
        "kind": "handlingar",
        "channel": "e-post",
        "received": "2026-01-15T09:00:00Z",
        "authority": "arvika-ks",
    }
    assert all(one["actor"] == OFFICER for one in bodies)

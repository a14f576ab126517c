"""Candidates: which records a registrar is asked about, with which reasons, and when they come back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.keep.own import write_own
from schemas.codes import texts
from schemas.codes.register import TEXTS
from schemas.record import Row
from schemas.refusal import GuardError, RefusedError
from tests.cull.archive import AUTHORITY
from tests.register.world import ASKED, REGISTRAR, TEXT, World


def later_version(world: World, row: Row) -> None:
    """An edit of an item, seen now."""
    world.later(hours=1)
    changed = {"version": row.version + 1, "text": "ändrad text", "identity": "x", "observed": world.at}
    values = {name: getattr(row, name) for name in Row.__dataclass_fields__} | changed
    world.add([Row(**values)], new=False)


def test_every_reason_leads_to_a_candidate(world: World) -> None:
    """Plan, content, secrecy, matter, removal by mark and by sighting: each gives its own code."""
    names = {}
    for name, kind in (("plan", "comment"), ("innehåll", "message"), ("sekretess", "comment"), ("ärende", "comment")):
        (names[name],) = world.add([world.row(kind, ASKED, own=False)])  # type: ignore[arg-type] # kinds of the list
    hidden = world.row("comment", ASKED, own=False)
    sighting = {"row": "sighting", "state": "hidden", "evidence": "hidden-by-us", "text": None, "payload": None}
    values = {name: getattr(hidden, name) for name in Row.__dataclass_fields__} | sighting
    (names["dold"], _) = world.add([hidden]) + world.add([Row(**values)], new=False)
    world.add([world.row("post", ASKED), world.row("comment", ASKED, own=False)])
    world.mark(names["plan"], "borttagen-av-oss")
    world.mark(names["sekretess"], "sekretess", provision="OSL 26:1")
    world.mark(names["ärende"], "i-arende", dnr="KS 2026/4")
    assert world.candidates() == {
        names["sekretess"]: ["J103"],
        names["plan"]: ["J101", "J105"],
        names["innehåll"]: ["J102"],
        names["ärende"]: ["J104"],
        names["dold"]: ["J106"],
    }


def test_urgent_ones_come_first_and_say_why(world: World) -> None:
    """A secrecy mark makes it urgent whatever else there is; the text names the provision; nothing of the content."""
    _, comment, _ = world.thread()
    (message,) = world.add([world.row("message", ASKED - timedelta(days=1), own=False)])
    world.mark(comment, "sekretess", provision="OSL 26:1")
    told = world.command("register", "candidates")["candidates"]
    assert [(one["item"], one["urgent"], one["to_judge"]) for one in told] == [
        (comment, True, False),
        (message, False, True),
    ]
    assert "OSL 26:1" in told[0]["reasons"][0]["text"]
    assert world.command("register", "candidates", "--urgent")["candidates"] == told[:1]
    shown = world.text("register", "candidates")
    assert comment in shown
    assert "I DAG" in shown
    assert TEXT not in shown


def test_minor_importance_ends_what_content_and_removal_ask(world: World) -> None:
    """Marked ringa, neither the content nor our hiding it asks any longer; secrecy still does."""
    (message,) = world.add([world.row("message", ASKED, own=False)])
    (removed,) = world.add([world.row("comment", ASKED, own=False)])
    world.mark(removed, "borttagen-av-oss")
    world.mark(removed, "inaktuell")
    assert world.candidates() == {message: ["J102"]}
    world.mark(message, "ringa")
    assert world.candidates() == {}
    world.mark(message, "sekretess", provision="OSL 21:1")
    assert world.candidates() == {message: ["J103"]}


def test_our_own_documents_are_candidates(world: World) -> None:
    """A snapshot by its row of the plan; what waits in the outbox by its errand too."""
    with world.open() as home:
        made = {
            kind: write_own(
                home.ground,
                kind=kind,
                authority=AUTHORITY,
                text="x",
                payload={},
                at=world.at,
                act="test.made",
            )
            for kind in ("snapshot", "certificate", "decision")
        }
        with home.ground.state.writing() as books:
            books.outbox.put("register", made["certificate"], world.at)
    assert world.candidates() == {made["snapshot"]: ["J108"], made["certificate"]: ["J107", "J108"]}


def test_what_is_declined_comes_back_with_a_new_reason_or_version_alone(world: World) -> None:
    """Declined, it is gone; a mark or an edit brings it back, with what is new among the reasons."""
    row = world.row("message", ASKED, own=False)
    (item,) = world.add([row])
    arguments = ("--as", REGISTRAR, "--reason", "Av tillfällig betydelse, hålls ordnad.")
    assert world.command("register", "decline", item, *arguments) == {"declined": [item]}
    assert world.candidates() == {}
    assert world.way(item).standing == "declined"
    world.later(days=1)
    world.mark(item, "i-arende", dnr="KS 2026/9")
    assert world.candidates() == {item: ["J102", "J104"]}
    world.command("register", "decline", item, *arguments)
    assert world.candidates() == {}
    later_version(world, row)
    assert world.candidates() == {item: ["J102", "J104", "J110"]}


def test_a_new_version_after_the_registration_comes_back(world: World) -> None:
    """Confirmed, or marked by hand: an edit seen later is a candidate, and its confirmation or a decision ends that."""
    first, second = world.row("message", ASKED, own=False), world.row("message", ASKED, own=False)
    world.add([first, second])
    world.command("register", "confirm", first.item, "KS 2026/1", "--as", REGISTRAR)
    world.mark(second.item, "registrerad", dnr="KS 2026/2")
    assert world.candidates() == {}
    later_version(world, first)
    later_version(world, second)
    assert world.candidates() == {first.item: ["J109"], second.item: ["J109"]}
    world.command("register", "confirm", first.item, "KS 2026/1", "--as", REGISTRAR)
    world.command("register", "decline", second.item, "--as", REGISTRAR, "--reason", "bara ett stavfel rättat")
    assert world.candidates() == {}
    assert world.way(second.item).standing == "confirmed"
    assert world.marks(second.item)["registrerad"].dnr == "KS 2026/2"


def test_secret_records_are_not_merely_kept_in_order(world: World) -> None:
    """Declining a secret one is refused (OSL 5:1) until it is marked of minor importance."""
    _, comment, _ = world.thread()
    world.mark(comment, "sekretess", provision="OSL 21:1")
    arguments = ("register", "decline", comment, "--as", REGISTRAR, "--reason", "nej")
    with pytest.raises(GuardError, match="G-SECRET"):
        world.command(*arguments)
    world.mark(comment, "ringa")
    assert world.command(*arguments) == {"declined": [comment]}


def test_only_those_with_the_mandate_decide(world: World) -> None:
    """An officer without it is refused (G-MANDATE), and nothing is decided; a reason must be given."""
    _, comment, _ = world.thread()
    for arguments in (
        ("decline", comment, "--as", "Ulla Handläggare", "--reason", "x"),
        ("confirm", comment, "KS 2026/1", "--as", "Ulla Handläggare"),
        ("send", comment, "--as", "Ulla Handläggare"),
    ):
        with pytest.raises(GuardError, match="G-MANDATE"):
            world.command("register", *arguments)
    with pytest.raises(RefusedError, match="--reason"):
        world.command("register", "decline", comment, "--as", REGISTRAR, "--reason", "  ")
    assert world.acts(comment) == []


def test_the_words_of_a_decision_stand_in_the_archive_alone(world: World) -> None:
    """The reason is in a record of ours; ledger and database hold ids and codes."""
    (item,) = world.add([world.row("message", ASKED, own=False)])
    words = "Vera Vass frågade bara om öppettiderna"
    world.command("register", "decline", item, "--as", REGISTRAR, "--reason", words)
    assert world.command("register", "show", item)["decision"]["reason"] == words
    with world.open() as home, home.ground.state.reading() as books:
        bodies = "".join(link.body for link in books.ledger.after(0))
    assert words not in bodies
    assert '"reasons":"J102"' in bodies
    raw = b"".join(path.read_bytes() for path in (world.path / "state").iterdir() if path.is_file())
    assert words.encode() not in raw


def test_every_code_has_its_number_and_both_sentences() -> None:
    """J101 to J130, each with a Swedish and an English sentence, and no other module uses them."""
    assert sorted(TEXTS) == [f"J{number}" for number in range(101, 131)]
    assert all(sv and en and sv != en for sv, en in TEXTS.values())
    assert texts().keys() >= TEXTS.keys()


def test_a_number_that_is_taken_away_makes_it_a_candidate_again(world: World) -> None:
    """Nothing is registered without a number; the right one ends it."""
    item = world.add([world.row("comment", ASKED, own=False)])[0]
    world.mark(item, "borttagen-av-oss")
    before = world.candidates()[item]
    world.command("register", "confirm", item, "KS 2026/1", "--as", REGISTRAR)
    assert world.candidates() == {}
    world.mark(item, "registrerad", remove=True)
    assert world.candidates()[item] == before
    world.command("register", "confirm", item, "KS 2026/2", "--as", REGISTRAR)
    assert world.candidates() == {}
    assert world.marks(item)["registrerad"].dnr == "KS 2026/2"

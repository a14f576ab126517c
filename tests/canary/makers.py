"""Makers of derived files: whatever Bevara makes of items is made here before the culling, and must be gone after it.

Who adds a kind of derived file to Bevara adds its maker to ``MAKERS``; the canary then covers it in every variant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from connectors.places import Place
from flows.deposit.decide import decide
from flows.deposit.find import scan
from flows.keep.fresh import Fresh
from flows.oversee.removal.act import remove
from flows.oversee.removal.asked import Asked
from schemas.account import Account
from schemas.deposit import Told
from schemas.ids import ItemId
from tests.canary.rehearsal import PROPOSER, Rehearsal, rows_by_item

_EITHER = 6
"""Records of either side that are asked for."""
Maker = Callable[[Rehearsal], None]
"""Makes derived files of one sort in a rehearsal home."""


def record_documents(rehearsal: Rehearsal) -> None:
    """XML of every account and month, with every item in it: the plan in force preserves all of them."""
    answer = rehearsal.json("archive", "records")
    assert answer["documents"], answer


def ledger_segments(rehearsal: Rehearsal) -> None:
    """The exported ledger."""
    rehearsal.say("verify")


def decisions_file(rehearsal: Rehearsal) -> None:
    """The outcome of every item, as a file outside the store."""
    rehearsal.say("plan", "decisions", "--out", str(rehearsal.root / "beslut.parquet"))


def draft_of_due_list(rehearsal: Rehearsal) -> None:
    """An unsigned draft, as the scheduled run makes it."""
    rehearsal.say("cull", "propose")


_PROFILE = """form = "eark"
agreement = "KANARIE-1;2026-01-01"
keep = true

[[agent]]
role = "archival-creator"
name = "Arkivbildaren"
code = "ORG:212000-0000"

[[agent]]
role = "submitter"
name = "Kommunen"
code = "ORG:212000-0000"

[receiver]
kind = "folder"
path = "%s"
"""


def packages_for_the_e_archive(rehearsal: Rehearsal) -> None:
    """A package of every account, delivered and accepted, which the profile keeps in the store all the same.

    What the receiver has got is the receiver's, and lies outside of what is scanned.
    """
    receiver = rehearsal.root.parent / "e-arkivet"
    receiver.mkdir()
    profiles = rehearsal.home / "profiles"
    profiles.mkdir()
    (profiles / "kanarie.toml").write_text(_PROFILE % receiver, encoding="utf-8")
    with rehearsal.open() as home, home.ground.state.reading() as books:
        accounts = [one.name for one in books.accounts.all()]
        months = sorted({month for _, month, _ in books.manifest.partitions()})
    period = ("--from", months[0], "--to", months[-1])
    for account in accounts:
        made = rehearsal.json(
            "archive", "package", account, *period, "--profile", "kanarie", "--as", PROPOSER, codes=(0, 3)
        )
        number = str(made["package"]["number"])
        assert made["package"]["items"], made
        rehearsal.say("archive", "deliver", number)
        rehearsal.say("archive", "receipt", number, "accepted", "--reference", f"K{number}", "--as", PROPOSER)


_DEPOSIT = """
[organisation]
name = "Kommunen"
code = "ORG:212000-0000"

[deposit]
agreement = "http://www.kb.se/namespace/digark/submissionagreement/kanarie"
keep = true

[deposit.receiver]
kind = "folder"
path = "%s"
"""


def deliveries_for_kb(rehearsal: Rehearsal) -> None:
    """A delivery of every authority's films, accepted by KB, which the settings keep in the store all the same."""
    receiver = rehearsal.root.parent / "kb"
    receiver.mkdir()
    with (rehearsal.home / "bevara.toml").open("a", encoding="utf-8") as settings:
        settings.write(_DEPOSIT % receiver)
    films: dict[str, list[str]] = {}
    with rehearsal.open() as home:
        scan(home)
        with home.ground.state.reading() as books:
            found = books.films.all("candidate")
        for one in found:
            told = Told(page=f"https://kommunen.example/film/{one.number}")
            decide(home, [str(one.number)], True, "Informationsfilm", PROPOSER, told)
            films.setdefault(one.authority, []).append(str(one.number))
    assert films
    for number, numbers in enumerate(films.values(), 1):
        made = rehearsal.json("deposit", "package", *numbers, "--as", PROPOSER, codes=(0, 3))
        assert made["delivery"]["sha256"], made
        rehearsal.say("deposit", "deliver", str(number))
        rehearsal.say("deposit", "receipt", str(number), "accepted", "--reference", f"KB-{number}", "--as", PROPOSER)


def answers_to_a_request(rehearsal: Rehearsal) -> None:
    """A request for some that go and some that stay: a frozen list, masked copies, an answer, letters and a log.

    What was handed out is the recipient's, and lies outside of what is scanned. The masked copies are records of their
    own with a plan row of their own: those of what goes are marked to go with it, as an archivist does who culls both; the
    others stay. Nothing that the request leaves beside them quotes a record.
    """
    going, staying = _some_of_either(rehearsal)
    items = [*going, *staying]
    opened = rehearsal.json("request", "open", "--text", "Några av handlingarna", "--as", PROPOSER, codes=(0, 3))
    number = str(opened["request"]["request"])
    named = [part for item in items for part in ("--item", item)]
    rehearsal.json("request", "find", number, *named, "--as", PROPOSER, codes=(0, 3))
    mask = ("request", "mask", number, *items, "--field", "author", "--provision", "OSL 21:1", "--as", PROPOSER)
    rehearsal.json(*mask, codes=(0, 3))
    rehearsal.json("request", "assess", number, "--all", "give", "--as", PROPOSER, codes=(0, 3))
    handed = rehearsal.root.parent / "utlämnat"
    rehearsal.json("request", "answer", number, "--out", str(handed), "--as", PROPOSER, codes=(0, 3))
    rehearsal.json("request", "close", number, "--as", PROPOSER, codes=(0, 3))
    assert (handed / "handlingar.json").stat().st_size
    with rehearsal.open() as home, home.ground.state.reading() as books:
        copies = [
            one.copy for one in books.requests.assessed(int(number)) if one.copy is not None and one.item in going
        ]
    assert len(set(copies)) >= len(going)
    rehearsal.say("mark", *sorted(set(copies)), "inaktuell", "--as", PROPOSER)
    rehearsal.going.update(copies)


def removals(rehearsal: Rehearsal) -> None:
    """Some that go and some that stay are to be taken off their page by hand: a row and a record of each.

    Nobody is asked outside: the accounts of the canary have no secret that may take away. The records name items by their
    ids and repeat nothing of them.
    """
    with rehearsal.open() as home, home.ground.state.reading() as books:
        names = [f"account='{one.name}'" for one in books.accounts.all()]
    with rehearsal.open() as home:
        rows = rows_by_item(home)
    going, staying = (
        [item for item in some if any(name in rows[item][0] for name in names)][:2]
        for some in _some_of_either(rehearsal)
    )
    assert going
    assert staying
    with rehearsal.open() as home:
        for item in (*going, *staying):
            asked = Asked(item=item, clause="R08", why="Reklam", person=PROPOSER, emergency="Ett inlägg med reklam")
            removal = remove(home, asked, _unseen).removal
            assert removal.standing == "by-hand"
            # A removal that waits keeps its item from being culled, and one that is done gives it another row of the plan.
            with home.ground.state.writing() as books:
                books.duties.put_removal(replace(removal, standing="declined"))


def _unseen(_: Account, __: ItemId) -> Fresh:
    return Fresh(outcome="failed", code="H101")


def _some_of_either(rehearsal: Rehearsal) -> tuple[list[ItemId], list[ItemId]]:
    """Posts and comments of the rows with text: six that are marked to go, and six that are not."""
    found: tuple[list[ItemId], list[ItemId]] = ([], [])
    with rehearsal.open() as home:
        with home.ground.state.reading() as books:
            marked = {one.item for one in books.marks.all() if one.kind == "inaktuell"}
        for item, rows in sorted(rows_by_item(home).items()):
            if any(f"kind='{kind}'" in rows[0] for kind in ("post", "comment")):
                some = found[item not in marked]
                if len(some) < _EITHER:
                    some.append(item)
    return found


MAKERS: list[Maker] = [
    answers_to_a_request,
    record_documents,
    ledger_segments,
    decisions_file,
    packages_for_the_e_archive,
    deliveries_for_kb,
    draft_of_due_list,
    removals,
]
"""In the order in which they are made, all before the order is proposed."""


def mirrored(rehearsal: Rehearsal, mirror: Place) -> int:
    """Copy every object of the store to a mirror, as whoever keeps the mirror does; returns how many."""
    copies = mirror.open()
    known = {info.key for info in copies.list("")}
    with rehearsal.open() as home:
        for info in list(home.ground.store.list("")):
            if info.key not in known:
                copies.put_new(info.key, home.ground.store.get(info.key))
                known.add(info.key)
    return len(known)

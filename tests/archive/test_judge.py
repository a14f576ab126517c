"""Which items get no record document: by a real plan, real marks and the real evaluation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date

import pytest

from flows.archive.act import ArchiveReport
from flows.archive.command import as_json, as_text
from flows.archive.judge import judge_of
from flows.archive.nightly import run_archive, write_archive
from schemas.books import AdoptedPlan
from schemas.finding import Finding
from schemas.hold import Mark, MarkKind
from schemas.ids import ItemId
from tests.archive.world import World, item, numbers, row

PLAN = """
id = "prov"
title = "Plan för prov"
edition = "2024"
authorities = ["ks"]
{force}

[mandate]
body = "Kommunstyrelsen"
date = 2024-01-01
paragraph = "§ 1"
dnr = "KS 2024/1"

[[rule]]
id = "inlagg"
type = "Eget inlägg"
action = "bevara"
reach = "item"
match = {{ kind = ["post"] }}

[[rule]]
id = "profil"
type = "Profil"
action = "bevara"
reach = "thread"
match = {{ kind = ["profile"] }}

[[rule]]
id = "svar"
type = "Eget svar"
action = "granska"
match = {{ kind = ["reply"] }}

[[rule]]
id = "kommentar"
type = "Kommentar"
action = "gallra"
period = "2 år"
trigger = "published"
match = {{ kind = ["comment"] }}

[[rule]]
id = "delning"
type = "Delning"
action = "gallra"
period = "1 år"
trigger = "published"
match = {{ kind = ["boost", "story"] }}

[[rule]]
id = "handelse"
type = "Händelse"
action = "gallra"
period = "1 år"
trigger = "published"
match = {{ kind = ["story"] }}
"""


def adopt(world: World, text: str = PLAN.format(force="")) -> None:
    """Adopt a plan."""
    with world.state.writing() as books:
        plan = AdoptedPlan(
            edition=f"2024-{len(books.plans.adopted())}",
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            person="Anna",
            adopted=world.clock.now(),
        )
        books.plans.adopt(plan)


def mark(world: World, name: ItemId, kind: MarkKind, on: date | None = None) -> None:
    """Mark an item."""
    with world.state.writing() as books:
        books.marks.add(Mark(item=name, kind=kind, person="Anna", at=world.clock.now(), on=on))


def fill(world: World) -> None:
    """One item of each kind: 1 post, 2 reply, 3 comment, 4 boost, 5 story, 6 mention, 7 profile with comment 8."""
    kinds = ("post", "reply", "comment", "boost", "story", "mention", "profile")
    rows = [row(number, "2024-11-10T20:00Z", kind=kind) for number, kind in enumerate(kinds, start=1)]
    below = row(8, "2024-11-10T20:00Z", kind="comment", own=False, thread=item(7), parent=item(7))
    world.put([*rows, below])


def written(world: World) -> list[int]:
    """Numbers of the items in documents after the first night of December."""
    world.clock.set("2024-12-01T02:00Z")
    report = run_archive(world.ground())
    assert report.findings == ()
    return sorted(number for rows in world.content().values() for number in numbers(rows))


def test_without_a_plan_everything_is_written(world: World) -> None:
    """No rule says gallra when there is none."""
    fill(world)
    assert written(world) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_only_what_one_rule_gives_to_culling_is_left_out(world: World) -> None:
    """Bevara, granska, no rule, several rules and what is preserved with its thread are written."""
    fill(world)
    adopt(world)
    assert written(world) == [1, 2, 5, 6, 7, 8]


@pytest.mark.parametrize("kind", ["granskad-bevara", "i-arende"])
def test_a_mark_that_keeps_or_asks_brings_the_item_into_the_document(world: World, kind: MarkKind) -> None:
    """Reviewed and to be kept, or in a matter the rule is not written for: not left to culling."""
    fill(world)
    adopt(world)
    mark(world, item(3), kind)
    assert 3 in written(world)


def test_a_hold_delays_culling_and_makes_no_record(world: World) -> None:
    """What is held is still to be culled one day; it stays in the holdings alone."""
    fill(world)
    adopt(world)
    with world.state.writing() as books:
        books.holds.set("item", item(3), "Anna", world.clock.now())
    assert 3 not in written(world)


def test_an_edition_that_is_not_in_force_says_nothing(world: World) -> None:
    """Before its first day and after its last, everything is written."""
    fill(world)
    adopt(world, PLAN.format(force="valid_from = 2030-01-01"))
    assert written(world) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_token_changes_when_the_judgement_may(new_world: Callable[..., World]) -> None:
    """By adoption, and on the day a validity begins; not from one night to the next."""
    world = new_world("token")
    tokens = [judge_of(world.ground()).token]
    adopt(world, PLAN.format(force="valid_from = 2025-01-01"))
    for at in ("2024-11-20T02:00Z", "2024-12-31T22:00Z", "2024-12-31T23:00Z", "2025-06-01T02:00Z"):
        world.clock.set(at)
        tokens.append(judge_of(world.ground()).token)
    assert tokens[1] == tokens[2]
    assert tokens[3] == tokens[4]
    assert len(set(tokens)) == 3


def test_the_archive_is_not_read_when_nothing_is_due(world: World) -> None:
    """Asking for a judge reads plan and marks alone."""
    fill(world)
    adopt(world)
    for info in list(world.store.list("holdings/")):
        (world.root / "store" / info.key).unlink()
    assert write_archive(world.ground()) == 0


def test_a_new_edition_brings_items_into_the_next_supplement(world: World) -> None:
    """What the old edition left to culling and the new one keeps is added when the calendar month is over."""
    fill(world)
    adopt(world)
    written(world)
    adopt(
        world,
        PLAN.format(force="").replace(
            'action = "gallra"\nperiod = "2 år"\ntrigger = "published"', 'action = "granska"'
        ),
    )
    world.clock.set("2025-01-01T02:00Z")
    run_archive(world.ground())
    assert numbers(world.content()["2024-11", "arvika", "supplement-2024-12"]) == [3]


def test_the_command_answers_in_json_and_swedish(world: World) -> None:
    """Keys and counts in JSON; sentences for a person; findings in both languages."""
    fill(world)
    world.clock.set("2024-12-01T02:00Z")
    report = run_archive(world.ground())
    answer = json.loads(json.dumps(as_json(report)))
    assert answer["documents"][0]["key"] == world.copies()[0].key
    assert answer["documents"][0]["items"] == 8
    assert as_text(report).startswith("2024-11 arvika: huvudfil med 8 handlingar (8 versioner")
    assert as_text(run_archive(world.ground())) == "Inga handlingsdokument var i tur att skrivas."
    finding = Finding(code="A104", severity="info", subject="ks/2024-11", parameters=(("month", "2024-11"),))
    failed = ArchiveReport(findings=(finding,))
    assert "bearbetas av en annan körning" in as_text(failed)
    assert as_json(failed)["findings"][0]["en"].startswith("Another run")

"""What is late is told every night, by account and rule; orders are told where they wait, run or ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.home import init_home, open_home
from flows.cull.forget import first_kept, forget_suppressed
from flows.cull.overdue import Duties, overdue
from flows.keep.append import Addition, append
from flows.plan.act import adopt_plan
from schemas.calendar import period
from schemas.codes import sentence
from schemas.ground import Home
from schemas.ids import ItemId, Month, new_item_id
from schemas.order import Operation, Order, Signature, SigningAct, Standing
from schemas.record import Row
from schemas.tables import to_table
from tests.plan.worlds import make_row

AT = datetime(2026, 1, 20, 12, tzinfo=UTC)
PLAN = """
id = "p"
title = "Plan"
edition = "{edition}"
authorities = ["arvika-ks"]
{extra}
[mandate]
body = "KS"
date = 2025-01-01
paragraph = "§ 1"
[[rule]]
id = "kommentar"
type = "Kommentar"
action = "gallra"
period = "2 år"
trigger = "published"
match = {{ kind = ["comment"] }}
[[rule]]
id = "svar"
type = "Svar"
action = "gallra"
period = "1 år"
trigger = "published"
match = {{ kind = ["reply"] }}
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Comments of two accounts and a reply, published in different years, under an adopted plan."""
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="overdue", key_file=None)
    with open_home(path, at=AT) as opened:
        made = [("comment", "nyheter", 2020), ("comment", "nyheter", 2019), ("comment", "bygga-bo", 2020)]
        # Due on 1 January 2025, 2026 and 2027: just on the edge, not late enough, not at all.
        made += [("reply", "nyheter", 2023), ("comment", "nyheter", 2023), ("comment", "nyheter", 2024)]
        tables: dict[tuple[str, Month], list[Row]] = {}
        for number, (kind, account, year) in enumerate(made):
            item = new_item_id(Month(f"{year}-06"), number.to_bytes(10, "big"))
            published = datetime(year, 6, 1, 12, tzinfo=UTC)
            row = make_row(item, kind=kind, own=False, account=account, published=published)
            tables.setdefault(("arvika-ks", Month(f"{year}-06")), []).append(row)
        with opened.ground.state.hold_lease("account:nyheter") as lease:
            addition = Addition(
                batch="b",
                tables={key: to_table(rows) for key, rows in tables.items()},
                act="harvest.batch",
                subject="nyheter",
            )
            append(opened.ground.state, opened.ground.store, lease, addition, chance=opened.ground.chance, at=AT)
        adopt(opened, tmp_path)
        yield opened


def adopt(home: Home, folder: Path, *, edition: str = "1", extra: str = "") -> None:
    """Adopt an edition."""
    path = folder / f"plan-{edition}.toml"
    path.write_text(PLAN.format(edition=edition, extra=extra), "utf-8")
    adopt_plan(home, path, None)


def order(
    home: Home, number: int, standing: Standing, *, until: datetime | None = None, expires: datetime | None = None
) -> str:
    """An order that stands somewhere, with the signatures and the operation that belong to it."""
    digest = f"{number:064x}"
    with home.ground.state.writing() as books:
        books.orders.add(
            Order(
                digest=digest, as_of=AT.date(), made=AT - timedelta(days=3), edition="1", plan_digest="x", revision=1,
                cull=7, keep=1, ask=0, standing=standing,
            )
        )  # fmt: skip
        acts: list[SigningAct] = ["propose", "approve"]
        for act in acts[: 0 if standing == "draft" else 1 if standing == "signed" else 2]:
            books.orders.sign(
                Signature(
                    order=digest, act=act, person="Eva", role="arkivansvarig", key="0" * 64,
                    at=AT - timedelta(days=2), expires=expires if act == "approve" else None, statement="{}",
                    signature="0" * 128,
                )
            )  # fmt: skip
        if standing in ("quarantined", "open"):
            books.orders.operate(Operation(order=digest, begun=AT - timedelta(days=1), until=until))
    return digest


def told(duties: Duties) -> list[tuple[str, str, str, int]]:
    """Code, severity, subject and count of every finding."""
    return [(one.code, one.severity, one.subject, one.count) for one in duties.findings]


def test_what_has_been_due_longer_than_the_limit_is_told_by_account_and_rule(home: Home) -> None:
    """Counts and oldest day are those of items due more than a year ago; the outcomes are counted in the same pass."""
    found = overdue(home, AT.date())
    assert found.counts is not None
    assert found.counts.as_json() == {"cull": 5, "keep": 1, "ask": 0}
    assert [(one.account, one.rule, one.items, one.since) for one in found.late] == [
        ("bygga-bo", "kommentar", 1, date(2023, 1, 1)),
        ("nyheter", "kommentar", 2, date(2022, 1, 1)),
        ("nyheter", "svar", 1, date(2025, 1, 1)),
    ]
    assert found.overdue == 4
    assert told(found) == [
        ("K101", "warning", "bygga-bo", 1),
        ("K101", "warning", "nyheter", 2),
        ("K101", "warning", "nyheter", 1),
    ]
    swedish = sentence("K101", "sv", dict(found.findings[1].parameters))
    assert "2 handlingar" in swedish
    assert "planraden kommentar (den äldsta sedan 2022-01-01)" in swedish


def test_the_day_the_limit_is_reached_is_not_late_yet(home: Home) -> None:
    """Due on 1 January 2025 is late from 2 January 2026 on, not a day before."""
    late = [one.rule for one in overdue(home, date(2026, 1, 1)).late]
    assert "svar" not in late
    assert "svar" in [one.rule for one in overdue(home, date(2026, 1, 2)).late]


def test_without_a_plan_nothing_is_late(tmp_path: Path) -> None:
    """No plan, no duty to cull; the orders are told all the same."""
    init_home(tmp_path / "tom", rehearsal=True, seed="x", key_file=None)
    with open_home(tmp_path / "tom", at=AT) as opened:
        digest = order(opened, 1, "open")
        found = overdue(opened, AT.date())
    assert (found.counts, found.overdue, found.late) == (None, 0, ())
    assert told(found) == [("K104", "warning", digest, 1)]


def test_orders_are_told_by_where_they_stand(home: Home) -> None:
    """Waiting, ending, running: told; expired and begun but not finished: a warning; done and withdrawn: nothing."""
    signed = order(home, 1, "signed")
    ending = order(home, 2, "approved", expires=AT + timedelta(days=5))
    expired = order(home, 3, "approved", expires=AT)
    waits = order(home, 4, "quarantined", until=AT + timedelta(days=30))
    begun = order(home, 5, "open")
    order(home, 6, "done")
    order(home, 7, "withdrawn")
    order(home, 8, "draft")
    draft = order(home, 9, "draft")
    found = overdue(home, AT.date()).orders
    assert [(one.code, one.severity, one.subject) for one in found] == [
        ("K102", "info", signed),
        ("K103", "info", ending),
        ("K107", "warning", expired),
        ("K105", "info", waits),
        ("K104", "warning", begun),
        ("K106", "info", draft),
    ]
    for one in found:
        assert "…" not in sentence(one.code, "sv", dict(one.parameters))
        assert "…" not in sentence(one.code, "en", dict(one.parameters))
    assert "2026-01-25" in sentence("K103", "sv", dict(found[1].parameters))


def test_suppression_ends_when_its_own_retention_has_run_out(home: Home, tmp_path: Path) -> None:
    """Entries are kept for ever without a retention; with one, older entries go, with a receipt of the count alone."""
    entries = [(bytes([number]) * 32, ItemId(f"202001-aaaaaaaaaaaaaaa{letter}")) for number, letter in enumerate("bcd")]
    with home.ground.state.writing() as books:
        books.natives.add(entries)
        for number, (_, item) in enumerate(entries):
            books.natives.suppress([item], "d" * 64, datetime(2015 + 5 * number, 1, 19, 12, tzinfo=UTC))
    assert forget_suppressed(home.ground) == 0
    adopt(home, tmp_path, edition="2", extra='suppression = "10 år"')
    assert forget_suppressed(home.ground) == 1
    assert forget_suppressed(home.ground) == 0
    with home.ground.state.reading() as books:
        assert [one.culled.year for one in books.natives.suppressed()] == [2020, 2025]
        bodies = [json.loads(link.body) for link in books.ledger.after(0)]
    (receipt,) = [body for body in bodies if body["act"] == "cull.suppression-forgotten"]
    assert receipt["evidence"] == {
        "entries": 1,
        "retention": "10 år",
        "culled_before": "2016-01-19T23:00:00Z",
    }


def test_the_retention_counts_whole_civil_days() -> None:
    """What was culled on the same day so many years ago is still remembered."""
    assert first_kept(period("10 år"), date(2026, 7, 1)) == datetime(2016, 6, 30, 22, tzinfo=UTC)
    assert first_kept(period("30 dagar"), date(2026, 1, 31)) == datetime(2025, 12, 31, 23, tzinfo=UTC)

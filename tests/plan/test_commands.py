"""The commands of the plan, in a real home."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.home import init_home, open_home
from flows import exits
from flows.__main__ import run
from flows.keep.append import Addition, append
from flows.keep.holds import set_hold
from flows.oversee.persons import add_person
from schemas.ids import ItemId, Month, month_of
from schemas.order import Operation, Order, Signature, Tombstone
from schemas.receipt import Receipt
from schemas.refusal import GuardError, RefusedError
from schemas.tables import to_table
from tests.plan.worlds import make_row

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
POST, COMMENT, EDITED = "202006-aaaaaaaaaaaaaaab", "202006-aaaaaaaaaaaaaaac", "202007-aaaaaaaaaaaaaaad"
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
id = "inlagg"
type = "Eget inlägg"
action = "bevara"
reach = "item"
match = {{ kind = ["post"] }}
[[rule]]
id = "kommentar"
type = "Kommentar"
action = "gallra"
period = "{period}"
trigger = "thread_activity"
match = {{ kind = ["comment"] }}
"""


def _plan(folder: Path, *, edition: str = "1", period: str = "2 år", extra: str = "") -> Path:
    path = folder / f"plan-{edition}.toml"
    path.write_text(PLAN.format(edition=edition, period=period, extra=extra), encoding="utf-8")
    return path


@pytest.fixture
def home_path(tmp_path: Path) -> Path:
    """A rehearsal home with a post, a comment below it and a comment edited in 2025."""
    path = tmp_path / "hem"
    init_home(path, rehearsal=True, seed="x", key_file=None)
    later = datetime(2025, 3, 1, tzinfo=UTC)
    rows = [
        make_row(POST),
        make_row(COMMENT, kind="comment", own=False, parent=POST, thread=POST),
        make_row(EDITED, kind="comment", own=False),
        make_row(EDITED, kind="comment", own=False, version=2, edited=later, observed=later, text="Ändrad"),
    ]
    with open_home(path, at=AT) as home:
        add_person(home.ground, "Eva", "arkivansvarig")
        tables: dict[tuple[str, Month], pa.Table] = {}
        for item in (POST, EDITED):
            month = month_of(item)  # type: ignore[arg-type] # an item id in plain text
            tables["arvika-ks", month] = to_table([row for row in rows if month_of(row.item) == month])
        with home.ground.state.hold_lease("account:nyheter") as lease:
            addition = Addition(batch="b", tables=tables, act="harvest.batch", subject="nyheter")
            append(home.ground.state, home.ground.store, lease, addition, chance=home.ground.chance, at=AT)
    return path


def _run(home_path: Path, *arguments: str) -> int:
    return run(["--home", str(home_path), "--at", AT.isoformat(), *arguments])


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_check_tells_findings_and_problems(home_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A readable plan gives findings and 3; an unreadable one every problem and 2."""
    assert _run(home_path, "--json", "plan", "check", str(_plan(tmp_path))) == exits.FINDINGS
    answer = _json(capsys)
    assert answer["readable"]
    assert {one["code"] for one in answer["findings"]} == {"P102"}
    assert _run(home_path, "plan", "check", str(_plan(tmp_path, edition="2", period="ibland"))) == exits.USAGE
    assert "rule 2 (kommentar): period" in capsys.readouterr().out


def test_adopt_show_and_decisions(home_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An adopted plan is shown, has a receipt, and decides about every item in a file with the issue's columns."""
    assert _run(home_path, "plan", "adopt", str(_plan(tmp_path)), "--as", "Eva") == exits.DONE
    capsys.readouterr()
    assert _run(home_path, "plan", "show") == exits.DONE
    shown = capsys.readouterr().out
    assert "Gallras 2 år efter senaste aktivitet i" in shown
    assert "Bevaras" in shown
    out = tmp_path / "decisions.parquet"
    assert _run(home_path, "plan", "decisions", "--as-of", "2026-01-02", "--out", str(out)) == exits.DONE
    table = pq.read_table(out)
    assert table.schema.names == ["item", "kind", "rule", "outcome", "published", "trigger", "due", "reasons"]
    assert [str(one) for one in table.schema.types] == [
        *["string"] * 4,
        "timestamp[us, tz=UTC]",
        "date32[day]",
        "date32[day]",
        "list<element: string>",
    ]
    found = {row["item"]: (row["outcome"], row["reasons"]) for row in table.to_pylist()}
    assert found == {POST: ("keep", ["E120"]), COMMENT: ("cull", ["E170"]), EDITED: ("keep", ["E160"])}
    with open_home(home_path, at=AT) as home, home.ground.state.reading() as books:
        bodies = [json.loads(link.body) for link in books.ledger.after(0)]
    assert [(body["act"], body["actor"]) for body in bodies if body["act"] == "plan.adopt"] == [("plan.adopt", "Eva")]


def test_adoption_is_guarded(home_path: Path, tmp_path: Path) -> None:
    """Errors, unknown persons and (in a real home) examples are refused; nothing is adopted."""
    wrong = _plan(tmp_path, edition="3", extra="valid_from = 2030-01-01")
    text = wrong.read_text(encoding="utf-8").replace('["comment"]', '["post"]')
    wrong.write_text(text, encoding="utf-8")
    with pytest.raises(GuardError, match="P101"):
        _run(home_path, "plan", "adopt", str(wrong), "--as", "Eva")
    with pytest.raises(RefusedError, match="--as"):
        _run(home_path, "plan", "adopt", str(_plan(tmp_path)), "--as", "Ingen")
    real = tmp_path / "riktigt"
    init_home(real, rehearsal=False, seed="", key_file=None)
    with open_home(real) as home:
        add_person(home.ground, "Eva", "arkivansvarig")
    example = _plan(tmp_path, edition="4", extra="example = true")
    with pytest.raises(GuardError, match="G-EXAMPLE"):
        run(["--home", str(real), "plan", "adopt", str(example), "--as", "Eva"])
    with open_home(real) as home, home.ground.state.reading() as books:
        assert not books.plans.adopted()


def test_diff_tells_the_effect(home_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two editions differ field by field, and the effect on today's holdings comes with counts and examples."""
    old, new = _plan(tmp_path), _plan(tmp_path, edition="2", period="10 år")
    assert _run(home_path, "--json", "plan", "diff", str(old), str(new)) == exits.DONE
    answer = _json(capsys)
    assert {(one["rule"], one["field"]) for one in answer["differences"]} == {
        ("plan", "edition"),
        ("kommentar", "period"),
    }
    assert answer["changes"] == [{"from": "cull", "to": "keep", "count": 1, "examples": [COMMENT]}]
    assert answer["unchanged"] == 2
    assert answer["due"] == [{"rule": "kommentar", "before": 1, "after": 0, "begins": 0, "ceases": 1}]
    assert _run(home_path, "plan", "diff", str(new), str(old)) == exits.DONE
    said = capsys.readouterr().out
    assert f"1 handling: behålls → gallras; till exempel {COMMENT}" in said
    assert (
        "Rad kommentar: 1 handling blir genast i tur att gallras, 0 är det inte längre (i tur nu 0, sedan 1)." in said
    )


def test_settings_of_culling_are_shown(home_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table, the JSON and the difference between editions tell waiting time, suppression and other laws."""
    old = _plan(tmp_path)
    new = _plan(tmp_path, edition="2", extra='quarantine = "30 dagar"\nsuppression = "10 år"')
    text = new.read_text("utf-8").replace('type = "Kommentar"', 'type = "Kommentar"\nother_law = "patientdatalagen"')
    new.write_text(text, "utf-8")
    assert _run(home_path, "plan", "show", str(new)) == exits.DONE
    told = capsys.readouterr().out
    assert "slutlig: 30 dagar" in told
    assert "under: 10 år" in told
    assert "patientdatalagen går före" in told
    assert _run(home_path, "--json", "plan", "show", str(new)) == exits.DONE
    answer = _json(capsys)
    assert (answer["quarantine"], answer["suppression"]) == ("30 dagar", "10 år")
    assert [rule["other_law"] for rule in answer["rules"]] == ["", "patientdatalagen"]
    assert _run(home_path, "--json", "plan", "diff", str(old), str(new)) == exits.DONE
    answer = _json(capsys)
    assert {("plan", "quarantine"), ("plan", "suppression"), ("kommentar", "other_law")} <= {
        (one["rule"], one["field"]) for one in answer["differences"]
    }
    assert answer["changes"] == [{"from": "cull", "to": "keep", "count": 1, "examples": [COMMENT]}]
    assert _run(home_path, "explain", COMMENT, "--plan", str(new)) == exits.DONE
    assert "patientdatalagen" in capsys.readouterr().out


def test_explain_keeps_its_contract(home_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has the contract's keys; a hold on the post reaches the comment below it, and both languages say so."""
    _run(home_path, "plan", "adopt", str(_plan(tmp_path)), "--as", "Eva")
    with open_home(home_path, at=AT) as home:
        set_hold(home.ground, "item", POST, "Eva")
    capsys.readouterr()
    assert _run(home_path, "--json", "explain", COMMENT) == exits.DONE
    answer = _json(capsys)
    assert {"item", "kind", "decision", "versions", "receipts"} <= answer.keys()
    decision = answer["decision"]
    assert {"outcome", "due", "rule", "edition", "reasons"} <= decision.keys()
    assert (decision["outcome"], decision["due"], decision["rule"]) == ("keep", "2023-01-01", "kommentar")
    assert [one["code"] for one in decision["reasons"]] == ["E130", "E170"]
    assert answer["versions"][0]["text"] == "Hej"
    assert [one["act"] for one in answer["receipts"]] == ["harvest.batch"]
    for lang, words in (("sv", "Gallringsstopp nr 1 hävs"), ("en", "Hold no. 1 is lifted")):
        assert _run(home_path, "explain", COMMENT, "--lang", lang) == exits.DONE
        told = capsys.readouterr().out
        assert words in told
        assert {"sv": "gäller andra slag: inlagg", "en": "for other kinds: inlagg"}[lang] in told


def test_explain_tries_a_plan_and_refuses_unknown_items(
    home_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan that is not adopted can be tried; without a plan everything is kept; an unknown item is refused."""
    assert _run(home_path, "--json", "explain", COMMENT) == exits.DONE
    assert [one["code"] for one in _json(capsys)["decision"]["reasons"]] == ["E101"]
    assert _run(home_path, "--json", "explain", COMMENT, "--plan", str(_plan(tmp_path))) == exits.DONE
    assert _json(capsys)["decision"]["outcome"] == "cull"
    with pytest.raises(RefusedError, match="ITEM"):
        _run(home_path, "explain", "202001-zzzzzzzzzzzzzzzz")


def test_explain_of_a_culled_item(home_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What remains is told: day, rule, edition, order and signatures; the JSON keeps its keys, and there is no content."""
    order = Order(
        digest="d" * 64, as_of=AT.date(), made=AT, edition="1", plan_digest="p", revision=1, cull=1, keep=0, ask=0,
        standing="done",
    )  # fmt: skip
    gone = Tombstone(
        item=ItemId("202006-aaaaaaaaaaaaaaae"), parent=ItemId(COMMENT), thread=ItemId(POST), kind="comment",
        rule="kommentar", edition="1", order=order.digest, culled=AT, salt=b"s" * 32,
    )  # fmt: skip
    signed = Signature(
        order=order.digest, act="propose", person="Eva", role="arkivredogorare", key="0" * 64, at=AT, statement="{}",
        signature="0" * 128,
    )  # fmt: skip
    with open_home(home_path, at=AT) as home, home.ground.state.writing() as books:
        books.orders.add(order)
        books.orders.sign(signed)
        books.orders.operate(Operation(order=order.digest, begun=AT, finished=AT, culled=1, certificate=ItemId(EDITED)))
        books.tombstones.add([gone])
        books.ledger.append(Receipt(act="cull.executed", at=AT, actor="bevara", subjects=(order.digest,)))
    assert _run(home_path, "--json", "explain", gone.item) == exits.DONE
    answer = _json(capsys)
    assert {"item", "kind", "decision", "tried", "versions", "sightings", "receipts"} <= answer.keys()
    assert (answer["decision"]["outcome"], answer["decision"]["rule"]) == ("culled", "kommentar")
    assert answer["culled"] == {
        "at": "2026-01-02T12:00:00Z",
        "rule": "kommentar",
        "edition": "1",
        "order": order.digest,
        "parent": COMMENT,
        "thread": POST,
        "certificate": EDITED,
        "finished": True,
    }
    assert [one["act"] for one in answer["receipts"]] == ["cull.executed"]
    for lang, words in (("sv", "Gallrad 2026-01-02"), ("en", "Culled on 2026-01-02")):
        assert _run(home_path, "explain", gone.item, "--lang", lang) == exits.DONE
        told = capsys.readouterr().out
        assert words in told
        assert order.digest in told
        assert "Eva" in told


def test_import_writes_a_plan_file(home_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A CSV sheet with a mapping becomes a plan file that plan check reads."""
    sheet, mapping, out = tmp_path / "plan.csv", tmp_path / "mapping.toml", tmp_path / "ut.toml"
    sheet.write_text("Handlingstyp;Gallring\nKommentar;2 år\nÖvrigt;ibland\n", encoding="utf-8")
    mapping.write_text(
        '[plan]\nid = "p"\ntitle = "P"\nedition = "1"\nauthorities = ["arvika-ks"]\n'
        '[columns]\ntype = "Handlingstyp"\ndisposal = "Gallring"\n[defaults]\ntrigger = "published"\n'
        '[match.Kommentar]\nkind = ["comment"]\n',
        encoding="utf-8",
    )
    arguments = ["plan", "import", str(sheet), "--mapping", str(mapping), "--out", str(out)]
    assert _run(home_path, *arguments) == exits.FINDINGS
    assert "row 3" in capsys.readouterr().out
    assert _run(home_path, "plan", "check", str(out)) == exits.FINDINGS
    with pytest.raises(RefusedError, match="--out"):
        _run(home_path, *arguments)

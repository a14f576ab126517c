"""``[oversight]`` of ``bevara.toml``: what is usual, what a municipality may say, what is refused and how."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.home import init_home, open_home
from connectors.oversight_settings import FIELDS, read_oversight
from schemas.oversight import OversightSettings, UnitSettings
from schemas.refusal import RefusedError
from schemas.watch_words import built_in_words

FILE = "bevara.toml"
CLAUSE = (
    '[[clause]]\nid = "P90"\nsection = "Eget"\ntitle = "Vi svarar på finska"\ntreatment = "people"\nwhy = "Språk."\n'
)


def _read(home: Path, **values: Any) -> OversightSettings:
    return read_oversight(values, home, FILE)


def test_without_a_word_the_usual_holds(tmp_path: Path) -> None:
    """Arvika's hours, addresses and policy, and the tables that come with Bevara."""
    found = _read(tmp_path)
    assert (found.site, found.opens, found.closes, found.answer_hours) == ("arvika.se", time(7, 30), time(16), 24)
    assert (found.faults, found.privacy) == ("arvika.se/felanmalan", "arvika.se/dataskydd")
    assert found.clauses["R01"].removal
    assert found.clauses["P22"].codes == ("W101", "W102")
    assert found.words is built_in_words()
    assert found.notices == OversightSettings().notices
    assert found.notices.frame["greeting"]
    assert found.routine == OversightSettings().routine
    assert found.routine
    assert (found.units, found.vat, found.fallback, found.listed_at) == ({}, None, "", "")


def test_a_municipality_says_its_own(tmp_path: Path) -> None:
    """Addresses, hours, units and tax."""
    found = _read(
        tmp_path,
        site="alvsjobro.test",
        faults="alvsjobro.test/fel",
        suggestions="alvsjobro.test/tyck",
        privacy="alvsjobro.test/gdpr",
        opens="08.00",
        closes="16:30",
        answer_hours=48,
        question_days=10,
        approved=[" Räddningstjänsten ", "https://museum.test"],
        units={"Kultur": {"email": "kultur@alvsjobro.test", "cost_centre": "4711"}, "Skola": {}},
        fallback="kansli@alvsjobro.test",
        vat="25,0",
        signature="Hälsar",
    )
    assert (found.site, found.signature, found.fallback) == ("alvsjobro.test", "Hälsar", "kansli@alvsjobro.test")
    assert (found.opens, found.closes, found.answer_hours, found.question_days) == (time(8), time(16, 30), 48, 10)
    assert found.approved == ("Räddningstjänsten", "https://museum.test")
    assert found.units["Kultur"] == UnitSettings(name="Kultur", email="kultur@alvsjobro.test", cost_centre="4711")
    assert found.units["Skola"] == UnitSettings(name="Skola")
    assert found.vat == Decimal("25.0")
    for written in (25, 12.5, "12,5"):
        assert _read(tmp_path, vat=written).vat == Decimal(str(written).replace(",", "."))


@pytest.mark.parametrize("said", ["alvsjobro.test/konton", " https://alvsjobro.test/konton"])
def test_the_page_of_accounts_is_written_as_people_write(tmp_path: Path, said: str) -> None:
    """The page where all accounts stand may be named without https://, as the other addresses are, and can be asked for."""
    assert _read(tmp_path, listed_at=said).listed_at == "https://alvsjobro.test/konton"


def test_own_tables_lie_on_those_built_in(tmp_path: Path) -> None:
    """Clauses, words, notices and the routine's content are added to or replaced one by one; a BOM does no harm."""
    (tmp_path / "policy.toml").write_text(CLAUSE, "utf-8-sig")
    (tmp_path / "ord.toml").write_text('[group.lokalt]\nwords = ["kvarteret"]\ncode = "W119"\n', "utf-8")
    (tmp_path / "brev.toml").write_text('[frame]\ngreeting = "Hejsan!"\n', "utf-8")
    (tmp_path / "rutin.toml").write_text(
        '[tillganglighet]\ntitle = "tillgänglighet"\nphrases = ["tillgänglig"]\n', "utf-8"
    )
    usual = _read(tmp_path)
    found = _read(tmp_path, policy="policy.toml", words="ord.toml", notices="brev.toml", routine="rutin.toml")
    assert list(found.clauses) == [*usual.clauses, "P90"]
    assert found.words.groups["lokalt"].words == ("kvarteret",)
    assert set(found.words.groups) == {*usual.words.groups, "lokalt"}
    assert found.notices.frame["greeting"] == "Hejsan!"
    assert found.notices.rule == usual.notices.rule
    assert list(found.routine) == [*usual.routine, "tillganglighet"]


@pytest.mark.parametrize("name", ["policy", "words", "notices", "routine"])
@pytest.mark.parametrize("text", ["[[[", "fel = 1", 'x = "' + "å" * (1024 * 1024) + '"', "a." * 5000 + "b = 1"])
def test_a_table_that_cannot_be_used_is_refused_with_its_file(tmp_path: Path, name: str, text: str) -> None:
    """Broken TOML, an unknown table, a file of more than 2 MiB and endless nesting: the refusal names setting or file."""
    (tmp_path / "egen.toml").write_text(text, "utf-8")
    with pytest.raises(RefusedError) as refused:
        _read(tmp_path, **{name: "egen.toml"})
    assert "egen.toml" in str(refused.value)
    with pytest.raises(RefusedError, match=f"oversight.{name}"):
        _read(tmp_path, **{name: "finns-inte.toml"})
    (tmp_path / "latin.toml").write_bytes("a = 'å'".encode("latin-1"))
    with pytest.raises(RefusedError, match="UTF-8"):
        _read(tmp_path, **{name: "latin.toml"})


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"opens": "17:00"}, "oversight.closes"),
        ({"opens": "25:00"}, "oversight.opens"),
        ({"answer_hours": 0}, "oversight.answer_hours"),
        ({"question_days": 99999}, "oversight.question_days"),
        ({"approved": ["", "a"]}, "oversight.approved"),
        ({"units": {"Skola": "nej"}}, "oversight.units.Skola"),
        ({"units": {"Skola": {"lösen": "x"}}}, "oversight.units.Skola"),
        ({"vat": "mycket"}, "oversight.vat"),
        ({"vat": 101}, "oversight.vat"),
        ({"vat": "101"}, "oversight.vat"),
        ({"vat": "nan"}, "oversight.vat"),
        ({"vat": ["25"]}, "oversight.vat"),
        ({"lösenord": "hemligt"}, "oversight.lösenord"),
        ({"site": 5}, "oversight.site"),
        ({"site": "alvsjobro.test"}, "oversight.faults"),
        ({"site": "alvsjobro.test", "faults": "a.test", "suggestions": "b.test"}, "oversight.privacy"),
        ({"site": "a\nb"}, "oversight.site"),
    ],
)
def test_what_is_not_usable_is_refused_with_its_place(tmp_path: Path, values: dict[str, Any], place: str) -> None:
    """And what may be a secret is not repeated."""
    with pytest.raises(RefusedError) as refused:
        _read(tmp_path, **values)
    assert place in str(refused.value)
    assert "hemligt" not in str(refused.value)


def test_a_home_reads_them_when_they_are_asked_for(tmp_path: Path) -> None:
    """Lazily: a table that is wrong stops those who oversee, and nobody else."""
    init_home(tmp_path / "hem", rehearsal=False, seed="", key_file=None)
    with (tmp_path / "hem" / FILE).open("a", encoding="utf-8") as stream:
        stream.write('\n[oversight]\nsite = "alvsjobro.test"\nwords = "finns-inte.toml"\n')
    with open_home(tmp_path / "hem") as home:
        assert home.name
        with pytest.raises(RefusedError, match="finns-inte"):
            home.oversight()


def test_the_runbook_names_every_setting() -> None:
    """``infra/runbooks/tillsyn.md`` says what can be set."""
    text = (Path(__file__).parents[2] / "infra" / "runbooks" / "tillsyn.md").read_text("utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in text] == []


def test_a_slip_stops_nobody_but_who_oversees(tmp_path: Path) -> None:
    """An unknown key or a wrong type in ``[oversight]`` opens the home as before; oversight names place and remedy."""
    home = tmp_path / "hem"
    init_home(home, rehearsal=True, seed="slarv", key_file=None)
    file = home / "bevara.toml"
    before = file.read_text("utf-8")
    for line, place in (("answer_hours = '24'", "answer_hours"), ("svarstid = 24", "svarstid")):
        file.write_text(f"{before}\n[oversight]\n{line}\n", "utf-8")
        with open_home(home) as opened, pytest.raises(RefusedError, match=place):
            opened.oversight()

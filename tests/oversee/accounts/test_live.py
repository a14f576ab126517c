"""The live check against a real web server: the list, the routines, and pages that are not what they should be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.oversee.accounts.desk import Registry
from tests.oversee.accounts.site import LIST, ROUTINE, Site


@pytest.fixture
def register(tmp_path: Path, site: Site) -> Registry:
    """An archive with the perfect account and its web site."""
    desk = Registry(tmp_path / "allt").begin(site)
    desk.decide()
    return desk


def test_all_is_well(register: Registry) -> None:
    """The perfect account on a site that says everything has no gap, and its routine is kept once."""
    assert register.command("account", "check", "--live", codes=(0,))["kept"] == 1
    register.at += timedelta(days=1)
    assert register.command("account", "check", "--live", codes=(0,))["kept"] == 0


def test_kept_rules(register: Registry, site: Site) -> None:
    """A routine with a new wording is a new record with the page itself; a menu that changes is not a new wording."""
    register.say("account", "check", "--live")
    first = register.command("account", "show", "nyheter")["papers"]["routine"]
    site.put("rutin", ROUTINE.format(purpose="").replace("Trafikregler", "Trafik och gator"))
    assert register.command("account", "check", "--live")["kept"] == 0
    site.put("rutin", ROUTINE.format(purpose="Nya ord."))
    assert register.command("account", "check", "--live")["kept"] == 1
    second = register.command("account", "show", "nyheter")["papers"]["routine"]
    assert first != second
    row = register.item(second)
    assert (row.kind, row.media[0].media_type) == ("page_rules", "text/html")
    assert "Nya ord." in (row.text or "")
    assert register.told("nyheter").count("account.routine") == 2


@pytest.mark.parametrize(
    ("taken", "missing"),
    [
        ("Sidans syfte är att berätta", "sidans syfte"),
        ("Regler", "regler för vad besökare får skriva"),
        ("Kommunikation ansvarar för sidan.", "vilken verksamhet som ansvarar"),
        ("blir all&shy;män hand-\nling", "allmän handling"),
        ('<a href="http://alvsjobro.test/Dataskydd/">hur vi hanterar personuppgifter</a>', "alvsjobro.test/dataskydd"),
    ],
)
def test_routine_lacks_a_clause(register: Registry, site: Site, taken: str, missing: str) -> None:
    """A routine without one of the things that it must say is told which one; what stands in a menu does not count."""
    page = ROUTINE.format(purpose="")
    assert taken in page
    site.put("rutin", page.replace(taken, ""))
    (gap,) = register.command("account", "check", "--live", codes=(3,))["accounts"][0]["gaps"]
    assert gap["code"] == "W178"
    assert missing in gap["parameters"]["missing"]
    assert "," not in gap["parameters"]["missing"]


def test_not_on_the_list(register: Registry, site: Site) -> None:
    """An account that is not on the page is told; so is a closed one that still is; an address as text is enough."""
    register.account(name="ny", handle="Ny", address="https://www.youtube.com/@nytt")
    register.decide(account="ny")
    assert register.gaps("--live")["ny"] == ["W179"]
    site.put("lista", LIST.replace("</ul>", "</ul><p>Se även (youtube.com/@Nytt).</p>"))
    assert register.gaps("--live") == {"ny": [], "nyheter": [], "*": []}
    closing = {"closed": "2026-01-10", "closed_by": "Alex Al"}
    register.account(name="ny", handle="Ny", address="https://www.youtube.com/@nytt", **closing)
    register.decide("close", account="ny", on="2026-01-09")
    assert register.gaps("--live")["ny"] == ["W186"]
    site.put("lista", LIST)
    assert register.gaps("--live")["ny"] == []


def test_list_that_cannot_be_read(register: Registry, site: Site) -> None:
    """A list page that is down is one sign about the page, and nothing is claimed of the accounts."""
    del site.pages["lista"]
    assert register.gaps("--live") == {"nyheter": [], "*": ["W193"]}


@pytest.mark.parametrize(
    ("code", "status", "body", "kind"),
    [
        ("W193", 404, "<p>Borta</p>", "text/html"),
        ("W194", 200, "%PDF-1.7", "application/pdf"),
        ("W198", 200, "<html><body><script>app()</script></body></html>", "text/html"),
    ],
)
def test_routine_that_cannot_be_read(
    register: Registry, site: Site, code: str, status: int, body: str, kind: str
) -> None:
    """A routine that is down, no page, or empty without scripts is told so, and nothing of it is kept."""
    site.put("rutin", body, status=status, content_type=kind)
    answer = register.command("account", "check", "--live", codes=(3,))
    assert [one["code"] for one in answer["accounts"][0]["gaps"]] == [code]
    assert answer["kept"] == 0


def test_moved_routine(register: Registry, site: Site) -> None:
    """A routine that has moved is told with where to, and read there."""
    site.put("ny-rutin", ROUTINE.format(purpose=""))
    site.put("rutin", status=301, headers={"Location": site.at("ny-rutin")})
    answer = register.command("account", "check", "--live", codes=(3,))
    (gap,) = answer["accounts"][0]["gaps"]
    assert (gap["code"], gap["parameters"]["landed"]) == ("W192", site.at("ny-rutin"))
    assert answer["kept"] == 1


def test_one_page_for_several(register: Registry, site: Site) -> None:
    """A routine that several accounts have is asked for once, and kept for each."""
    register.account(name="b", handle="B")
    assert register.command("account", "check", "--live")["kept"] == 2
    assert site.asked.count("rutin") == 1


def test_without_list(tmp_path: Path) -> None:
    """A home that does not say where the accounts are listed is told so."""
    desk = Registry(tmp_path / "allt").begin(None)
    desk.account(routine=None)
    assert desk.gaps("--live")["*"] == ["W191"]


def test_own_table(tmp_path: Path, site: Site) -> None:
    """What a routine must say besides is said by the municipality's own table."""
    desk = Registry(tmp_path / "allt").begin(site, 'routine = "rutin.toml"')
    (tmp_path / "allt" / "hem" / "rutin.toml").write_text(
        '[opening]\ntitle = "öppettider"\nphrases = ["öppettider"]\n', "utf-8"
    )
    desk.decide()
    answer = desk.command("account", "check", "--live", codes=(3,))
    (gap,) = answer["accounts"][0]["gaps"]
    assert (gap["code"], gap["parameters"]["missing"]) == ("W178", "öppettider")

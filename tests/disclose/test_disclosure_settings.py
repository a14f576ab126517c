"""``[disclosure]`` of ``bevara.toml``: what is usual, what a municipality may say, what is refused and how."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from connectors.disclosure_settings import FIELDS, read_disclosure
from connectors.home import open_home
from schemas.disclosure import DisclosureSettings
from schemas.refusal import RefusedError
from tests.disclose.world import OFFICE, Desk

FILE = "bevara.toml"


def _read(home: Path, **values: Any) -> DisclosureSettings:
    return read_disclosure(values, home, FILE)


def test_without_a_word_the_usual_holds(tmp_path: Path) -> None:
    """Arvika's tariff and hours, the tables and letters that come with Bevara, no mail."""
    found = _read(tmp_path)
    assert (found.opens, found.closes, found.remind_days, found.due_days) == (time(7, 30), time(16), 2, 90)
    assert found.tariff is not None
    assert found.tariff.name.startswith("Arvika kommun")
    assert "OSL 21:1" in found.provisions
    assert {"avslag", "overklagande", "gdpr-tillgang"} <= set(found.letters)
    assert found.sensitive.groups["halsa"]
    assert (found.mail, found.ffmpeg, found.registry) == (None, None, "")
    assert (found.court, found.gdpr_court) == ("Kammarrätten", "Förvaltningsrätten")


def test_a_home_reads_them_when_they_are_asked_for(desk: Desk) -> None:
    """Lazily: a table that is wrong stops those who disclose, and nobody else."""
    with desk.open() as home:
        assert home.disclosure().office == OFFICE
        assert home.disclosure().court == "Kammarrätten i Göteborg"
    desk.settings('provisions = "finns-inte.toml"')
    with desk.open() as home, pytest.raises(RefusedError, match="finns-inte"):
        home.disclosure()
    with open_home(desk.root / "hem", at=desk.at) as home:
        assert home.name


def test_a_municipality_says_its_own(tmp_path: Path) -> None:
    """Office, courts, hours, days, registry, and files that add to the tables."""
    (tmp_path / "lagrum.toml").write_text(
        '[[provision]]\ncode = "OSL 40:5"\ntitle = "Teknisk bearbetning för annan"\ntest = "absolut"\n', "utf-8"
    )
    (tmp_path / "taxa.toml").write_text(
        '[tariff.egen]\ntitle = "KF 2026 § 3"\nunit = "handling"\nfree = 1\nbase_units = 2\nbase = 5\nstep = 1\n',
        "utf-8",
    )
    (tmp_path / "ord.toml").write_text('[groups]\nlokalt = ["kvarteret"]\n', "utf-8-sig")
    found = _read(
        tmp_path,
        office=["Myndighetsnämnden", "namnd@example.se"],
        court="Kammarrätten i Sundsvall",
        gdpr_court="Förvaltningsrätten i Falun",
        opens="08:00",
        closes="17.15",
        remind_days=1,
        due_days=30,
        registry="diariet",
        provisions="lagrum.toml",
        tariff="taxa.toml",
        sensitive="ord.toml",
    )
    assert found.office == ("Myndighetsnämnden", "namnd@example.se")
    assert (found.opens, found.closes) == (time(8), time(17, 15))
    assert (found.court, found.gdpr_court) == ("Kammarrätten i Sundsvall", "Förvaltningsrätten i Falun")
    assert (found.remind_days, found.due_days, found.registry) == (1, 30, "diariet")
    assert {"OSL 40:5", "OSL 21:1"} <= set(found.provisions)
    assert found.tariff is not None
    assert found.tariff.name == "KF 2026 § 3"
    assert {"lokalt", "halsa"} <= set(found.sensitive.groups)


def test_a_tariff_is_chosen_by_name_among_ours_and_those_built_in(tmp_path: Path) -> None:
    """Of a file with several one must be named; an unknown name is refused with those there are."""
    one = '[tariff.{}]\ntitle = "{}"\nfree = 0\nbase_units = 0\nbase = 0\nstep = 1\n'
    (tmp_path / "taxa.toml").write_text(one.format("papper", "P") + one.format("digitalt", "D"), "utf-8")
    assert (_read(tmp_path, tariff_name="harjedalen").tariff or _none()).name == "Exempel: Härjedalens kommun"
    assert (_read(tmp_path, tariff="taxa.toml", tariff_name="digitalt").tariff or _none()).name == "D"
    with pytest.raises(RefusedError, match="papper, digitalt"):
        _read(tmp_path, tariff="taxa.toml")
    with pytest.raises(RefusedError, match="arvika"):
        _read(tmp_path, tariff_name="malmo")


def _none() -> Any:
    raise AssertionError


def test_mail_has_what_it_needs_and_no_secret(tmp_path: Path) -> None:
    """The password is named by a variable; the usual port follows from how it is secured."""
    mail = _read(
        tmp_path,
        mail={
            "host": "smtp.example.se",
            "sender": "kommun@example.se",
            "user": "bevara",
            "password_env": "SMTP_PASSWORD",
            "limit_mb": 5,
        },
    ).mail
    assert mail is not None
    assert (mail.port, mail.security, mail.limit, mail.password_env) == (587, "starttls", 5 * 1024**2, "SMTP_PASSWORD")
    tls = _read(tmp_path, mail={"host": "smtp.example.se", "sender": "a@b.se", "security": "tls"}).mail
    assert tls is not None
    assert tls.port == 465


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kontor": ["x"]}, "kontor"),
        ({"office": ["rad\nrad"]}, "office"),
        ({"office": [""]}, "office"),
        ({"office": [3]}, "office"),
        ({"office": ["x"] * 13}, "office"),
        ({"court": "x" * 301}, "court"),
        ({"opens": "7:30"}, "opens"),
        ({"opens": "25:00"}, "opens"),
        ({"opens": "16:00", "closes": "07:30"}, "closes"),
        ({"remind_days": -1}, "remind_days"),
        ({"remind_days": True}, "remind_days"),
        ({"due_days": 100_000}, "due_days"),
        ({"registry": "Två ord!"}, "registry"),
        ({"provisions": "finns-inte.toml"}, "provisions"),
        ({"letters": "."}, "letters"),
        ({"ffmpeg": "finns/inte"}, "ffmpeg"),
        ({"mail": {"sender": "a@b.se"}}, "mail.host"),
        ({"mail": {"host": "h", "sender": "två adresser, a@b.se"}}, "mail.sender"),
        ({"mail": {"host": "h/../x", "sender": "a@b.se"}}, "mail.host"),
        ({"mail": {"host": "h", "sender": "a@b.se", "security": "ssl"}}, "mail.security"),
        ({"mail": {"host": "h", "sender": "a@b.se", "port": 0}}, "mail.port"),
        ({"mail": {"host": "h", "sender": "a@b.se", "limit_mb": 0}}, "mail.limit_mb"),
        ({"mail": {"host": "h", "sender": "a@b.se", "user": "x"}}, "mail.user"),
        ({"mail": {"host": "h", "sender": "a@b.se", "password": "x"}}, "mail.password"),
    ],
)
def test_what_is_unknown_or_unusable_is_refused_with_its_place(
    tmp_path: Path, values: dict[str, Any], field: str
) -> None:
    """The field and a remedy are named."""
    with pytest.raises(RefusedError) as caught:
        _read(tmp_path, **values)
    assert caught.value.field == f"{FILE}: disclosure.{field}"
    assert caught.value.remedy


@pytest.mark.parametrize(
    "mail",
    [
        {"password": "hemligt-5ec1e7"},
        {"user": "x", "password_env": "hemligt-5ec1e7!"},
        {"host": "https://u:hemligt-5ec1e7@h"},
        {"host": 5, "user": "hemligt-5ec1e7"},
    ],
)
def test_what_may_be_a_secret_is_not_repeated(tmp_path: Path, mail: dict[str, Any]) -> None:
    """Neither in the value nor in the text of a refusal."""
    with pytest.raises(RefusedError) as caught:
        _read(tmp_path, mail={"host": "h", "sender": "a@b.se", **mail})
    assert "5ec1e7" not in str(caught.value)


def test_a_file_that_is_too_large_or_no_text_is_refused(tmp_path: Path) -> None:
    """It is not read into memory whole, and what is no UTF-8 is not guessed at."""
    (tmp_path / "stor.toml").write_bytes(b"#" * (2 * 1024 * 1024 + 1))
    (tmp_path / "latin.toml").write_bytes("[[provision]]\ntitle = 'å'\n".encode("latin-1"))
    for name in ("stor.toml", "latin.toml"):
        with pytest.raises(RefusedError, match=name):
            _read(tmp_path, provisions=name)


def test_the_keys_are_those_that_the_runbook_names() -> None:
    """Every key of ``[disclosure]`` is described where the settings are."""
    text = Path("infra/runbooks/operations.md").read_text("utf-8")
    assert [key for key in FIELDS if f"`{key}`" not in text and f"`disclosure.{key}`" not in text] == []

"""Settings of legal deposit: what is written is read, what cannot be meant is refused with place and remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from connectors.deposit_settings import read_deposit
from connectors.settings import FILE, read_settings
from flows.deposit.settled import settings_digest
from schemas.deposit import DepositSettings, FeedSettings, ReceiptSettings
from schemas.ground import Organisation
from schemas.refusal import RefusedError

WHOLE = """
[home]
name = "arvika"

[deposit]
publisher = "Arvika kommun"
suffix = "A1"
agreement = "http://www.kb.se/namespace/digark/submissionagreement/31-KB999-2013"
companies = ["bostads-ab", "energi-ab"]
access = "restricted"
language = "fin"
way = "feed"
test = true
originals = "original"
warn_days = [7, 60, 14]
keep = true

[deposit.receiver]
kind = "folder"
path = "till-kb"

[deposit.feed]
address = "https://arvika.example/e-plikt.xml"
title = "Arvika kommun: e-plikt"
description = "Filmer"
window_days = 30

[deposit.feed.place]
kind = "folder"
path = "webb"

[deposit.receipts]
address = "https://kvitton.example/leveranser/{delivery}"
token_env = "KB_TOKEN"
answer = "delivery.state"
packages = ""
accepted = ["ok", "mottagen"]
"""


def _refused(tmp_path: Path, text: str, field: str) -> RefusedError:
    """What ``[deposit]`` with this text is refused with."""
    table: dict[str, Any] = tomllib.loads(text).get("deposit", {})
    with pytest.raises(RefusedError) as refused:
        read_deposit(table, tmp_path, FILE)
    assert refused.value.field.startswith(f"{FILE}: deposit.{field}"), refused.value
    assert refused.value.remedy
    return refused.value


def test_everything_written_is_read(tmp_path: Path) -> None:
    """A home's file with every table of legal deposit in it, read as a home reads it."""
    (tmp_path / FILE).write_text(WHOLE, encoding="utf-8")
    found = read_settings(tmp_path).deposit
    assert (found.publisher, found.suffix, found.access, found.language) == ("Arvika kommun", "A1", "restricted", "fin")
    assert found.companies == ("bostads-ab", "energi-ab")
    assert (found.way, found.test, found.keep, found.originals) == ("feed", True, True, "original")
    assert found.warn_days == (60, 14, 7)
    assert found.receiver is not None
    assert (found.receiver.kind, found.receiver.path) == ("folder", "till-kb")
    assert isinstance(found.feed, FeedSettings)
    assert (found.feed.window_days, found.feed.name, found.feed.place.path) == (30, "e-plikt.xml", "webb")
    assert isinstance(found.receipts, ReceiptSettings)
    assert (found.receipts.answer, found.receipts.packages, found.receipts.token_env) == (
        "delivery.state",
        "",
        "KB_TOKEN",
    )
    assert found.receipts.accepted == ("ok", "mottagen")
    assert found.receipts.rejected == ReceiptSettings(address="").rejected


def test_nothing_written_is_the_usual(tmp_path: Path) -> None:
    """A home that says nothing of legal deposit has the usual settings."""
    assert read_deposit({}, tmp_path, FILE) == DepositSettings()


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('suffix = "../x"', "suffix"),
        ('prefix = ""', "prefix"),
        ('prefix = "Å/.."', "prefix"),
        ('system = " "', "system"),
        ('publisher = "två\\nrader"', "publisher"),
        ('publisher = "höger\\u202evänster"', "publisher"),
        ('language = "svenska"', "language"),
        ('access = "öppen"', "access"),
        ('way = "post"', "way"),
        ('way = "feed"', "way"),
        ('agreement = "31-KB999-2013"', "agreement"),
        ('agreement = "http://[::1"', "agreement"),
        ('specification = ""', "specification"),
        ('specification = "ftp://kb.se/x"', "specification"),
        ("companies = [7]", "companies"),
        ('companies = ["Bostads AB"]', "companies"),
        ("warn_days = [60, 60]", "warn_days"),
        ("warn_days = [-1]", "warn_days"),
        ("warn_days = [true]", "warn_days"),
        ("warn_days = [10000000]", "warn_days"),
        ('originals = "."', "originals"),
        ('originals = "store/media"', "originals"),
        ('originals = ".."', "originals"),
        ('receiver = {kind = "pigeon"}', "receiver.kind"),
        ('receiver = {kind = "folder"}', "receiver.path"),
        ('receiver = {kind = "folder", path = "~/kb"}', "receiver.path"),
        ('receiver = {kind = "folder", path = "x", password = "hemligt"}', "receiver.password"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, line: str, field: str) -> None:
    """One bad value each: the refusal names the field, and a secret is not repeated."""
    assert "hemligt" not in str(_refused(tmp_path, f"[deposit]\n{line}\n", field))


_FEED = {
    "address": '"https://a.example/f.xml"',
    "title": '"T"',
    "description": '"D"',
    "place": '{kind="folder",path="w"}',
}


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("address", None, "feed.address"),
        ("address", '"f.xml"', "feed.address"),
        ("address", '"https://user:hemligt@a.example/f.xml"', "feed.address"),
        ("title", None, "feed.title"),
        ("title", "7", "feed.title"),
        ("description", '""', "feed.description"),
        ("place", None, "feed.place"),
        ("place", '"webb"', "feed.place"),
        ("place", '{kind="folder"}', "feed.place.path"),
        (
            "place",
            '{kind="sftp",host="a.example",user="u",host_key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA",password_env="P"}',
            "feed.place.kind",
        ),
        ("window_days", "0", "feed.window_days"),
        ("window_days", "true", "feed.window_days"),
        ("window_days", "100000", "feed.window_days"),
        ("name", '"../f.xml"', "feed.name"),
        ("name", '"f.html"', "feed.name"),
        ("name", '"CON.xml"', "feed.name"),
        ("paged", "true", "feed.paged"),
        ("token", '"hemligt"', "feed.token"),
    ],
)
def test_a_feed_that_cannot_work_is_refused(tmp_path: Path, key: str, value: str | None, field: str) -> None:
    """Everything the feed needs is there, it has one place that the web shows, and nothing else stands in it."""
    written = {**_FEED, key: value}
    lines = [f"{name} = {said}" for name, said in written.items() if said is not None]
    assert "hemligt" not in str(_refused(tmp_path, "\n".join(["[deposit.feed]", *lines]), field))


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ("", "receipts.address"),
        ('address = "https://kb.example/kvitton"', "receipts.address"),
        ('address = "https://kb.example/{delivery}/{delivery}"', "receipts.address"),
        ('address = "https://{delivery}.example/"', "receipts.address"),
        ('address = "https://u:hemligt@kb.example/{delivery}"', "receipts.address"),
        ('address = "file:///etc/{delivery}"', "receipts.address"),
        ('address = "http://kb.example/{delivery}"\ntoken_env = "T"', "receipts.address"),
        ('address = "https://kb.example/{delivery}"\nuser = "u"', "receipts.user"),
        ('address = "https://kb.example/{delivery}"\npassword_env = "hemligt!"', "receipts.password_env"),
        ('address = "https://kb.example/{delivery}"\nuser = "u:hemligt"\npassword_env = "P"', "receipts.user"),
        (
            'address = "https://kb.example/{delivery}"\nuser = "u"\npassword_env = "P"\ntoken_env = "T"',
            "receipts.token_env",
        ),
        ('address = "https://kb.example/{delivery}"\nanswer = ""', "receipts.answer"),
        ('address = "https://kb.example/{delivery}"\nanswer = "a..b"', "receipts.answer"),
        ('address = "https://kb.example/{delivery}"\naccepted = []', "receipts.accepted"),
        ('address = "https://kb.example/{delivery}"\naccepted = [1]', "receipts.accepted"),
        ('address = "https://kb.example/{delivery}"\naccepted = ["ok"]\nrejected = ["OK"]', "receipts.rejected"),
        ('address = "https://kb.example/{delivery}"\npassword = "hemligt"', "receipts.password"),
    ],
)
def test_receipts_that_cannot_be_read_are_refused(tmp_path: Path, lines: str, field: str) -> None:
    """An address that names the delivery, no secret, keys that can be followed, words that mean one thing each."""
    assert "hemligt" not in str(_refused(tmp_path, f"[deposit.receipts]\n{lines}\n", field))


def test_the_digest_follows_what_packages_say(tmp_path: Path) -> None:
    """Another agreement or name of the authority is another digest; another receiver or warning is not."""
    usual, named = DepositSettings(), Organisation(name="Arvika kommun", code="ORG:212000-1892")
    digest = settings_digest(usual, named)
    assert digest != settings_digest(read_deposit({"agreement": "http://kb.example/1"}, tmp_path, FILE), named)
    assert digest != settings_digest(usual, Organisation(name="Arvika kommun", code="ORG:212000-0000"))
    assert digest != settings_digest(
        usual, Organisation(name="Arvika kommun", code=named.code, authorities={"ks": "KS"})
    )
    moved = read_deposit({"receiver": {"kind": "folder", "path": "x"}, "warn_days": [3], "keep": True}, tmp_path, FILE)
    assert digest == settings_digest(moved, named)

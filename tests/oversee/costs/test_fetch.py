"""From the platform's own report to the sheet, through the command and the platform's interface."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.duties import Duties
from tests.oversee.costs.bench import MONTH, PAGE, Bench
from tests.servers.world_client import RunningFake

FAIR = {
    "id": 501,
    "name": "[Skola] Öppet hus",
    "days": {"2025-11-30": "5.00", "2025-12-01": "0.10", "2025-12-31": "1249.95"},
    "adverts": ["900100200_501"],
}
ROADS = {"id": 502, "name": "Vinterväg", "days": {"2025-12-12": "300.005"}, "adverts": ["1_2", "1_3"]}


def test_a_month_is_fetched_debited_and_reconciled(
    bench: Bench, fakes: Callable[..., RunningFake], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Campaigns of the month become a report, the sponsored post its item, and the invoice agrees to the öre."""
    fake = fakes("facebook")
    fake.campaigns([FAIR, ROADS])
    monkeypatch.setenv("READING", fake.history()["token"])
    bench.account(PAGE, api_base=fake.base, credentials_env="READING", duties=Duties(advert_account="act_778899"))
    item = bench.publish("Öppet hus", account=PAGE, native="900100200_501")
    (told,) = bench.costs("fetch", "--month", MONTH)["accounts"]
    assert (told["outcome"], told["lines"], told["sum"]) == ("new", 2, "1550.055")
    (again,) = bench.costs("fetch", PAGE, "--month", MONTH)["accounts"]
    assert (again["outcome"], again["item"]) == ("same", told["item"])
    sheet = bench.sheet("--invoice", "1550,06", codes=(0,))
    assert [(one["unit"], one["net"]) for one in sheet["units"]] == [
        ("Informationsenheten", "300.01"),
        ("Skola", "1250.05"),
    ]
    assert [one["item"] for one in sheet["campaigns"]] == [None, item]
    assert (sheet["rounding"], sheet["invoice"]["equal"]) == ("0.005", True)


def test_a_platform_that_does_not_answer_leaves_what_stands(
    bench: Bench, fakes: Callable[..., RunningFake], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that has run out, or none at all, is told by code; the report before it stands."""
    fake = fakes("facebook")
    fake.campaigns([ROADS])
    monkeypatch.setenv("READING", fake.history()["token"])
    bench.account(PAGE, api_base=fake.base, credentials_env="READING", duties=Duties(advert_account="act_778899"))
    first = bench.costs("fetch", PAGE, "--month", MONTH)["accounts"][0]["item"]
    fake.misbehave(expired=True)
    (failed,) = bench.costs("fetch", PAGE, "--month", MONTH, codes=(3,))["accounts"]
    monkeypatch.delenv("READING")
    (without,) = bench.costs("fetch", PAGE, "--month", MONTH, codes=(3,))["accounts"]
    assert [one["outcome"] for one in (failed, without)] == ["failed", "failed"]
    assert [one["findings"][0]["code"] for one in (failed, without)] == ["W219", "W219"]
    (paper,) = bench.papers("adverts")
    assert paper.item == first == failed["item"]

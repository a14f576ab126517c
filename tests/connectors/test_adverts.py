"""Reports of advertisements, and which pages ours likes: read whole or not at all."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.clock import FixedClock
from connectors.graph.adverts import MetaAdverts
from connectors.platforms import facebook
from schemas.account import Account, account_from
from schemas.adverts import AdvertLine
from schemas.neighbours import Adverts, Liking, PlatformError, Session
from schemas.refusal import RefusedError
from tests.servers.world_client import RunningFake

NOW = FixedClock(datetime(2026, 10, 5, 6, 0, tzinfo=UTC))
SUMMER = {
    "id": 501,
    "name": "[Biblioteket] Sommarlov åäö",
    "days": {"2026-08-31": "10.00", "2026-09-01": "0.10", "2026-09-30": "1249.95", "2026-10-01": "7"},
    "adverts": ["900100200_501", "900100200_501"],
}
JOBS = {"id": 502, "name": "Rekrytering sjuksköterskor", "days": {"2026-09-12": "300"}, "adverts": ["1_2", "1_3"]}
OTHERS = [{"id": 600 + number, "name": f"Kampanj {number}", "days": {"2026-09-02": "1.005"}} for number in range(7)]


def _account(fake: RunningFake, platform: str = "facebook", advert_account: str = "act_778899", **more: Any) -> Account:
    values = {
        "name": "sidan",
        "platform": platform,
        "handle": fake.history()["handle"],
        "authority": "kommunstyrelsen",
        "api_base": fake.base,
        "credentials_env": "READING",
        "duties": {"advert_account": advert_account},
        **more,
    }
    return account_from(values, "konto.toml")


Open = Callable[..., Adverts]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens the reports of a fake's advertisement account."""
    with ExitStack() as held:

        def reports(fake: RunningFake, **more: str) -> Adverts:
            one = facebook.adverts(_account(fake, **more), fake.history()["token"], NOW)
            held.callback(one.close)
            return one

        yield reports


def test_a_month(fakes: Callable[..., RunningFake], opened: Open) -> None:
    """A month is every campaign that cost anything, in decimals, page by page; other months' days are not in it."""
    fake = fakes("facebook")
    fake.campaigns([SUMMER, JOBS, *OTHERS])
    lines = list(opened(fake).month("2026-09"))
    assert lines[0] == AdvertLine(
        campaign="[Biblioteket] Sommarlov åäö",
        campaign_id="501",
        advert="900100200_501",
        first=date(2026, 9, 1),
        last=date(2026, 9, 30),
        spent=Decimal("1250.05"),
        currency="SEK",
        shown=200,
        clicks=2,
    )
    assert (lines[1].advert, lines[1].spent) == ("", Decimal(300))
    assert len(lines) == 9
    assert sum(one.spent for one in lines) == Decimal("1250.05") + 300 + 7 * Decimal("1.005")
    assert not list(opened(fake).month("2027-01"))
    assert not list(opened(fake, advert_account="778899").month("2026-07"))


@pytest.mark.parametrize("spend", ["1e3", "-5", "1,50", "NaN", "", "99999999999999999999"])
def test_money_that_cannot_be_read(fakes: Callable[..., RunningFake], opened: Open, spend: str) -> None:
    """An amount that is no plain decimal ends the report: nothing is guessed and nothing left out."""
    fake = fakes("facebook")
    fake.campaigns([{**JOBS, "spend": spend}])
    with pytest.raises(PlatformError) as raised:
        list(opened(fake).month("2026-09"))
    assert raised.value.code == "H128"


@pytest.mark.parametrize(
    ("switches", "code"), [({"throttle": 99}, "H105"), ({"expired": True}, "H101"), ({"cut": 99, "after": 1}, "H108")]
)
def test_a_report_that_cannot_be_had(fakes: Callable[..., RunningFake], switches: dict[str, Any], code: str) -> None:
    """What the platform does not give is an error with a code, never a shorter month."""
    fake = fakes("facebook")
    fake.campaigns([JOBS])
    one = MetaAdverts(_account(fake), fake.history()["token"], NOW, sleep=lambda _: None)
    fake.misbehave(**switches)
    with pytest.raises(PlatformError) as raised:
        list(one.month("2026-09"))
    assert raised.value.code == code
    assert fake.history()["token"] not in repr(raised.value)
    one.close()


def test_no_leave_to_read_it(fakes: Callable[..., RunningFake], opened: Open) -> None:
    """A token without the permission, a month that is none and an account that is none are told apart."""
    fake = fakes("facebook", options={"ads": "off"})
    with pytest.raises(PlatformError) as raised:
        list(opened(fake).month("2026-09"))
    assert raised.value.code == "H102"
    with pytest.raises(RefusedError):
        list(opened(fake).month("2026-13"))
    with pytest.raises(RefusedError):
        opened(fake, advert_account="act_1/../me")


@pytest.mark.parametrize(
    ("fake_name", "platform", "path"),
    [("facebook", "facebook", ""), ("world_mastodon", "mastodon", ""), ("youtube", "youtube", "/youtube/v3")],
)
def test_what_ours_likes(fakes: Callable[..., RunningFake], fake_name: str, platform: str, path: str) -> None:
    """Every page or account that ours likes or follows is told by name and address, page by page."""
    fake = fakes(fake_name, page=2)
    fake.act("post", text="Hej")
    account = _account(fake, platform, api_base=fake.base + path)
    module: Any = importlib.import_module(f"connectors.platforms.{platform}")
    session: Session = module.open(account, fake.history()["token"], NOW)
    assert isinstance(session, Liking)
    liked = list(session.liked())
    session.close()
    assert len(liked) == len(set(liked)) > 2
    assert all(name and address.startswith("http") for name, address in liked)
    fake.misbehave(expired=True)
    other = module.open(account, "ended", NOW)
    with pytest.raises(Exception, match="H101"):
        list(other.liked())
    other.close()

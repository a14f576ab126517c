"""Which pages count as approved, however the register and the platform write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.oversee.watch.likes import approved_pages, is_approved, unread
from flows.oversee.watch.signs import Rules
from schemas.account import Account
from schemas.duties import Duties
from schemas.oversight import OversightSettings
from schemas.watch_words import built_in_words

OURS = Account(
    name="nyheter",
    platform="facebook",
    handle="arvikakommun",
    authority="kommunstyrelsen",
    duties=Duties(
        approved=("https://www.facebook.com/VarmlandsMuseum/",), address="https://www.facebook.com/arvikakommun"
    ),
)
RULES = Rules(
    settings=OversightSettings(approved=("Region Värmland", "krisinformation.se")),
    words=built_in_words(),
    now=datetime(2026, 2, 3, tzinfo=UTC),
    accounts={OURS.name: OURS},
)


@pytest.mark.parametrize(
    ("name", "address", "approved"),
    [
        ("Region  värmland", "https://facebook.com/12345", True),
        ("Krisinformation", "https://www.krisinformation.se/", True),
        ("Värmlands museum", "https://m.facebook.com/varmlandsmuseum", True),
        ("Arvika kommun", "https://www.facebook.com/arvikakommun/?ref=1", True),
        ("Kommunen", "https://bsky.app/profile/arvikakommun", True),
        ("Kaféet på hörnet", "https://facebook.com/kafet", False),
        ("", "", False),
        ("trasig", "https://[", False),
    ],
)
def test_approved(name: str, address: str, approved: bool) -> None:  # noqa: FBT001 - a table's column
    """By name or address, without case, scheme, ``www`` or a slash; our own accounts are approved."""
    assert is_approved(name, address, approved_pages(RULES, OURS)) is approved


def test_another_reason() -> None:
    """That likes cannot be read is another sign when the reason is another, so that a dismissal does not cover it."""
    refused, again, unreachable = (unread(RULES, OURS, code) for code in ("R-REFUSED", "R-REFUSED", "H109"))
    assert refused == again
    assert refused.version != unreachable.version

"""Signs kept as columns are the signs that came in: the surest of each, in order, beside what is remembered of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from flows.oversee.watch.columns import Signs
from flows.oversee.watch.scan import shares
from schemas.watch import CERTAINTIES, Notice, Sign

NOW = datetime(2026, 2, 3, 6, 45, 0, 123457, tzinfo=UTC)


def sign(random: Random) -> Sign:
    """One of few subjects and codes, with or without a time."""
    return Sign(
        code=random.choice(["W101", "W111", "W125"]),
        subject=random.choice(["sidan", "202601-aaaaaaaaaaaaaaaa", "202601-å", "202512-zzzzzzzzzzzzzzzz"]),
        clause="R01",
        account=random.choice(["sidan", "kanalen"]),
        authority="arvika-ks",
        certainty=random.choice(CERTAINTIES),
        version=random.randrange(3),
        since=random.choice([None, NOW - timedelta(microseconds=random.randrange(10**12))]),
        parameters=random.choice([(), (("count", 3),), (("address", "arvika.se"), ("count", 1))]),
    )


def notice(subject: str, code: str) -> Notice:
    """What is remembered of a sign."""
    return Notice(
        subject=subject,
        code=code,
        clause="R01",
        account="sidan",
        authority="arvika-ks",
        certainty="sure",
        version=1,
        first=NOW,
        last=NOW,
        standing="open",
        changed=NOW,
    )


@pytest.mark.parametrize("seed", range(40))
def test_signs(seed: int) -> None:
    """The surest of each subject and code, the first of those that are alike, sorted; notices beside theirs, dropped ones gone."""
    random = Random(seed)
    signs = [sign(random) for _ in range(random.choice([0, 1, 2, 9, 40]))]
    best: dict[tuple[str, str], Sign] = {}
    for one in sorted(signs, key=lambda one: CERTAINTIES.index(one.certainty)):
        best.setdefault((one.subject, one.code), one)
    plain = [best[key] for key in sorted(best)]
    found = Signs(signs)
    assert list(found) == plain
    known = sorted({(one.subject, one.code) for one in (sign(random) for _ in range(6))})
    notices = {key: notice(*key) for key in known}
    pairs = list(found.beside(notices.values()))
    assert [one for one, _ in pairs if one is not None] == plain
    assert [one for _, one in pairs if one is not None] == list(notices.values())
    assert all(one is None or two is None or (one.subject, one.code) == (two.subject, two.code) for one, two in pairs)
    found.drop(notices.values(), lambda one, said: one.version == said.version)
    assert list(found) == [one for key, one in sorted(best.items()) if key not in notices or one.version != 1]


@pytest.mark.parametrize("rows", [0, 1, 25_000, 25_001, 700_000, 10_000_000])
def test_every_letter_is_in_one_share(rows: int) -> None:
    """However large a month is, each item is taken once."""
    assert sorted("".join(shares(rows))) == sorted("abcdefghijklmnopqrstuvwxyz234567")

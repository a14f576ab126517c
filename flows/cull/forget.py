"""The suppression's own retention: how long it is remembered that a destroyed item is not to be harvested again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flows.keep.judged import standing
from schemas.calendar import ZONE, Period, add_months, local_day
from schemas.ground import Ground
from schemas.ids import rfc3339
from schemas.receipt import Receipt


def forget_suppressed(ground: Ground) -> int:
    """Remove the suppression entries whose retention in the plan in force has run out; returns how many.

    A plan that states none keeps them for ever, and so does an archive without a plan in force. With a receipt.
    """
    at = ground.clock.now()
    today = local_day(at)
    plan = standing(ground, today, holds=False).plan
    if plan is None or plan.suppression is None or not plan.force.has(today):
        return 0
    before = first_kept(plan.suppression, today)
    with ground.state.writing() as books:
        forgotten = books.natives.forget_suppressed(before)
        if forgotten:
            books.ledger.append(
                Receipt(
                    act="cull.suppression-forgotten",
                    at=at,
                    actor="bevara",
                    subjects=(plan.edition,),
                    evidence={
                        "entries": forgotten,
                        "retention": str(plan.suppression),
                        "culled_before": rfc3339(before),
                    },
                )
            )
    return forgotten


def first_kept(retention: Period, today: date) -> datetime:
    """The instant from which on what was culled is still remembered: so long before today began in Stockholm."""
    day = add_months(today, -retention.months) - timedelta(days=retention.days)
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)

"""Values that the state contract stores and expects back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from schemas.account import Account
from schemas.books import AdoptedPlan, CaptureNote, Copy, Coverage, LiveFile
from schemas.finding import Finding
from schemas.ids import ItemId, Month

AT = datetime(2026, 1, 31, 12, 0, 0, 123457, tzinfo=UTC)
ONE = ItemId("202601-aaaaaaaaaaaaaaaa")
TWO = ItemId("202601-bbbbbbbbbbbbbbbb")
ACCOUNT = Account(
    name="kommunen", platform="mastodon", handle="@kommunen@exempel.se", authority="ks", administrators=("Åsa", "Bo")
)
FILE = LiveFile(
    key="holdings/ks/2026-01/a.parquet", authority="ks", month=Month("2026-01"), rows=3, size=9, batch="b", made=AT
)
COPY = Copy(key="archive/ks/x.xml", kind="record-xml", authority="ks", month="2026-01", account="kommunen", made=AT)
NOTE = CaptureNote(
    run="r1", account="kommunen", endpoint="timeline", subject="kommunen", parameters={"limit": 40, "b": "\x00\ud800"},
    status=200, at=AT, returned=40, digest="d" * 64,
)  # fmt: skip
COVERAGE = Coverage(
    run="r1", account="kommunen", night="2026-01-31", horizon="week", started=AT, ended=AT + timedelta(seconds=1),
    asked=9, returned=8, new=1, edited=2, hidden=3, gone=4, failed=5, complete=True,
    findings=(Finding(code="H101", severity="warning", subject=ONE, count=2, parameters=(("pages", 3), ("f", "x"))),),
)  # fmt: skip
PLAN = AdoptedPlan(edition="2026-1", text="# plan\nÅÄÖ", digest="e" * 64, person="Åsa", adopted=AT)

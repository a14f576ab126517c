"""A small archive with accounts, units and an officer who may debit, for tests of costs and of article 30 entries."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from flows.__main__ import _ERRORS, _told, run
from flows.oversee.accounts.register import add_account
from schemas.account import Account
from schemas.duties import Administrator, Analysis, Duties, Processing
from schemas.removal import Paper
from tests.disclose.world import COLLEAGUE, PAGE, Desk
from tests.disclose.world import SCHOOL as SCHOOL_PAGE

__all__ = ["COLLEAGUE", "MONTH", "OVERSIGHT", "PAGE", "SCHOOL_PAGE", "Bench", "whole_duties"]

MONTH = "2025-12"
"""The month before the archive's now."""
OVERSIGHT = """
[oversight]
vat = "25"
officer = "Dagny Dataskydd, dataskydd@arvika.example"
controller = "Arvika kommunstyrelse"
security = "Behörighet efter roll, flerfaktorsinloggning, loggning"
third_country = "USA"

[oversight.units."Informationsenheten"]
cost_centre = "1100"
[oversight.units."Skola"]
cost_centre = "4200"
[oversight.units."Kultur & fritid"]
"""


def whole_duties(**changes: Any) -> Duties:
    """Duties of an account whose entry lacks nothing."""
    processing = Processing(
        reference="DP-17",
        purpose="Information och dialog",
        basis="Uppgift av allmänt intresse (artikel 6.1 e)",
        subjects=("besökare", "personal"),
        data=("namn", "bild", "text"),
        recipients=("allmänheten", "plattformen"),
        joint="Meta Platforms Ireland för sidstatistik; plattformens arrangemang",
        transfer="EU-US Data Privacy Framework",
        updated=date(2026, 2, 1),
    )
    duties = Duties(
        address="https://www.facebook.com/alvsjobro",
        analysis=Analysis(purpose="Nå ut"),
        processing=processing,
        decided=date(2019, 9, 2),
        decided_by="Kommunchefen",
        administrators=(Administrator(name="Ada"), Administrator(name="Bo", left=date(2020, 1, 1))),
    )
    return replace(duties, **changes)


@dataclass(slots=True)
class Bench(Desk):
    """The archive; files that tests make lie in ``root / "in"``, what commands write in ``root / "ut"``."""

    def furnish(self) -> Self:
        """Settings and folders; the Page belongs to a unit."""
        self.settings("", more=OVERSIGHT)
        for name in ("in", "ut"):
            (self.root / name).mkdir()
        self.account(PAGE, unit="Informationsenheten")
        return self

    def account(self, name: str, **changes: Any) -> None:
        """Change an account's register file."""
        with self.open() as home:
            with home.ground.state.reading() as books:
                before = books.accounts.get(name)
            assert isinstance(before, Account)
            add_account(home.ground, replace(before, **changes))

    def file(self, data: bytes | str, name: str = "rapport.csv") -> Path:
        """A file to be read."""
        path = self.root / "in" / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return path

    def costs(self, *arguments: str, codes: tuple[int, ...] = (0, 3)) -> Any:
        """``oversee costs`` with ``--json``."""
        return self.command("oversee", "costs", *arguments, codes=codes)

    def take(self, data: bytes | str, *arguments: str, account: str = PAGE, codes: tuple[int, ...] = (0, 3)) -> Any:
        """Import a report of the month."""
        path = str(self.file(data))
        return self.costs("import", path, "--account", account, "--month", MONTH, *arguments, codes=codes)

    def sheet(self, *arguments: str, codes: tuple[int, ...] = (0, 3)) -> Any:
        """Make the sheet of the month."""
        out = str(self.root / "ut" / "underlag.xlsx")
        return self.costs("sheet", "--month", MONTH, "--out", out, "--as", COLLEAGUE, *arguments, codes=codes)

    def refused_command(self, data: bytes | str, *arguments: str, code: int) -> str:
        """What an import that is refused says; later arguments go first."""
        path = str(self.file(data))
        usual = ("--account", PAGE, "--month", MONTH)
        return self.failing("oversee", "costs", "import", path, *usual, *arguments, code=code)

    def refused_sheet(self, *, person: str = COLLEAGUE, code: int) -> str:
        """What a sheet that is refused says."""
        out = str(self.root / "ut" / "nej.xlsx")
        return self.failing("oversee", "costs", "sheet", "--month", MONTH, "--out", out, "--as", person, code=code)

    def failing(self, *arguments: str, code: int) -> str:
        """What a command that fails says on standard error."""
        with contextlib.redirect_stderr(io.StringIO()) as told, contextlib.redirect_stdout(io.StringIO()):
            try:
                ended = run(["--home", str(self.root / "hem"), "--at", self.at.isoformat(), *arguments])
            except tuple(kind for kind, _, _ in _ERRORS) as error:
                ended = _told(error)
        assert ended == code, told.getvalue()
        return told.getvalue()

    def papers(self, sort: str) -> list[Paper]:
        """The documents that stand."""
        with self.open() as home, home.ground.state.reading() as books:
            return list(books.duties.papers(sort))

    def ledger(self) -> list[dict[str, Any]]:
        """All receipts."""
        with self.open() as home, home.ground.state.reading() as books:
            return [json.loads(link.body) for link in books.ledger.after(0)]

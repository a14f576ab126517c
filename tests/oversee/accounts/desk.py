"""A small real archive with the perfect account, driven by commands in this process."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from flows.__main__ import _ERRORS, _told, run
from flows.keep.own import read_own
from schemas.ids import ItemId
from schemas.record import Row
from tests.cull.archive import APPROVER, PLAN, Small
from tests.oversee.accounts.site import Site, perfect, settings, toml

WHO = APPROVER
"""A registered person with the mandate for accounts."""


@dataclass(slots=True)
class Registry(Small):
    """The archive; every command rehearses ``at``."""

    site: Site | None = None

    def begin(self, site: Site | None = None, more: str = "") -> Self:
        """Make it, with a plan, settings and the account as it should be (its decision is not entered yet)."""
        self.site = site
        self.start(text=PLAN.format(edition="1", period="2 år", settings="", rule=""))
        file = self.root / "hem" / "bevara.toml"
        file.write_text(file.read_text("utf-8") + settings(site, more), encoding="utf-8")
        self.account()
        return self

    def account(self, *, name: str = "nyheter", handle: str = "nyheter@test", **changes: Any) -> None:
        """Add or change the account; ``changes``: of ``[duties]``."""
        file = self.root / f"{name}.toml"
        file.write_text(toml({**perfect(self.site, **changes), "name": name, "handle": handle}), encoding="utf-8")
        self.command("account", "add", str(file))

    def decide(self, what: str = "start", *more: str, on: str = "2024-01-02", account: str = "nyheter") -> Any:
        """Enter a decision."""
        by = ("--by", "Alex Al", "--role", "verksamhetschef", "--on", on, "--as", WHO)
        return self.command("account", "decide", account, what, *by, *more)

    def say(self, *arguments: str, codes: Collection[int] = (0, 3)) -> str:
        """What a command prints, or its refusal; its exit code is one of ``codes``."""
        out, told = io.StringIO(), io.StringIO()
        options = ["--home", str(self.root / "hem"), "--at", self.at.isoformat()]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
            try:
                code = run([*options, *arguments])
            except tuple(kind for kind, _, _ in _ERRORS) as error:
                code = _told(error)
        assert code in codes, (arguments, code, out.getvalue(), told.getvalue())
        return out.getvalue() + told.getvalue()

    def command(self, *arguments: str, codes: Collection[int] = (0, 3)) -> Any:
        """The decoded answer of a command with ``--json``."""
        return json.loads(self.say("--json", *arguments, codes=codes))

    def gaps(self, *arguments: str) -> dict[str, list[str]]:
        """Codes of what each account lacks; ``*`` for the page of the list."""
        answer = self.command("account", "check", *arguments)
        found = {one["account"]: [gap["code"] for gap in one["gaps"]] for one in answer["accounts"]}
        return {**found, "*": [one["code"] for one in answer["pages"]]}

    def item(self, item: str) -> Row:
        """The newest version of an item of ours."""
        with self.open() as home:
            row = read_own(home.ground, ItemId(item))
        assert row is not None
        return row

    def told(self, subject: str) -> list[str]:
        """Acts that the ledger tells of a subject, oldest first."""
        with self.open() as home, home.ground.state.reading() as books:
            return [json.loads(link.body)["act"] for link in books.ledger.about(subject, limit=100)]


def files_in(folder: Path) -> Sequence[str]:
    """Names of everything in a folder."""
    return sorted(one.name for one in folder.iterdir())

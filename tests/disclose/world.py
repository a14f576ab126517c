"""A small real archive for tests of public-records requests: three platforms, threads, pictures, films, odd names.

``Desk.begin()`` makes it; ``Desk.sample()`` fills it with a known set of records. Commands are run in this process with
``--json`` (``command``, ``request``), so that what is tested is what an officer runs.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

from flows.__main__ import _ERRORS, _told, run
from flows.keep.read import partitions
from flows.oversee.accounts.register import add_account
from flows.oversee.persons import add_person
from schemas.account import Account
from schemas.hold import Hold
from schemas.ids import ItemId
from schemas.record import Row
from schemas.request import Assessment, Request
from schemas.tables import HOLDINGS, to_rows
from tests.cull.archive import ACCOUNT, AUTHORITY, OFFICER
from tests.disclose.published import File, Published
from tests.disclose.setting import (
    ACCOUNTS,
    CHANNEL,
    CLERK,
    COLLEAGUE,
    DELEGATE,
    MAIL,
    NOW,
    OFFICE,
    PAGE,
    PLAN,
    SCHOOL,
    SCHOOL_SLUG,
    SETTINGS,
)
from tests.pictures import JPEG, png

__all__ = [
    "ACCOUNT",
    "ACCOUNTS",
    "AUTHORITY",
    "CHANNEL",
    "CLERK",
    "COLLEAGUE",
    "DELEGATE",
    "MAIL",
    "NOW",
    "OFFICE",
    "OFFICER",
    "PAGE",
    "PLAN",
    "SCHOOL",
    "SCHOOL_SLUG",
    "Desk",
    "File",
    "own_in_thread",
]


@dataclass(slots=True)
class Desk(Published):
    """The archive with the officers' desk.

    ``at`` is the instant that every command rehearses; ``later(hours=2)`` moves it.
    """

    def begin(self, disclosure: str = "", *, more: str = "", database: str = "", edition: str = "1") -> Self:
        """Make it: four accounts, two authorities, officers with and without delegation, a plan.

        Args:
            disclosure: lines of ``[disclosure]`` after ``office`` (tables like ``[disclosure.mail]`` last).
            more: other tables of the settings. database: address of an empty PostgreSQL database.
        """
        self.start(text=PLAN.format(edition=edition), database=database)
        began, self.at = self.at, datetime(2025, 2, 1, 9, tzinfo=UTC)
        with self.open() as home:
            whole: dict[str, Any] = {"body": "Kommunstyrelsen", "decided": date(2024, 12, 3), "paragraph": "§ 14"}
            add_person(home.ground, DELEGATE, "handläggare", **whole)
            add_person(home.ground, COLLEAGUE, "kommunikatör")
            add_person(home.ground, CLERK, "registrator", body="Kommunstyrelsen", decided=date(2024, 12, 3))
            for name, (platform, authority) in ACCOUNTS.items():
                if name != ACCOUNT:
                    account = Account(name=name, platform=platform, handle=f"{name}@test", authority=authority)
                    add_account(home.ground, account)
        self.at = began
        self.settings(disclosure, more=more)
        return self

    def settings(self, disclosure: str = "", *, more: str = "") -> None:
        """Write the municipality's names and ``[disclosure]`` in place of those that were written before."""
        file = self.root / "hem" / "bevara.toml"
        before = file.read_text("utf-8").partition("[organisation]")[0]
        office = ", ".join(json.dumps(line, ensure_ascii=False) for line in OFFICE)
        court = 'court = "Kammarrätten i Göteborg"'
        text = f"{before}{SETTINGS}\n{more}\n[disclosure]\noffice = [{office}]\n{court}\n{disclosure}"
        file.write_text(text, encoding="utf-8")

    def sample(self) -> dict[str, ItemId]:
        """A known set of records; returns them by name.

        ``water``: a post with a picture (alt text names Åsa Öberg); ``asa``: her comment below it, ``asa2``: another one
        by her; ``reply``: our answer that names her; ``rtl``: a comment by an author with an Arabic name and bidi
        controls; ``emoji``: a comment with a family emoji by "Bo 👨‍👩‍👧‍👦 Ek"; ``edited``: a comment with two versions, the
        first of which names Åsa; ``facebook``: a post on the Page; ``spam``: markup in text and name; ``film``: a
        film with captions on YouTube; ``school``: a comment to the other authority's page; ``old``: a post of 2022
        that is due for culling; ``below_old``: a comment below it, due too.
        """
        found: dict[str, ItemId] = {}
        put = self.publish
        alt = "Åsa Öberg visar läckan vid torget"
        files = [File(data=png(48, 32, seed=1), alt=alt)]
        found["water"] = put("Vattenläckan på Ågatan är lagad. Tack för tålamodet!", files=files)
        found["asa"] = put(
            "Det rinner fortfarande utanför mitt hus på Ågatan 5, ring 070-123 45 67.",
            kind="comment",
            author="Åsa Öberg",
            handle="https://test/@asaoberg",
            below=found["water"],
        )
        found["reply"] = put("Hej Åsa Öberg! Vi skickar någon i dag.", kind="reply", below=found["asa"])
        found["asa2"] = put(
            "Nu är det torrt, tack!",
            kind="comment",
            author="Åsa Öberg",
            handle="https://test/@asaoberg",
            below=found["reply"],
        )
        found["rtl"] = put(
            "شكرا \u202eTACK\u202c för vattnet",
            kind="comment",
            author="\u202eليلى حداد",
            handle="https://test/@layla",
            below=found["water"],
        )
        found["emoji"] = put(
            "Bra jobbat 👨\u200d👩\u200d👧\u200d👦👍🏽!",
            kind="comment",
            author="Bo 👨\u200d👩\u200d👧\u200d👦 Ek",
            handle="https://test/@boek",
            below=found["water"],
        )
        found["edited"] = put(
            "Åsa Öberg har rätt, det läcker.",
            kind="comment",
            author="Per A\u030akesson",
            handle="https://test/@perake",
            below=found["water"],
        )
        self.edit(found["edited"], "Grannen har rätt, det läcker.")
        found["facebook"] = put(
            "Badhuset öppnar igen på måndag", account=PAGE, files=[File(data=JPEG, media_type="image/jpeg")]
        )
        found["spam"] = put(
            "<script>alert('x')</script> =HYPERLINK(\"http://x\") vatten",
            account=PAGE,
            kind="comment",
            author="<b>Köp & sälj</b>",
            below=found["facebook"],
        )
        cue = b"WEBVTT\n\n00:00.000 --> 00:01.000\nVatten renas i tre steg\n"
        caption = File(data=cue, role="caption", media_type="text/vtt", language="sv")
        found["film"] = put("Så renas ditt vatten", account=CHANNEL, files=[caption])
        found["school"] = put("Vattnet i skolan smakar illa", account=SCHOOL, kind="visitor_post", author="Förälder")
        old = datetime(2022, 5, 3, 10, tzinfo=UTC)
        found["old"] = put("Vattnet stängs av på Storgatan", at=old)
        found["below_old"] = put(
            "Hur länge är vattnet borta?", kind="comment", author="Eva Lind", at=old, below=found["old"]
        )
        return found

    # -- looking

    def kept(self, number: int) -> Request:
        """A request's row."""
        with self.open() as home, home.ground.state.reading() as books:
            found = books.requests.get(number)
        assert found is not None
        return found

    def assessments(self, number: int) -> list[Assessment]:
        """What was decided of each record of a request."""
        with self.open() as home, home.ground.state.reading() as books:
            return list(books.requests.assessed(number))

    def hold_of(self, number: int) -> Hold:
        """A request's hold, in force or lifted."""
        with self.open() as home, home.ground.state.reading() as books:
            (hold,) = [
                one for one in books.holds.all() if one.scope == "request" and one.subject in {str(number), None}
            ]
        return hold

    def receipts(self, subject: str) -> list[dict[str, Any]]:
        """Receipts that name the subject, in order."""
        with self.open() as home, home.ground.state.reading() as books:
            return [json.loads(link.body) for link in books.ledger.about(subject)]

    def acts(self, number: int) -> list[str]:
        """Acts of a request's receipts, in order."""
        return [one["act"] for one in self.receipts(f"request:{number}")]

    def below(self, root: ItemId) -> list[Row]:
        """Items of ours in the thread of a request's root, oldest first."""
        with self.open() as home:
            store, state = home.ground.store, home.ground.state
            return own_in_thread(state, store, root)

    # -- by the command line

    def say(self, *arguments: str, codes: Collection[int] = (0,)) -> str:
        """What a command prints; its exit code must be one of ``codes``."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = run(["--home", str(self.root / "hem"), "--at", self.at.isoformat(), *arguments])
            except tuple(kind for kind, _, _ in _ERRORS) as error:
                code = _told(error)
            except SystemExit as ended:
                code = int(ended.code or 0)
        assert code in codes, (code, arguments, out.getvalue(), err.getvalue())
        return out.getvalue() if code in {0, 3} else err.getvalue()

    def command(self, *arguments: str, codes: Collection[int] = (0, 3)) -> Any:
        """The decoded answer of a command with ``--json``; by default findings (exit 3) are all right."""
        return json.loads(self.say("--json", *arguments, codes=codes))

    def request(self, what: str, *arguments: str, person: str = OFFICER, codes: Collection[int] = (0, 3)) -> Any:
        """``bevara request WHAT … --as PERSON --json``, decoded."""
        return self.command("request", what, *arguments, "--as", person, codes=codes)

    def refused(self, what: str, *arguments: str, person: str = OFFICER, code: int = 4) -> str:
        """What a command that must not succeed says on standard error; 4 = a guard, 2 = bad input."""
        return self.say("request", what, *arguments, "--as", person, codes=(code,))

    def ask(self, text: str = "Allt om vattnet", *arguments: str) -> int:
        """Open a request; returns its number."""
        with self.open() as home, home.ground.state.reading() as books:
            number = books.requests.number()
        self.request("open", "--text", text, *arguments)
        assert self.kept(number).opened
        return number

    def find(self, number: int, *arguments: str) -> Any:
        """Find and freeze; the answer."""
        return self.request("find", str(number), *arguments)

    def assess(self, number: int, verdict: str, *items: str, provision: str = "") -> Any:
        """Assess these (``ITEM`` or ``ITEM@VERSION``), or everything that is left."""
        some = items or ("--all",)
        under = ("--provision", provision) if provision else ()
        return self.request("assess", str(number), *some, verdict, *under)

    def mask(self, number: int, *arguments: str, provision: str = "OSL 21:1") -> Any:
        """Mask."""
        return self.request("mask", str(number), *arguments, "--provision", provision)

    def answer(self, number: int, *arguments: str) -> Any:
        """Answer; ``arguments`` say how (``--out FOLDER`` …)."""
        return self.request("answer", str(number), *arguments)


def own_in_thread(state: Any, store: Any, root: ItemId) -> list[Row]:
    """Every version of every item of ours in a thread, oldest first."""
    found = [
        row
        for _, _, table in partitions(state, store, HOLDINGS.names)
        for row in to_rows(table)
        if row.thread == root and row.row == "version" and row.platform == "bevara"
    ]
    return sorted(found, key=lambda row: (row.observed, row.item))

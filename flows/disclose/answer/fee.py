"""What copies cost by the municipality's tariff (TF 2:16; OSL 6:1 a): worked out, asked for, paid or waived.

The sum is arithmetic; how many units there are is the officer's to say, because no tariff says what a page of a thread
or of a film is. What is proposed is counted from what would go out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from flows.disclose.letters import write_letter
from flows.disclose.standing import change_request, known_request, request_in
from flows.keep.mandates import mandated
from flows.keep.own import read_own, revision_first, write_own
from schemas.books import Books
from schemas.disclosure import Tariff
from schemas.ground import Home
from schemas.ids import ItemId
from schemas.refusal import GuardError, RefusedError
from schemas.request import Request, RequestStanding

MOST_UNITS: Final = 10_000_000
_LONGEST: Final = 2_000
_ORE: Final = Decimal("0.01")
_LIVE: Final[frozenset[RequestStanding]] = frozenset({"open", "answered"})


def amount(tariff: Tariff, units: int, *, electronic: bool) -> Decimal:
    """The fee in kronor, VAT included, to the öre (halves up).

    The first ``free`` units cost nothing; more than that costs ``base`` up to ``base_units`` and ``step`` for each above.

    Raises:
        RefusedError: a number of units below nothing, or beyond all sense.
    """
    if not 0 <= units <= MOST_UNITS:
        raise RefusedError("--units", str(units), f"write a whole number from 0 to {MOST_UNITS}")
    if units <= tariff.free or (electronic and tariff.electronic == "free"):
        return Decimal("0.00")
    total = tariff.base + max(0, units - tariff.base_units) * tariff.step
    return (total * (100 + tariff.vat) / 100).quantize(_ORE, rounding=ROUND_HALF_UP)


def kronor(sum_: Decimal) -> str:
    """A sum as letters write it: ``52 kronor``, ``62,50 kronor``."""
    whole = sum_ == sum_.to_integral_value()
    text = f"{int(sum_)}" if whole else f"{sum_:.2f}".replace(".", ",")
    return f"{text} {'krona' if text == '1' else 'kronor'}"


def unit_word(tariff: Tariff, units: int) -> str:
    """The unit that is counted, in Swedish."""
    pair = ("sida", "sidor") if tariff.unit == "sida" else ("handling", "handlingar")
    return pair[0] if units == 1 else pair[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee that was worked out.

    Attributes:
        request: its row now. tariff: name. units, electronic: of what. amount: kronor. letter: item of the letter, or
            None where nothing is to be paid.
    """

    request: Request
    tariff: str
    units: int
    electronic: bool
    amount: Decimal
    letter: ItemId | None = None


def tariff_of(home: Home) -> Tariff:
    """The tariff in force. Raises RefusedError: the settings name none."""
    tariff = home.disclosure().tariff
    if tariff is None:
        raise RefusedError("disclosure.tariff", "", "name the tariff that the assembly decided, or waive the fee")
    return tariff


def charge(home: Home, number: str | int, units: int, *, electronic: bool, first: bool, person: str) -> Fee:
    """Tell who asked what it costs, with the letter ``avgift``; ``first``: nothing is given before it is paid.

    Where nothing is to be paid no letter is written and the fee stands as waived by the tariff itself.

    Raises:
        RefusedError: no such request or person, no tariff, no such number of units.
        GuardError: G-MANDATE; G-CHANGED: the request stands elsewhere; G-FEE: it is paid already.
    """
    at = home.ground.clock.now()
    tariff = tariff_of(home)
    sum_ = amount(tariff, units, electronic=electronic)
    known = known_request(home.ground, number)
    evidence: dict[str, str | int | bool] = {
        "units": units,
        "unit": tariff.unit,
        "electronic": electronic,
        "amount": f"{sum_:.2f}",
        "first": first and sum_ > 0,
    }

    def change(books: Books) -> None:
        mandated(books, person, "disclose", at)
        _refuse_paid(request_in(books, known.number))
        change_request(
            books,
            known.number,
            _LIVE,
            lambda now: replace(now, changed=at, fee="asked" if first and sum_ > 0 else ""),
            act="request.fee",
            actor=person,
            evidence=evidence,
        )

    letter: ItemId | None = None
    if sum_ > 0:
        with home.ground.state.reading() as books:
            mandated(books, person, "disclose", at)
            _refuse_paid(request_in(books, known.number))
        _refuse_other(known)
        words = {
            "enheter": str(units),
            "enhet": unit_word(tariff, units),
            "belopp": kronor(sum_),
            "taxa": tariff.name,
            "forskott": "ja" if first else "",
        }
        letter = write_letter(home, known, "avgift", person, at, words, also=lambda books, _: change(books)).item
    else:
        with home.ground.state.writing() as books:
            change(books)
    return Fee(
        request=known_request(home.ground, known.number),
        tariff=tariff.name,
        units=units,
        electronic=electronic,
        amount=sum_,
        letter=letter,
    )


def waive(home: Home, number: str | int, reason: str, person: str) -> Request:
    """Ask nothing for it; the reason stands in an item of kind ``decision`` below the request.

    Raises:
        RefusedError: no reason, no such request or person. GuardError: G-MANDATE; G-CHANGED; G-FEE: it is paid already.
    """
    at = home.ground.clock.now()
    text = reason.strip()
    if not text or len(text) > _LONGEST:
        raise RefusedError("--waive", "…", f"write the reason, at most {_LONGEST} characters")
    known = known_request(home.ground, number)
    _refuse_other(known)
    with home.ground.state.reading() as books:
        mandated(books, person, "disclose", at)
        _refuse_paid(request_in(books, known.number))

    def also(books: Books, item: ItemId) -> None:
        mandated(books, person, "disclose", at)
        _refuse_paid(request_in(books, known.number))
        change_request(
            books,
            known.number,
            _LIVE,
            lambda now: replace(now, changed=at, fee="waived"),
            act="request.waived",
            actor=person,
            evidence={"item": item},
        )

    write_own(
        home.ground,
        kind="decision",
        authority=known.authority,
        text=f"Avgiften efterges. Skäl: {text}",
        payload={"request": known.number, "waived": text},
        at=at,
        act="decision.write",
        actor=person,
        about=None if known.record is None else read_own(home.ground, known.record),
        first=revision_first,
        also=also,
    )
    return known_request(home.ground, known.number)


def paid(home: Home, number: str | int, person: str) -> Request:
    """The fee has come in; repeating it changes nothing.

    Raises:
        RefusedError: no such request or person. GuardError: G-MANDATE; G-CHANGED; G-FEE: none was asked.
    """
    at = home.ground.clock.now()
    with home.ground.state.writing() as books:
        books.revision(lock=True)
        mandated(books, person, "disclose", at)
        known = request_in(books, number)
        if known.fee == "paid":
            return known
        if known.fee != "asked":
            raise GuardError(
                "G-FEE",
                f"no fee is asked for request {known.number}",
                f"ask it with 'bevara request fee {known.number}'",
            )
        return change_request(
            books,
            known.number,
            _LIVE,
            lambda now: replace(now, changed=at, fee="paid"),
            act="request.paid",
            actor=person,
        )


def refuse_unpaid(request: Request) -> None:
    """Refuse to give anything while a fee that was asked first is not paid. Raises GuardError (G-FEE)."""
    if request.fee == "asked":
        raise GuardError(
            "G-FEE",
            f"the fee of request {request.number} was asked first and is not paid",
            f"'bevara request paid {request.number}' when it is, or waive it with 'bevara request fee --waive'",
        )


def _refuse_paid(request: Request) -> None:
    if request.fee == "paid":
        raise GuardError(
            "G-FEE", f"the fee of request {request.number} is paid", "what is paid is not asked for or waived again"
        )


def _refuse_other(request: Request) -> None:
    if request.standing not in _LIVE:
        raise GuardError(
            "G-CHANGED",
            f"request {request.number} is {request.standing}",
            f"look at 'bevara request show {request.number}'",
        )

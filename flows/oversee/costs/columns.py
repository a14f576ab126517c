"""Which column of a report is what: headings of Meta's and LinkedIn's exports, Swedish and English, or a mapping file."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from flows.oversee.costs.amounts import SIGNS, Sign
from schemas.refusal import RefusedError

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "campaign": ("campaign name", "kampanjnamn", "kampanjens namn", "namn på kampanj", "kampanj", "campaign"),
    "campaign_id": ("campaign id", "kampanj-id", "kampanjens id", "kampanj id", "kampanjid"),
    "advert": (
        "permalink",
        "permalänk",
        "post id",
        "page post id",
        "inläggs-id",
        "inläggs id",
        "inlägg",
        "inläggets adress",
        "post url",
        "sponsored content",
        "post",
    ),
    "first": (
        "reporting starts",
        "rapporteringsstart",
        "rapporteringen startar",
        "rapporteringsperiodens början",
        "rapporteringens början",
        "rapporteringen börjar",
        "start date",
        "startdatum",
        "från",
        "fr.o.m.",
        "from",
        "day",
        "date",
        "dag",
        "datum",
    ),
    "last": (
        "reporting ends",
        "rapporteringsslut",
        "rapporteringen slutar",
        "rapporteringsperiodens slut",
        "rapporteringens slut",
        "end date",
        "slutdatum",
        "till",
        "t.o.m.",
        "to",
    ),
    "spent": (
        "amount spent",
        "spenderat belopp",
        "belopp som spenderats",
        "förbrukat belopp",
        "total spent",
        "spent",
        "cost",
        "kostnad",
        "belopp",
        "amount",
        "netto",
        "nettobelopp",
        "belopp exkl. moms",
        "belopp exkl moms",
    ),
    "vat": ("moms", "momsbelopp", "vat", "vat amount", "tax"),
    "currency": ("currency", "valuta"),
    "shown": ("impressions", "visningar", "exponeringar"),
    "clicks": ("clicks (all)", "klick (alla)", "link clicks", "länkklick", "klick på länk", "clicks", "klick"),
    "unit": ("enhet", "verksamhet", "förvaltning", "kostnadsställe", "ansvar", "unit", "cost centre", "cost center"),
}
"""Field → headings as ``plain_heading`` gives them; the first one there counts, except that two amounts are refused."""
NEEDED: Final = ("campaign", "spent")
_OTHERS: Final = (
    "account name, account id, kontonamn, konto-id, kontots namn, campaign group name, campaign group id, campaign status, "
    "campaign type, campaign objective, campaign delivery, kampanjens leverans, kampanjleverans, leverans, delivery, "
    "delivery status, leveransstatus, status, ad name, ad id, annonsnamn, annonsens namn, annons-id, ad set name, ad set id, "
    "annonsuppsättningens namn, annonsuppsättningsnamn, namn på annonsuppsättning, annonsuppsättnings-id, creative id, "
    "creative name, objective, syfte, mål, reach, räckvidd, frequency, frekvens, results, resultat, result indicator, "
    "result type, resultattyp, resultatindikator, cost per result, cost per results, kostnad per resultat, "
    "attribution setting, attribueringsinställning, bid, bid type, budstrategi, budget, ad set budget, "
    "budget för annonsuppsättning, ad set budget type, starts, ends, startar, slutar, start, slut, cpc, cpm, ctr, "
    "cpc (cost per link click), cpc (kostnad per länkklick), cpm (cost per 1,000 impressions), "
    "cpm (kostnad per 1 000 visningar), ctr (all), ctr (alla), cpc (all), cpc (alla), ctr (link click-through rate), "
    "click through rate, average ctr, average cpc, average cpm, average engagement, engagement rate, total engagements, "
    "reactions, comments, shares, follows, likes, other clicks, total social actions, quality ranking, "
    "engagement rate ranking, conversion rate ranking, post engagement, engagemang i inlägg, page engagement, "
    "sidengagemang, thruplays, video views, videovisningar, leads, conversions, konverteringar, landing page views, "
    "visningar av landningssida, platform, plattform, placement, placering, age, ålder, gender, kön, region, country, land"
)
KNOWN: Final = frozenset(_OTHERS.split(", "))
"""Headings that are known and not needed: what an export has beside costs."""
_CURRENCY: Final = re.compile(
    r"(?P<rest>.+?)(?: in)? ?(?:\((?P<one>[a-z]{2,3})\)|(?P<other>kr|sek|eur|usd|nok|dkk|gbp))"
)
_NONE: Final = re.compile(r"\((?:in )?utc\)|\*")


def plain_heading(text: str) -> tuple[str, str]:
    """A heading as it is looked up, and the currency that stands in it or empty: ``Amount spent (SEK)``."""
    bare = unicodedata.normalize("NFKC", text).casefold().strip().strip("\"'")
    bare = " ".join(_NONE.sub(" ", bare).split())
    found = _CURRENCY.fullmatch(bare)
    if found is None or found["one"] in ("all", "utc"):
        return bare, ""
    word = found["one"] or found["other"]
    return found["rest"].strip(), "SEK" if word == "kr" else word.upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A mapping file: field → heading; the currency and the decimal sign where the report does not tell them."""

    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    decimal: Sign | None = None


def read_mapping(data: bytes, name: str) -> Mapped:
    """Read a mapping file (TOML): ``currency``, ``decimal``, ``[columns]``. Raises RefusedError, naming the place."""
    try:
        values: dict[str, Any] = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise RefusedError(name, "…", "write valid TOML in UTF-8") from None
    for key in values:
        if key not in ("columns", "currency", "decimal"):
            raise RefusedError(f"{name}: {key}", "…", "the known keys are columns, currency, decimal")
    columns = values.get("columns", {})
    if not isinstance(columns, dict):
        raise RefusedError(f"{name}: columns", columns, "write a table: [columns]")
    for key, heading in columns.items():
        if key not in HEADINGS or not isinstance(heading, str):
            raise RefusedError(
                f"{name}: columns.{key}", heading, f"the fields are {', '.join(HEADINGS)}, each a heading"
            )
    currency, sign = values.get("currency", ""), values.get("decimal")
    if currency != "" and not (isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency)):
        raise RefusedError(f"{name}: currency", currency, 'write a code of three letters, for example "SEK"')
    if sign is not None and sign not in SIGNS:
        raise RefusedError(f"{name}: decimal", sign, 'write "," or "."')
    return Mapped(columns=columns, currency=currency, decimal=cast("Sign | None", sign))


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where each field stands (column from 0), currency told by the amount's heading, and headings nobody knows."""

    at: Mapping[str, int]
    currency: str
    unknown: tuple[str, ...]


def known_headings(cells: Sequence[str], mapping: Mapped) -> int:
    """How many of a row's cells are headings of a report; 0 unless an amount is among them."""
    mapped = {heading.strip().casefold() for heading in mapping.columns.values()}
    words = [plain_heading(cell)[0] for cell in cells]
    amount = mapping.columns.get("spent")
    spent = (amount.strip().casefold(),) if amount else ()
    if not any(cell.strip().casefold() in spent for cell in cells) and not any(
        one in HEADINGS["spent"] for one in words
    ):
        return 0
    fields = {one for headings in HEADINGS.values() for one in headings}
    return sum(word in fields or cell.strip().casefold() in mapped for word, cell in zip(words, cells, strict=True))


def columns_of(headings: Sequence[str], name: str, line: int, mapping: Mapped) -> Columns:
    """Which column is what.

    Raises:
        RefusedError: a needed column is missing, two could be the amount, or the mapping names one that is not there.
    """
    words = [plain_heading(one)[0] for one in headings]
    found: dict[str, int] = {}
    for wanted, choices in HEADINGS.items():
        if wanted in mapping.columns:
            found[wanted] = _mapped(headings, mapping.columns[wanted], f"{name}: row {line}: column")
            continue
        there = [(rank, at) for at, word in enumerate(words) for rank, choice in enumerate(choices) if word == choice]
        several = wanted == "spent" or (there and [rank for rank, _ in there].count(min(there)[0]) > 1)
        if len(there) > 1 and several:
            shown = ", ".join(headings[at] for _, at in sorted(there))
            raise RefusedError(f"{name}: row {line}", shown, f"say in a mapping file which of them is {wanted}")
        if there:
            found[wanted] = min(there)[1]
    for wanted in NEEDED:
        if wanted not in found:
            usual = " or ".join(HEADINGS[wanted][:2])
            remedy = f"export the report with the column {usual}, or name it in a mapping file (--mapping)"
            raise RefusedError(f"{name}: row {line}: column {wanted}", "", remedy)
    if len(set(found.values())) < len(found):
        raise RefusedError(f"{name}: row {line}", "…", "the mapping gives one column two meanings")
    others = {choice for choices in HEADINGS.values() for choice in choices} | KNOWN
    unknown = tuple(
        heading
        for at, (heading, word) in enumerate(zip(headings, words, strict=True))
        if heading and at not in found.values() and word not in others
    )
    return Columns(at=found, currency=plain_heading(headings[found["spent"]])[1], unknown=unknown)


def _mapped(headings: Sequence[str], wanted: str, place: str) -> int:
    there = [at for at, one in enumerate(headings) if one.strip().casefold() == wanted.strip().casefold()]
    if len(there) != 1:
        shown = ", ".join(one for one in headings if one)
        raise RefusedError(
            f"{place} {wanted}", wanted, f"the mapping needs exactly one such heading; there are {shown}"
        )
    return there[0]

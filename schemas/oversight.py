"""What oversight goes by in this municipality: office hours, addresses, units, words, the policy's clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from typing import Literal, get_args

from schemas import notice_texts, routine_page
from schemas.notice_texts import NoticeTexts
from schemas.routine_page import Requirement
from schemas.watch_words import WatchWords, built_in_words

Treatment = Literal["check", "act", "people"]
"""``check``: Bevara looks and tells. ``act``: Bevara has an act for it. ``people``: for people alone, and ``why``."""
TREATMENTS: tuple[Treatment, ...] = get_args(Treatment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause of the policy.

    Attributes:
        id: ``P01``…; the page's own rules (what visitors may not write) are ``R01``…
        section: heading that it stands under. title: what it asks for, in a few Swedish words of ours.
        treatment: see above. codes: findings that check it (``W…``). commands: acts that carry it out. why: for
            ``people``, and for what a check cannot see.
        anchors: first words of the sentences and list items of the policy that it stands for.
        removal: a visitor's item that breaks it may be taken away with ``--clause`` of this id.
        notice: what a visitor is told that the item broke, in Swedish; for those with ``removal``.
        unlawful: what breaks it is against the law, to be taken away at once.
    """

    id: str
    section: str
    title: str
    treatment: Treatment
    codes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    why: str = ""
    anchors: tuple[str, ...] = ()
    removal: bool = False
    notice: str = ""
    unlawful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSettings:
    """A responsible unit: its name as in the account files, where its letters go, its cost centre for debiting."""

    name: str
    email: str = ""
    cost_centre: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightSettings:
    """The home's ``[oversight]`` with the tables it names; those built in where it names none.

    Attributes:
        site: host of the municipality's web site, ``arvika.se``; its subdomains count as it.
        listed_at: address of the page where all accounts are to be listed, or empty.
        faults, suggestions, privacy: where fault reports and suggestions are made, and where personal data is told of:
            addresses as people write them (``arvika.se/felanmalan``).
        report: where unfitting content is reported, unless an account says otherwise.
        opens, closes: hours in which questions are answered, local, Monday to Friday but for public holidays.
        answer_hours: hours within which a question is to be answered.
        question_days: days after which a question is too old to be told of every day; it stays in the month sheet.
        signature: words that an answer is signed with.
        approved: pages that every account may like or recommend (names or addresses).
        units: by name. fallback: e-mail address for what no unit answers for, or empty.
        vat: per cent of VAT on advertisements when a report does not say, or None.
        officer: the data protection officer, as the entry in the register names it. controller: as named there.
        security, third_country: what entries say where the account file does not.
        links: address that the morning letter's links begin with (a page that knows item ids), or empty.
        clauses: the policy's, by id (``schemas.policy_clauses``); a home's own lie on those built in.
        words: groups of words that the watch looks for. notices: what visitors are told of a removal.
        routine: what an account's routine page must say, by name.
    """

    site: str = "arvika.se"
    listed_at: str = ""
    faults: str = "arvika.se/felanmalan"
    suggestions: str = "arvika.se/synpunkter"
    privacy: str = "arvika.se/dataskydd"
    report: str = ""
    opens: time = time(7, 30)
    closes: time = time(16, 0)
    answer_hours: int = 24
    question_days: int = 30
    signature: str = "Med vänlig hälsning"
    approved: tuple[str, ...] = ()
    units: Mapping[str, UnitSettings] = field(default_factory=dict)
    fallback: str = ""
    vat: Decimal | None = None
    officer: str = ""
    controller: str = ""
    security: str = ""
    third_country: str = ""
    links: str = ""
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    words: WatchWords = field(default_factory=built_in_words)
    notices: NoticeTexts = field(default_factory=notice_texts.built_in)
    routine: Mapping[str, Requirement] = field(default_factory=routine_page.built_in)

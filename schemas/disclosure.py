"""What disclosure goes by in this municipality: provisions, tariff, words that call for care, letters, office hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Literal

Test = Literal["rakt", "omvant", "absolut", "kvalificerat"]
"""The damage test of a provision: ``rakt`` (straight: open unless harm can be assumed), ``omvant`` (reversed: secret unless it is
clear that no harm is done), ``kvalificerat`` (a qualified straight one), ``absolut`` (none)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """A provision on secrecy (OSL), as the table has it.

    Attributes:
        code: as marks and masks name it, ``OSL 21:1``. citation: as letters write it, ``21 kap. 1 § OSL``.
        title: what it protects, in a few Swedish words. test: its damage test. note: what to think of, in Swedish.
    """

    code: str
    citation: str
    title: str
    test: Test
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What a copy costs, as the municipality's assembly decided (TF 2:16; KL 2:5-6).

    Attributes:
        name: whose and when decided. unit: what is counted, ``sida`` or ``handling``.
        free: so many units cost nothing. base_units, base: the first fee covers units up to this number, and costs
            this much. step: each unit above. electronic: electronic copies cost the same (``same``), nothing (``free``).
        vat: per cent on top, or 0. exempt: who pays nothing, in Swedish words.
    """

    name: str
    unit: Literal["sida", "handling"]
    free: int
    base_units: int
    base: Decimal
    step: Decimal
    electronic: Literal["same", "free"] = "same"
    vat: Decimal = Decimal(0)
    exempt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveWords:
    """Words that a search for persons by sensitive data is made with, by group (GDPR 9.1), as beginnings of words."""

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """A letter's template: Swedish, with fields in braces (``{nummer}``).

    Attributes:
        title: heading. paragraphs: in order. only: index of a paragraph → field that must not be empty for it to stand.
    """

    title: str
    paragraphs: tuple[str, ...]
    only: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """How answers go out by e-mail. The password is in the environment under ``password_env``."""

    host: str
    port: int
    sender: str
    user: str = ""
    password_env: str = ""
    security: Literal["starttls", "tls", "none"] = "starttls"
    limit: int = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureSettings:
    """The home's ``[disclosure]`` with the tables it names; those built in where it names none.

    Attributes:
        office: lines of where an appeal is given in and questions are asked: name, address, e-mail, telephone.
        court: the administrative court of appeal that appeals go to. gdpr_court: the administrative court that appeals
            against decisions about personal data go to (dataskyddslagen 7:2).
        opens, closes: office hours, local, Monday to Friday but for public holidays.
        remind_days: working days after which an open request is told of every night.
        due_days: days ahead within which a culling that is due counts as near.
        registry: the ``[[registry]]`` to which written decisions are handed, or empty.
        provisions: by code. tariff: in force. sensitive: words. letters: by name.
        mail: how answers are sent, or None. ffmpeg: the program that masks recordings, or None = the one that is installed
            with Bevara.
    """

    office: tuple[str, ...] = ()
    court: str = "Kammarrätten"
    gdpr_court: str = "Förvaltningsrätten"
    opens: time = time(7, 30)
    closes: time = time(16, 0)
    remind_days: int = 2
    due_days: int = 90
    registry: str = ""
    provisions: Mapping[str, Provision] = field(default_factory=dict)
    tariff: Tariff | None = None
    sensitive: SensitiveWords = field(default_factory=SensitiveWords)
    letters: Mapping[str, LetterText] = field(default_factory=dict)
    mail: MailSettings | None = None
    ffmpeg: Path | None = None

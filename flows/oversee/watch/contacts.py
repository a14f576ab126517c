"""Telephone numbers, e-mail addresses and street addresses of people in a text; the municipality's own are none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from schemas.watch import Certainty

_PHONE: Final = re.compile(
    r"(?<![\d/_,.@=&-])(?:(?:\+|00)46[ -]?(?:\(0\))?[ -]?|0)[1-9]\d{0,2}(?:[ \-–/.]{0,3}\d){5,8}(?![\d]|[,:]\d|[-/]\d)"
)
_MOBILE: Final = re.compile(r"07[02369]\d{7}")
_ASKED: Final = re.compile(
    r"\b(?:ring|ringa|sms|sms:a|smsa|nås|nå|når|nummer|numret|telefon|tel|tfn|mobil|mobilen|hör av|kontakt\w{0,6}|slå en signal|swish\w{0,2})\b",
    re.IGNORECASE,
)
_PRIVATE: Final = re.compile(r"\b(?:mig|mitt|honom|henne|hans|hennes|privat|hem|hemma|mamma|pappa)\b", re.IGNORECASE)
_EMAIL: Final = re.compile(r"([\w.+-]{1,64})@((?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24})", re.IGNORECASE)
_FUNCTION: Final = re.compile(
    r"(?:info|kontakt|kundtjanst|kundservice|support|post|mail|hej|hello|contact|order|bokning|boka|kansli|kansliet|styrelsen|redaktion\w*|reception|kommun\w*|registrator|noreply|no-reply|press|office|sales|admin|forening\w*|tips|butik\w*)",
    re.IGNORECASE,
)
_STREET: Final = re.compile(
    r"(?<![\w])((?:[A-ZÅÄÖ][\wåäö:'-]{1,30} )?[A-ZÅÄÖ][\wåäöé-]{0,30}(?:gatan|vägen|gränd|gränden|torget|stigen|allén|alle|allé|backen|leden|slingan|platsen|gata|väg|g\.|v\.))\s{1,2}(\d{1,3})\s?([A-Ha-h](?![\wåäö]))?",
)
_STREET_LOWER: Final = re.compile(
    r"(?<![\w])[a-zåäöé-]{2,30}(?:gatan|vägen|gränden|stigen|backen|slingan|allén)\s(\d{1,3})\s?([a-h](?![\wåäö]))?(?!\s?(?:år|st|kr|km|m\b|gånger|procent|%|,\d))"
)
_POST_CODE: Final = re.compile(r"(?<!\d)[1-9]\d{2} ?\d{2} [A-ZÅÄÖ][a-zåäö]{2,}")
_LIVES: Final = re.compile(
    r"\b(?:bor|bodde|boende|bostad|hemma hos|hem till|adress|adressen|flytta\w{0,2} till|hyr|lägenhet\w{0,3}|lgh|huset|villan|sambo|grannen|familjen|folkbokför\w{0,4}|skickas till|skriven)\b",
    re.IGNORECASE,
)
_PUBLIC: Final = re.compile(
    r"\b(?:kl|klockan|öppe\w{0,3}|bibliotek\w{0,3}|butik\w{0,3}|museet|skolan|kyrkan|restaurang\w{0,2}|kafé\w{0,2}|konsert\w{0,3}|utanför|vid|lampa\w{0,4}|lyktstolp\w{0,3}|belysning\w{0,2}|parkering\w{0,3}|korsningen|utställning\w{0,3}|årsmöte\w{0,1}|möte\w{0,1}|entré\w{0,1}|lokal\w{0,3}|hål|plog\w{0,4}|brunn\w{0,3}|buss\w{0,3}|hållplats\w{0,2})\b",
    re.IGNORECASE,
)


def phones(text: str, own: Sequence[str]) -> Certainty | None:
    """Whether somebody's telephone number stands there: a mobile number, or another that one is asked to call.

    Args:
        own: beginnings of numbers that are nobody's, digits alone.
    """
    best: Certainty | None = None
    asked = _ASKED.search(text) is not None
    private = asked and _PRIVATE.search(text) is not None
    for found in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0].replace("(0)", ""))
        if found[0].startswith("+") or digits.startswith("0046"):
            digits = "0" + digits.removeprefix("00").removeprefix("46")
        if not 8 <= len(digits) <= 11 or any(digits.startswith(one) for one in own):
            continue
        if private or _MOBILE.fullmatch(digits):
            return "likely"
        best = "uncertain"
    return best


def emails(links: Sequence[str], own: Sequence[str]) -> Certainty | None:
    """Whether a person's e-mail address is among the links; ``info@`` and the like are uncertain, our own hosts none."""
    best: Certainty | None = None
    for link in links:
        found = _EMAIL.fullmatch(link.rstrip(".,;:!?)"))
        if found is None:
            continue
        host = found[2].lower()
        if any(host == one or host.endswith("." + one) for one in own):
            continue
        if not _FUNCTION.fullmatch(found[1]):
            return "likely"
        best = "uncertain"
    return best


def street(sentences: Sequence[str], named: Sequence[bool]) -> Certainty | None:
    """Whether a street address of somebody's home stands there.

    Args:
        sentences: of the text, in the writer's case. named: which of them name a person.

    Returns:
        ``likely`` beside a name or words of living somewhere; None beside words of a public place; else ``uncertain``.
    """
    best: Certainty | None = None
    for sentence, someone in zip(sentences, named, strict=True):
        found = _STREET.search(sentence) or _STREET_LOWER.search(sentence)
        if found is None:
            continue
        if _LIVES.search(sentence) or _POST_CODE.search(sentence):
            return "likely"
        if _PUBLIC.search(sentence):
            continue
        if someone:
            return "likely"
        best = "uncertain"
    return best

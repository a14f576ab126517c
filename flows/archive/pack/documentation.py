"""The texts of a package for whoever reads it without us: what it is, its account and plan, how the harvest went.

Swedish, plain UTF-8 with Unix line ends, no content and no names of persons: those stand in the records alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import BinaryIO, Final

from flows.archive.coverage import coverage_text, month_note, months_of
from flows.archive.fields import CHARACTERS, field_words
from flows.archive.pack.choose import Selection
from flows.archive.pack.words import counted, mandate_words, written
from flows.keep.own import ACCOUNT
from flows.keep.renditions import platform_name
from schemas.account import Account
from schemas.books import Coverage
from schemas.calendar import local_month
from schemas.casefile import CaseRecord
from schemas.delivery import Form, Intent
from schemas.package import NAMESPACE, Package
from schemas.plan.model import Rule

_README: Final = Template(Path(__file__).with_name("lasmig.txt").read_text("utf-8"))

_SPECIFICATION: Final[dict[Form, str]] = {
    "eark": "FGS Paketstruktur 2.0 (E-ARK CSIP och SIP 2.1.0) och\nFGS Ärendehantering 2.0 (CITS ERMS)",
    "fgs12": "FGS Paketstruktur 1.2 och FGS Ärendehantering 1.0",
}
_LAYOUT: Final[dict[Form, str]] = {
    "eark": """\
METS.xml            paketets innehållsförteckning (METS); pekar vidare på
                    innehållsförteckningen i varje mapp under representations
metadata            vad som har hänt med filerna (PREMIS)
representations/original/data
  records           handlingsdokumenten: allt som iakttogs, en XML-fil per månad
  media             bilagorna, så som plattformen lämnade dem
representations/preservation/data
  ERMS.xml          ärendefilen: en post per handling
  pdf               trådarna som PDF/A-3b""",
    "fgs12": """\
$mets             paketets innehållsförteckning (METS)
metadata            vad som har hänt med filerna (PREMIS)
content/original
  records           handlingsdokumenten: allt som iakttogs, en XML-fil per månad
  media             bilagorna, så som plattformen lämnade dem
content/preservation
  Arendehantering.xml  ärendefilen: en post per handling
  pdf               trådarna som PDF/A-3b""",
}
_MAPPING: Final[dict[Form, str]] = {
    "eark": """\
Uppgift                      I ERMS.xml (namnrymd https://DILCIS.eu/XML/ERMS)
---------------------------  -----------------------------------------------
kontot och perioden          aggregation
handlingen                   record, systemIdentifier = UUID
Bevaras id                   objectId
plattformens id, adress,
diarienummer                 extraId
slag                         recordType; rubriken i title
texten, senaste lydelsen     description; fortsättning i ownElement
inkommen eller upprättad     direction: incoming, outgoing
tider                        dates: created, originated, sent, received,
                             captured, modified, deleted
avsändare och mottagare      agents
svarar på                    relation is_child_of
sekretess, personuppgifter   restriction: confidential, gdpr
planens rad, gallringsdag    disposal
bilagor                      additionalInformation/appendix
övrigt                       additionalInformation/ownElement""",
    "fgs12": """\
Uppgift                      I Arendehantering.xml
                             (namnrymd http://xml.ra.se/e-arkiv/FGS-ERMS)
---------------------------  -----------------------------------------------
kontot och perioden          ArkivobjektArende
handlingen                   ArkivobjektHandling, Systemidentifierare = UUID
Bevaras id                   ArkivobjektID
plattformens id, adress,
diarienummer                 ExtraID
slag                         Handlingstyp; rubriken i Rubrik
texten, senaste lydelsen     Beskrivning; fortsättning i EgnaElement
inkommen eller upprättad     StatusHandling, Inkommen, Upprattad, Expedierad
avsändare och mottagare      Avsandare, Mottagare, Agent
svarar på                    HandlingRelation, Ingår i
sekretess, personuppgifter   Restriktion
planens rad, gallringsdag    Gallring
bilagor                      Bilaga
övrigt                       EgnaElement""",
}
_TIMES: Final[dict[Form, str]] = {
    "eark": "ERMS.xml och\nMETS-filerna skriver också UTC.",
    "fgs12": "Arendehantering.xml\nskriver svensk tid utan tidszon, för så kräver formatet.",
}
_CHAIN: Final[dict[Form, str]] = {
    "eark": """\
METS.xml i paketets rot anger kontrollsummorna för METS-filerna i
representations, och de anger kontrollsummorna för resten. METS.xml själv
skyddas av paketfilens kontrollsumma, som myndigheten har i sin liggare.
""",
    "fgs12": """\
METS-filen själv skyddas av paketfilens kontrollsumma, som myndigheten har i
sin liggare.
""",
}


_ABOUT: Final = """\
Paketet innehåller handlingar från ett konto i sociala medier som en svensk
myndighet har haft: myndighetens egna inlägg och svar, och de kommentarer och
andra inlägg som besökare har gjort i anslutning till dem. De är allmänna
handlingar och har överlämnats till e-arkivet för att bevaras. Arkivsystemet
Bevara samlade in dem från plattformen, natt efter natt, och gjorde paketet."""
_ABOUT_OURS: Final = """\
Paketet innehåller vad arkivsystemet Bevara självt har gjort av och om en svensk
myndighets konton i sociala medier: ögonblicksbilder av hur de såg ut, protokoll
över gallring, beslut och anteckningar. De är allmänna handlingar och har
överlämnats till e-arkivet för att bevaras. Bevara gjorde också paketet."""
_OPEN: Final = "Ingen handling i paketet är sekretessmarkerad eller kommer från en enskild."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the texts tell beside the package's own description.

    Attributes:
        form, mets_name, case: which layout; names of the root METS and of the case file.
        intent, account: as stored; ``account`` None = it is registered no longer.
        authority: the archive creator's name. selection: what was chosen. culled: how many culled records.
    """

    form: Form
    mets_name: str
    case: str
    intent: Intent
    account: Account | None
    authority: str
    selection: Selection
    culled: int


def readme(package: Package, told: Told) -> str:
    """``LASMIG.txt``."""
    intent, account = told.intent, told.account
    return _README.substitute(
        name=package.name,
        id=intent.id,
        made=written(intent.made),
        authority=_line(told.authority),
        handle=_line(account.handle if account else intent.account),
        platform=_platform(intent, account),
        account=intent.account,
        about=_ABOUT_OURS if intent.account == ACCOUNT else _ABOUT,
        first=intent.first,
        last=intent.last,
        specification=_SPECIFICATION[told.form],
        layout=_LAYOUT[told.form].replace("$mets", f"{told.mets_name:<7}"),
        more="\n  additionalPackageInfo.xml  uppgifter om paketet enligt Riksarkivet" if told.form == "eark" else "",
        namespace=str(NAMESPACE),
        case=told.case,
        fields=field_words(),
        characters=CHARACTERS,
        mapping=_MAPPING[told.form],
        times=_TIMES[told.form],
        culled=_culled(package, told),
        chain=_CHAIN[told.form],
        restriction=_wrapped(package.restriction or _OPEN),
    )


def _platform(intent: Intent, account: Account | None) -> str:
    if account is not None:
        return platform_name(account.platform)
    return platform_name(intent.account) if intent.account == ACCOUNT else "okänd plattform"


def _culled(package: Package, told: Told) -> str:
    if not told.culled:
        first = "Ingen handling i paketet har gallrats före överlämnandet."
    else:
        first = (
            f"{counted(told.culled, 'handling', 'handlingar')} som hörde till kontot och perioden har gallrats före\n"
            "överlämnandet. I ärendefilen och i forteckning.csv står bara id, slag, månad, dag för\n"
            "gallringen och planens rad; innehållet finns inte kvar någonstans."
        )
    return f"{first}\n{_wrapped(package.disposal)}" if package.disposal else first


def account_text(told: Told) -> str:
    """``konto.txt``: the account, the period, the plan's edition and the rows that were used."""
    intent, account, plan = told.intent, told.account, told.selection.plan
    lines = ["KONTOT OCH PLANEN", "=================", ""]
    if account is not None:
        lines += [
            f"Konto i Bevara: {account.name}",
            f"Plattform: {platform_name(account.platform)}",
            f"Kontots namn på plattformen: {_line(account.handle)}",
        ]
        if account.unit:
            lines.append(f"Ansvarig verksamhet: {_line(account.unit)}")
    elif intent.account == ACCOUNT:
        lines.append("Inget konto: vad Bevara självt har gjort av och om kontona (ögonblicksbilder, protokoll, beslut)")
    else:
        lines.append(f"Konto i Bevara: {intent.account} (finns inte längre i registret)")
    lines += [
        f"Arkivbildare: {_line(told.authority)} ({intent.authority})",
        f"Publiceringsmånader: {intent.first} till och med {intent.last}",
        f"Insamlat till och med: {written(intent.through)}",
        "",
    ]
    if plan is not None:
        lines += [
            f"Dokumenthanteringsplan: {_line(plan.title)}, utgåva {_line(plan.edition)}",
            f"Beslut: {_line(mandate_words(plan)) or 'inget beslut angivet'}",
            f"Bedömningsdag: {intent.as_of}",
            "",
            "I paketet ingår de handlingar som enligt planen ska bevaras (enligt sin rad, med",
            "sin tråd, som urval eller efter granskning), och de som enligt sin rad ska lämnas",
            "till e-arkivet innan de gallras hos myndigheten.",
        ]
        if intent.rules:
            lines.append(f"Paketet är begränsat till raderna: {', '.join(intent.rules)}.")
        lines += ["", "Rader i planen som handlingarna i paketet följer:", ""]
        lines += list(_rules(told.selection))
    return _text(lines)


def _rules(selection: Selection) -> Iterator[str]:
    counts: dict[str | None, int] = {}
    for one in selection.items.values():
        counts[one.rule] = counts.get(one.rule, 0) + 1
    for name in sorted(counts, key=lambda one: one or ""):
        rule = None if selection.plan is None or name is None else selection.plan.rule(name)
        number = counted(counts[name], "handling", "handlingar")
        if rule is None:
            yield f"  utan egen rad, granskade och bevarade: {number}"
            continue
        yield f"  {rule.id}: {_line(rule.type)}"
        yield f"      {_action(rule)}; {number}"
        for name_, words in (
            ("klassificering", rule.klassa),
            ("stöd", rule.legal),
            ("sekretess", rule.secrecy),
            ("anmärkning", rule.remark),
        ):
            if words:
                yield f"      {name_}: {_line(words)}"


def _action(rule: Rule) -> str:
    if rule.action == "gallra":
        after = f" efter {rule.period}" if rule.period is not None else ""
        return f"gallras{after}"
    return "bevaras" if rule.action == "bevara" else "granskas"


def harvest_text(told: Told, coverages: Sequence[Coverage]) -> str:
    """``insamling.txt``: how the harvest went, month by month."""
    intent = told.intent
    known = [one for one in coverages if one.started <= intent.through]
    lines = ["INSAMLINGEN", "===========", ""]
    lines += [
        "Bevara frågar plattformen varje natt om kontots nya handlingar och besöker äldre",
        "igen enligt ett schema: dagligen i en vecka, varje vecka i ett kvartal, varje månad",
        "i två år. En natt är fullständig när plattformen svarade på allt. Siffrorna gäller",
        "hela kontot, alltså även handlingar som inte ingår i paketet.",
        "",
    ]
    if not known:
        lines.append("Inga uppgifter om insamlingen finns; handlingarna kan ha förts in från en export.")
    for month in months_of(known, intent.through):
        if month >= intent.first:
            lines += [coverage_text(month_note(intent.account, month, known)), ""]
    late = [one for one in known if one.night[:7] == local_month(intent.through)]
    if late:
        lines.append(f"Den månad då paketet gjordes: {counted(len(late), 'körning', 'körningar')}.")
    imports = sum(one.horizon == "import" for one in known)
    if imports:
        lines.append(f"Införda exporter från plattformen: {imports}.")
    return _text(lines)


LIST_HEAD: Final = "nummer;handling;systemid;slag;riktning;publicerad;gallrad;svarar_pa;filer\r\n"


def listed(records: Iterable[CaseRecord], sink: BinaryIO) -> Iterator[CaseRecord]:
    """Pass the records on and write a line of ``forteckning.csv`` for each.

    UTF-8, semicolons, one line per record; files by their paths from the package's root, apart by a blank. Nothing in
    it is content, so that no sign in it can be taken for a formula or a separator.
    """
    sink.write(LIST_HEAD.encode("ascii"))
    for one in records:
        published = _published(one.dates)
        parent = next((relation.target for relation in one.relations if relation.kind == "child-of"), "")
        fields = (
            str(one.number),
            one.item,
            one.system_id,
            one.type,
            "" if one.culled is not None else "utgående" if one.direction == "outgoing" else "inkommen",
            published,
            "" if one.culled is None else one.culled.isoformat(),
            parent,
            " ".join(each.path for each in one.appendices),
        )
        sink.write((";".join(fields) + "\r\n").encode("utf-8"))
        yield one


def _published(dates: Iterable[tuple[str, datetime]]) -> str:
    by_kind: Mapping[str, datetime] = dict(dates)
    moment = by_kind.get("originated") or by_kind.get("received")
    return "" if moment is None else written(moment)


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(_line(text), 80, break_long_words=False, break_on_hyphens=False))


def _line(text: str) -> str:
    """A value on one line: no line breaks, no control characters, no turning of direction."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"

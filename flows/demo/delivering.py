"""A registration and a delivery to an e-archive, played in a copy of the demo home: folders stand in for the neighbours.

The copy is removed afterwards, so that the demo home itself stays as it was played.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connectors.home import open_home
from connectors.packages import open_package
from flows.archive.check.examine import check_package
from flows.archive.pack.act import Wish, package
from flows.archive.pack.deliver import deliver, fetch, receipt
from flows.demo.copying import copied
from flows.register.act import decide_to_register
from flows.register.collect import confirm
from flows.register.facts import find_candidates
from flows.register.nightly import dispatch_all
from schemas.codes.words import records
from schemas.ids import Month

ACCOUNT = "alvsjobro"
_TODAY = 8
"""Records that the registrar decides about today, what is secret first."""
_FIRST, _LAST = Month("2020-01"), Month("2024-12")
_PROFILE = """\
form = "eark"
archive_name = "Älvsjöbro kommunstyrelses arkiv"
agreement = "DEMO-1;2026-01-01"
naming = "{account}-{first}-{last}-{number}"
keep = true

[[agent]]
role = "archival-creator"
name = "Kommunstyrelsen, Älvsjöbro kommun"
code = "ORG:212000-0000"

[[agent]]
role = "submitter"
name = "Älvsjöbro kommun"
code = "ORG:212000-0000"

[receiver]
kind = "folder"
path = "%s"
"""
_REGISTRY = """
[[registry]]
name = "diariet"
kind = "folder"
path = "diariet"
secret_path = "diariet-sekretess"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What was handed over.

    Attributes:
        registrar, archivist: the invented persons. candidates: records to be decided about; urgent: secret ones of them.
        sent: handed to the registry. number: the diary number that one got.
        items, size: of the package. valid: it passed the check where the receiver has it. answered: its standing.
    """

    registrar: str
    archivist: str
    candidates: int
    urgent: int
    sent: int
    number: str
    items: int
    size: int
    valid: bool
    answered: str


def play_delivery(home_path: Path, at: datetime, persons: Mapping[str, str]) -> Handed:
    """Register and deliver in a copy of the demo home; ``persons``: name by role."""
    with copied(home_path) as copy:
        root = copy.parent
        for name in ("diariet", "diariet-sekretess", "profiles"):
            (copy / name).mkdir()
        (root / "e-arkivet").mkdir()
        (copy / "profiles" / "e-arkivet.toml").write_text(_PROFILE % (root / "e-arkivet"), encoding="utf-8")
        with (copy / "bevara.toml").open("a", encoding="utf-8") as settings:
            settings.write(_REGISTRY)
        with open_home(copy, at=at) as home:
            registrar, archivist = persons["registrator"], persons["arkivredogörare"]
            found = find_candidates(home.ground)
            chosen = [one.item for one in sorted(found, key=lambda one: not one.urgent)[:_TODAY]]
            decided = decide_to_register(home, chosen, registrar, "diariet")
            sent = [one for one in dispatch_all(home, decided) if one.standing == "sent"]
            number = "KS 2026/1"
            if sent:
                confirm(home, sent[0].item, number, registrar)
            wish = Wish(account=ACCOUNT, first=_FIRST, last=_LAST, profile="e-arkivet")
            built = package(home, wish, archivist)
            delivered = deliver(home, built.package.intent.id)
            answered = receipt(home, built.package.intent.id, "accepted", "DEMO-KVITTO-1", archivist)
            _, lies = fetch(home, built.package.intent.id, root)
            with open_package(lies) as handed:
                valid = check_package(handed, home.schemas_dir).valid
            return Handed(
                registrar=registrar,
                archivist=archivist,
                candidates=len(found),
                urgent=sum(one.urgent for one in found),
                sent=len(sent),
                number=number if sent else "",
                items=delivered.package.items,
                size=delivered.package.size,
                valid=valid,
                answered=answered.standing,
            )


def told(handed: Handed) -> Iterator[str]:
    """The registration and the delivery in Swedish."""
    yield "Diarieföring och e-arkiv, spelade i en kopia av arkivet:"
    yield (
        f"  {records(handed.candidates)} att ta ställning till, varav {handed.urgent} med sekretess; "
        f"{handed.registrar} beslutar om dagens och lämnar {handed.sent} till diariet."
    )
    if handed.number:
        yield f"  Diariet ger den första numret {handed.number}."
    yield (
        f"  {handed.archivist} paketerar {ACCOUNT}, {_FIRST}–{_LAST}, enligt FGS 2.0: {records(handed.items)}, "
        f"{handed.size / 1_000_000:.1f} MB."
    )
    verdict = "utan fel" if handed.valid else "med fel"
    state = "mottaget" if handed.answered == "accepted" else handed.answered
    yield f"  Paketet är kontrollerat {verdict}, levererat och {state}."

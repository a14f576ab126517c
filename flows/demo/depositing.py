"""Legal deposit of a film, played in a copy of the demo home: a folder stands in for the National Library.

The copy is removed afterwards, so that the demo home itself stays as it was played.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connectors.home import open_home
from connectors.packages import open_package
from flows.demo.copying import copied
from flows.deposit.check.examine import check_deposit
from flows.deposit.clock import deadline
from flows.deposit.decide import decide
from flows.deposit.find import scan
from flows.deposit.lines import STANDINGS, films_text
from flows.deposit.pack.act import package
from flows.deposit.pack.deliver import deliver
from flows.deposit.pack.receipts import receipt
from schemas.calendar import local_day
from schemas.deposit import FilmStanding, Told

_SETTINGS = """
[organisation]
name = "Älvsjöbro kommun"
code = "ORG:212000-0000"

[deposit]
agreement = "http://www.kb.se/namespace/digark/submissionagreement/demo"
keep = true

[deposit.receiver]
kind = "folder"
path = "%s"
"""
_PAGE = "https://www.alvsjobro.example/student"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposited:
    """What the deposit showed.

    Attributes:
        person: the invented person who decides. films: candidates and what is outside. film: the number that is delivered.
        last: its last day. name, size: of the delivery. valid: it passed the check as it lies at the receiver's.
        answered: where the film stands. declined: films that are decided not to be delivered.
    """

    person: str
    films: int
    film: int
    last: str
    name: str
    size: int
    valid: bool
    answered: FilmStanding
    declined: int


def play_deposit(home_path: Path, at: datetime, persons: Mapping[str, str]) -> Deposited:
    """Decide, package, deliver and check in a copy of the demo home; ``persons``: name by role."""
    with copied(home_path) as copy:
        receiver = copy.parent / "kb"
        receiver.mkdir()
        with (copy / "bevara.toml").open("a", encoding="utf-8") as settings:
            settings.write(_SETTINGS % receiver)
        with open_home(copy, at=at) as home:
            scan(home)
            person = persons["arkivredogörare"]
            with home.ground.state.reading() as books:
                films = books.films.all()
                roles = {one.film: one.role for one in books.films.members()}
            chosen = next(one for one in films if roles[one.id] == "video")
            others = [str(one.number) for one in films if one.id != chosen.id and one.standing == "candidate"]
            told = Told(title="Studenten 2020", page=_PAGE)
            number = str(chosen.number)
            decide(home, [number], True, "Informationsfilm, avslutad, riktad till allmänheten", person, told)
            if others:
                decide(home, others, False, "Inga publikationer i lagens mening", person)
            built = package(home, [number], person)
            delivered = deliver(home, built.delivery.intent.id).delivery
            with open_package(receiver / delivered.name) as lies:
                valid = check_deposit(lies, home.schemas_dir).valid
            receipt(home, delivered.intent.id, "", "accepted", "DEMO-KB-1", person)
            with home.ground.state.reading() as books:
                after = books.films.get(chosen.id)
            return Deposited(
                person=person,
                films=len(films),
                film=chosen.number,
                last=deadline(chosen.available, local_day(at), chosen.standing).last.isoformat(),
                name=delivered.name,
                size=delivered.size,
                valid=valid,
                answered=chosen.standing if after is None else after.standing,
                declined=len(others),
            )


def told(deposited: Deposited) -> Iterator[str]:
    """The deposit in Swedish."""
    yield "E-plikt, spelad i en kopia av arkivet:"
    yield (
        f"  {films_text(deposited.films)} att besluta om. {deposited.person} beslutar att film {deposited.film} lämnas till KB "
        f"(sista dag {deposited.last}); {deposited.declined} lämnas inte."
    )
    verdict = "utan fel" if deposited.valid else "med fel"
    yield (
        f"  Leveransen {deposited.name} ({deposited.size / 1000:.0f} kB) är kontrollerad {verdict}, förd över och "
        f"{STANDINGS[deposited.answered]}."
    )

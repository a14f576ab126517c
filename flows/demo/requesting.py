"""A request for records, played in a copy of the demo home: opened, held, found, one name masked, answered, closed.

The copy is removed afterwards, so that the demo home itself stays as it was played.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connectors.home import open_home
from flows.demo.copying import copied
from flows.disclose.answer.act import Sending, answer
from flows.disclose.assess.assess import assess
from flows.disclose.assess.mask_told import Wish
from flows.disclose.assess.masking import mask
from flows.disclose.closing import close
from flows.disclose.find.finding import find
from flows.disclose.find.wanted import Wanted
from flows.disclose.intake.opening import Opening, open_request
from flows.disclose.intake.warn import warned
from flows.disclose.log.log import log_lines
from flows.disclose.standing import known_request

_SETTINGS = """
[organisation]
name = "Älvsjöbro kommun"
code = "ORG:212000-0000"

[disclosure]
office = ["Älvsjöbro kommun", "kommun@alvsjobro.example"]
"""
_WORDING = "Jag vill se allt om vattenläckan på Kvarngatan."
_SOUGHT, _HIDDEN, _PROVISION = "vattenläck", "Grannen på Kvarngatan", "OSL 21:3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """What the request showed.

    Attributes:
        person: the invented officer. saved: records that would have been culled. searched: versions looked through.
        items, versions: found. digest: of the frozen list. places: where the name is masked, in so many records.
        files: of the package. hidden: the name is in none of them. lines: of the log. standing: in the end.
    """

    person: str
    saved: int
    searched: int
    items: int
    versions: int
    digest: str
    masked: int
    files: int
    hidden: bool
    lines: int
    closed: bool


def play_request(home_path: Path, at: datetime, persons: Mapping[str, str]) -> Requested:
    """Open, find, mask, answer and close in a copy of the demo home; ``persons``: name by role."""
    person = persons["registrator"]
    with copied(home_path) as copy:
        with (copy / "bevara.toml").open("a", encoding="utf-8") as settings:
            settings.write(_SETTINGS)
        package = copy.parent / "svar"
        with open_home(copy, at=at) as home:
            opened = open_request(home, Opening(wording=_WORDING, channel="e-post"), person)
            saved = warned(home, opened)
        with open_home(copy, at=at + timedelta(minutes=10)) as home:
            found = find(home, opened.number, Wanted(starts=(_SOUGHT,), threads=True), person)
            hidden = mask(home, opened.number, (), Wish(name=_HIDDEN, provision=_PROVISION), person)
            assess(home, opened.number, (), "give", person, everything=True)
        with open_home(copy, at=at + timedelta(hours=8)) as home:
            answer(home, opened.number, Sending(out=package), person)
            request = known_request(home.ground, opened.number)
            closed = close(home.ground, opened.number, person, "\n".join(log_lines(home.ground, request)))
            lines = log_lines(home.ground, closed)
        files = [path for path in sorted(package.rglob("*")) if path.is_file()]
        told = found.as_json()
        return Requested(
            person=person,
            saved=saved.now,
            searched=told["searched"]["versions"],
            items=told["items"],
            versions=told["versions"],
            digest=found.digest,
            masked=hidden.lines,
            files=len(files),
            hidden=all(_HIDDEN.encode() not in path.read_bytes() for path in files),
            lines=len(lines),
            closed=closed.standing == "closed",
        )


def told(requested: Requested) -> Iterator[str]:
    """The request in Swedish."""
    yield "En begäran om allmänna handlingar, spelad i en kopia av arkivet:"
    yield f"  Någon vill se allt om vattenläckan på Kvarngatan. Från den sekunden gallras inget av de {requested.saved} som var i tur."
    yield (
        f"  {requested.searched} versioner är genomsökta: {requested.items} handlingar i tråden hör dit, {requested.versions} versioner. "
        f"Listan är fryst ({requested.digest[:12]})."
    )
    yield (
        f"  {requested.person} maskerar ett namn i {requested.masked} handlingar (21 kap. 3 § OSL) och lämnar ut resten samma dag."
    )
    absent = "i ingen av dem" if requested.hidden else "i någon av dem"
    yield f"  Paketet har {requested.files} filer, PDF/A, CSV och JSON; namnet står {absent}. Originalen är orörda."
    if requested.closed:
        yield f"  Begäran är avslutad, gallringsstoppet hävt, och loggen har {requested.lines} rader."

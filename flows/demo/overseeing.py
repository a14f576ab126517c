"""The municipality's own duties, played in a copy of the demo home: the register's gaps, the list, what was hidden and why.

The copy is removed afterwards, so that the demo home itself stays as it was played.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connectors.home import open_home
from flows.demo.act import item_of
from flows.demo.copying import copied
from flows.oversee.accounts.checking import check_accounts
from flows.oversee.accounts.publishing import publish
from flows.oversee.removal.explaining import Explained, explain
from flows.oversee.watch.act import watch

_HIDDEN = ("bjorkskolan", "bjs-p023-c03")
"""A comment about a child's health, hidden by the school; the nights saw that it was."""
_CLAUSE = "R05"
_SEEN = timedelta(days=200)
"""So long before the last night the morning is played on which the school is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overseen:
    """What the scene showed.

    Attributes:
        accounts: in the register. gaps: things that the policy asks for and the register lacks, by account.
        listed: accounts on the public list. files: of the list. asked: signs on the morning that ask by whom something
            was hidden. person: who answers. clause: the page's rule. notice: the message to the visitor is written.
        left: such signs on the morning after.
    """

    accounts: int
    gaps: Mapping[str, int]
    listed: int
    files: tuple[str, ...]
    asked: int
    person: str
    notice: bool
    left: int


def play_duties(home_path: Path, at: datetime, persons: Mapping[str, str]) -> Overseen:
    """Check the register, publish the list, ask about what was hidden; ``persons``: name by role."""
    person = persons["registrator"]
    with copied(home_path) as copy:
        folder = copy.parent / "lista"
        with open_home(copy, at=at - _SEEN) as home:
            checked = check_accounts(home)
            folder.mkdir()
            published = publish(home, folder, person)
            asked = _asked(watch(home).counts)
            item = item_of(home, *_HIDDEN)
            why = "Rör ett barns hälsa. Dolt av skolans administratör samma dag."
            told = explain(home, Explained(item=item, by="us", why=why, person=person, clause=_CLAUSE))
        with open_home(copy, at=at - _SEEN + timedelta(days=1)) as home:
            left = _asked(watch(home).counts)
        return Overseen(
            accounts=len(checked.accounts),
            gaps={account.name: len(signs) for account, signs in checked.accounts},
            listed=published.accounts,
            files=tuple(sorted(one.name for one in folder.iterdir())),
            asked=asked,
            person=person,
            notice=bool(told.notice),
            left=left,
        )


def _asked(counts: Mapping[tuple[str, str], int]) -> int:
    return sum(count for key, count in counts.items() if "W151" in key)


def told(overseen: Overseen) -> Iterator[str]:
    """The scene in Swedish."""
    gaps = ", ".join(f"{name} {count}" for name, count in overseen.gaps.items())
    yield "Kommunens egna skyldigheter enligt policyn, spelade i en kopia av arkivet:"
    yield f"  Kontoregistret har {overseen.accounts} konton. Så många saker återstår att ordna: {gaps}."
    yield f"  Listan över {overseen.listed} konton är skriven för webbplatsen: {', '.join(overseen.files)}."
    yield f"  Morgonens genomgång frågar om {overseen.asked} handlingar som har dolts eller tagits bort: av vem, och varför?"
    answer = f"  {overseen.person} svarar om en av dem: den rörde ett barns hälsa ({_CLAUSE})."
    yield f"{answer} Beskedet till besökaren är skrivet." if overseen.notice else answer
    yield f"  Nästa morgon återstår {overseen.left} att svara på."

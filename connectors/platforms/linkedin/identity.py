"""Which page it is, and through which of LinkedIn's interfaces the token may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.http import HttpError
from connectors.platforms.linkedin.community import Community
from connectors.platforms.linkedin.names import encoded, handle_parts, is_own, organization, urn_of
from connectors.platforms.linkedin.objects import author_of, entries_of
from connectors.platforms.linkedin.portability import Portability
from connectors.platforms.linkedin.routes import Route
from connectors.platforms.linkedin.wire import UNSAID, Wire
from schemas.account import Account
from schemas.refusal import RefusedError

ROUTES: Mapping[str, type[Portability | Community]] = {"portability": Portability, "community": Community}
"""Value of the option ``route`` to the interface; without the option they are tried in this order."""
_DIRECTORIES = {"portability": "dmaOrganizations", "community": "organizations"}


@dataclass(slots=True)
class Identity:
    """Our page: its URN, its name as far as it is known, and the interface it is read through."""

    own: str
    name: str
    route: Route


def routes_wanted(account: Account) -> list[str]:
    """The interfaces to be tried, in order.

    Raises:
        RefusedError: the option ``route`` names none.
    """
    wanted = account.option("route")
    if wanted and wanted not in ROUTES:
        raise RefusedError("options.route", wanted, f"write one of {', '.join(ROUTES)}")
    return [wanted] if wanted else list(ROUTES)


def resolved(wire: Wire, account: Account) -> Identity:
    """Find the page and the interface.

    Raises:
        HttpError: no interface lets us; H116 when what it shows is another page's; H240 when the page's number is
            not told.
    """
    names = routes_wanted(account)
    number, vanity = handle_parts(account.handle)
    own = organization(number or _looked_up(wire, vanity, names))
    refusals: list[int] = []
    for name in names:
        route: Route = ROUTES[name](wire, own)
        answer = route.probe()
        if answer.status != 200:
            refusals.append(answer.status)
            continue
        authors = [author_of(value) for _, value in entries_of(answer.body) or () if isinstance(value, dict)]
        known = [author for author in authors if author is not None]
        if known and not any(is_own(author, own) for author in known):
            raise HttpError("H116", name, 200)
        return Identity(own, vanity or account.handle.strip(), route)
    # A denied permission says more than an interface that is not there.
    codes = {403: "H102", 400: "H127"}
    status = next((one for one in codes if one in refusals), refusals[0])
    raise HttpError(codes.get(status, "H103"), names[-1], status)


def _looked_up(wire: Wire, vanity: str, names: list[str]) -> str:
    """The number of the page with that name in its address."""
    for name in names:
        directory = _DIRECTORIES[name]
        query = f"q=vanityName&vanityName={encoded(vanity)}"
        answer = wire.get(directory, query, endpoint=directory, method="FINDER", ok=(200, *UNSAID))
        for key, value in (entries_of(answer.body) or ()) if answer.status == 200 else ():
            found = value.get("id") if isinstance(value, dict) else None
            urn = urn_of(found) or urn_of(value.get("$URN") if isinstance(value, dict) else None) or key
            number = str(found) if type(found) is int else found if isinstance(found, str) else ""
            if number.isascii() and number.isdigit():
                return number
            if urn.startswith("urn:li:organization:"):
                return urn.rpartition(":")[2]
    raise HttpError("H240", "organizations")

"""What a no and its appeal stand at: as Swedish lines, and as values for ``--json``."""

from __future__ import annotations

from typing import Any, Final

from flows.disclose.refuse.appeal_clock import appeal_waits, in_time, last_day
from schemas.ids import rfc3339
from schemas.request import Request, RequestStanding, Ruling

STANDINGS: Final[dict[RequestStanding, str]] = {
    "open": "öppen",
    "answered": "besvarad",
    "refused": "avslagen utan skriftligt beslut",
    "decided": "skriftligt beslut",
    "appealed": "överklagad",
    "withdrawn": "återtagen",
    "closed": "avslutad",
}
_RULINGS: Final[dict[Ruling, str]] = {
    "": "",
    "upheld": "domstolen har avslagit överklagandet",
    "changed": "domstolen har ändrat beslutet; begäran är öppen igen och ska besvaras på nytt",
    "remitted": "domstolen har lämnat tillbaka ärendet; begäran är öppen igen och ska prövas på nytt",
    "withdrawn": "överklagandet är återtaget",
    "late": "överklagandet är avvisat",
}


def request_json(request: Request) -> dict[str, Any]:
    """What a no and its appeal stand at, for ``--json``; see ``refuse_command``."""
    last, came = last_day(request), request.appealed
    return {
        "request": request.number,
        "standing": request.standing,
        "outcome": request.outcome,
        "decision": request.decision,
        "decided": None if request.decided is None else rfc3339(request.decided),
        "served": None if request.served is None else request.served.isoformat(),
        "last_day": None if last is None else last.isoformat(),
        "appealed": None if came is None else came.isoformat(),
        "in_time": in_time(request, came) if came is not None and appeal_waits(request) else None,
        "forwarded": None if request.forwarded is None else rfc3339(request.forwarded),
        "ruling": request.ruling,
        "final": None if request.final is None else request.final.isoformat(),
    }


def request_lines(request: Request) -> list[str]:
    """The same in Swedish, a line each."""
    lines = [f"Begäran {request.number}: {STANDINGS[request.standing]}."]
    if request.served is not None and (last := last_day(request)) is not None:
        lines.append(
            f"  beslutet togs emot {request.served.isoformat()}; sista dag för överklagande {last.isoformat()}"
        )
    if request.appealed is not None:
        lines.append(f"  överklagandet kom in {request.appealed.isoformat()}{_timely(request)}")
    if request.ruling:
        final = f"; laga kraft {request.final.isoformat()}" if request.final else ""
        lines.append(f"  {_RULINGS[request.ruling]}{final}")
    return lines


def _timely(request: Request) -> str:
    if request.appealed is None or request.ruling:
        return ""
    if not in_time(request, request.appealed):
        return ": för sent"
    return (
        ": i rätt tid" if request.served is not None else ": mottagningsdagen är inte känd, det räknas som i rätt tid"
    )

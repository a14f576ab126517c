"""How many units of the tariff an answer has, as proposed: pages of the documents that would go out, or records.

What a page of a thread or a film is stands in no tariff, so the number is a proposal; the officer may set another.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flows.disclose.answer.act import package_of
from flows.disclose.answer.document import DRAFT
from flows.disclose.answer.ready import choose_lines, leaking_lines, make_ready
from flows.disclose.answer.sending import Sending
from flows.disclose.standing import known_request
from flows.keep.spool import lease_name, spooling
from schemas.ground import Home
from schemas.refusal import GuardError


def units_proposed(home: Home, number: str | int, unit: Literal["sida", "handling"]) -> int:
    """Units of what would go out as things are assessed now, in portions or not.

    Raises:
        RefusedError: no such request. GuardError: no list (G-REQUEST), or lines that are not assessed (G-ASSESSED).
    """
    request = known_request(home.ground, number)
    chosen, table = choose_lines(home, request, most=None)
    if unit == "handling":
        return chosen.counts.get("give", 0) + chosen.counts.get("partly", 0)
    if chosen.size == 0:
        if request.items == 0:
            return 0
        raise GuardError(
            "G-ASSESSED",
            f"every line of request {request.number} has gone out already",
            "say how many pages there were, with --units",
        )
    at = home.ground.clock.now()
    # Nothing of this goes anywhere; leaks are told by the preview and the answer.
    ready, leaking = make_ready(home, chosen, table, at, notice=DRAFT)
    if leaking:
        ready = replace(ready, accepted=leaking_lines(leaking))
    name = f"begaran-{request.number}"
    with home.ground.state.hold_lease(lease_name(name)), spooling(home, name) as folder:
        inner = folder / "utkast"
        inner.mkdir()
        sending = Sending(how="package", data=False)
        told, _, _, _ = package_of(home, ready, sending, inner, bytes(32), person=request.person, keeping=None)
    return told.pages

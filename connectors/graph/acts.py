"""What Facebook's and Instagram's moderators ask for in the same way, and how Graph says that it was done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from connectors.graph.connection import Graph
from connectors.graph.faults import GraphError
from connectors.http import Answer
from connectors.moderating import DECLINED, DONE, UNCLEAR, UNTOLD
from schemas.neighbours import Moderated

NUMBERED = re.compile(r"[0-9]{1,60}(_[0-9]{1,60}){0,2}")
"""An object's id. Nothing else is asked for: ``me`` would be the page itself."""
_NO_REPLY = frozenset({551, 10900, 10901, 10903})
"""Graph codes: the person cannot be reached; answered already; too late; this person cannot be answered."""


def private_reply(graph: Graph, page: str, body: Mapping[str, Mapping[str, str]]) -> Moderated:
    """Send a private reply. Raises HttpError, as ``Graph.change``."""
    try:
        answer = graph.change("POST", f"{quote(page, safe='')}/messages", json=body, endpoint="notify")
    except GraphError as error:
        if error.fault.code in _NO_REPLY or error.absent:
            return UNTOLD
        raise
    sent = answer.body.get("message_id") if isinstance(answer.body, dict) else None
    return DONE if sent else UNCLEAR


def confirmed(answer: Answer) -> Moderated:
    """``{"success": true}``, or ``true`` alone in older versions; anything else says neither."""
    said = answer.body.get("success") if isinstance(answer.body, dict) else answer.body
    if said is True:
        return DONE
    return DECLINED if said is False else UNCLEAR

"""``sample``: a recorded folder as a platform. The tutorial for writing a connector; the demonstration runs on it.

What every platform has: the constants by which the rest knows it (``fields``), ``open``, a session that asks
(``asking``: ``health``, ``fetch``, ``look_up``, ``fetch_media``), and a pure ``parse`` (``reading``). The platform's
own side is ``connectors.recording``; what is read here is its answers' JSON alone, as with any platform. Format of a
recording: ``infra/demo/README.md``.
"""

from __future__ import annotations

from pathlib import Path

from connectors.platforms.sample.asking import SampleSession
from connectors.platforms.sample.fields import IGNORED, NAME, OPTIONS, RECONNECT, SCOPES, VOLATILE
from connectors.platforms.sample.reading import parse
from schemas.account import Account
from schemas.neighbours import Clock, Session
from schemas.refusal import RefusedError

__all__ = ["IGNORED", "NAME", "OPTIONS", "RECONNECT", "SCOPES", "VOLATILE", "open", "parse"]


def open(account: Account, secret: str | None, clock: Clock) -> Session:  # noqa: A001, ARG001 - the port's names
    """Open a session on the folder ``account.path``; nothing is read yet. The platform needs no secret.

    Raises:
        RefusedError: the account file names no folder, or none that is there.
    """
    if not account.path:
        raise RefusedError("path", "", "name the folder that holds recording.json")
    folder = Path(account.path)
    if not folder.is_dir():
        raise RefusedError("path", folder.name, "name a folder that is there, relative to the account file")
    return SampleSession(account, folder, clock)

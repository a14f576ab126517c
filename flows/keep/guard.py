"""Keep content and personal data out of Prefect: an exception becomes a code before Prefect sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from schemas.books import LeaseLostError, LeaseTakenError
from schemas.refusal import GuardError, RefusedError, UnreachableError

T = TypeVar("T")


class RunFailedError(RuntimeError):
    """An act failed. The message is a code and the failing class's name, never the original message."""


def code_of(error: Exception) -> str:
    """A code that names the sort of failure and nothing of what it was about."""
    if isinstance(error, GuardError):
        return error.code
    known: list[tuple[type[Exception], str]] = [
        (LeaseTakenError, "R-LEASE-TAKEN"),
        (LeaseLostError, "R-LEASE-LOST"),
        (UnreachableError, "R-UNREACHABLE"),
        (RefusedError, "R-REFUSED"),
        (OSError, "R-STORAGE"),
    ]
    for kind, code in known:
        if isinstance(error, kind):
            return code
    return f"R-UNEXPECTED-{type(error).__name__}"


def guarded(act: Callable[[], T]) -> T:
    """Do the act; raise ``RunFailedError`` with a code alone when it fails.

    The new exception is raised outside the handler, so that not even its context carries the old one.
    """
    failed = ""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - whatever it is, Prefect must not see its text
        failed = code_of(error)
    raise RunFailedError(failed)

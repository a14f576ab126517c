"""The commands of oversight: the registers (``account``, ``person``, ``mark``, ``hold``, ``place``) and ``oversee``."""

from __future__ import annotations

from typing import Any

from flows.oversee import hold_command, mark_command, person_command, place_command, watching
from flows.oversee.accounts import account_command
from flows.oversee.art30 import art30_command
from flows.oversee.costs import costs_command
from flows.oversee.letters import letters_command
from flows.oversee.pictures import pictures_command
from flows.oversee.removal import removal_command
from flows.oversee.watch import clauses_command, watch_command


def register(verbs: Any) -> None:
    """Add them to the command line."""
    for one in (account_command, person_command, mark_command, hold_command, place_command):
        one.register(verbs)
    oversee = verbs.add_parser("oversee", help="tillsyn: vad som behöver en hand").add_subparsers(
        dest="what", required=True
    )
    for part in (
        watching,
        watch_command,
        clauses_command,
        removal_command,
        pictures_command,
        art30_command,
        costs_command,
        letters_command,
    ):
        part.register(oversee)

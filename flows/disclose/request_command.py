"""The command ``request``: public-records requests (*utlämnande av allmän handling*), from the question to the last day.

The commands and their ``--json`` contracts stand in the modules that are put together here.
"""

from __future__ import annotations

from typing import Any

from flows.disclose.answer import answer_command
from flows.disclose.assess import assess_command
from flows.disclose.find import find_command
from flows.disclose.intake import opening_command
from flows.disclose.log import log_command
from flows.disclose.refuse import refuse_command


def register(verbs: Any) -> None:
    """Add ``request`` to the command line."""
    request = verbs.add_parser("request", help="utlämnande av allmän handling: begäran, sökning, prövning, svar")
    commands = request.add_subparsers(dest="what", required=True, metavar="WHAT")
    opening_command.register(commands)
    find_command.register(commands)
    assess_command.register(commands)
    answer_command.register(commands)
    refuse_command.register(commands)
    log_command.register(commands)

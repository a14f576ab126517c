"""The command ``deposit``: legal deposit (*e-plikt*) of films, from candidate to receipt.

The commands and their ``--json`` contracts stand in ``film_command``, ``delivery_command`` and ``check_command``.
"""

from __future__ import annotations

from typing import Any

from flows.deposit import check_command, delivery_command, film_command


def register(verbs: Any) -> None:
    """Add ``deposit`` to the command line."""
    deposit = verbs.add_parser("deposit", help="e-plikt: filmer till Kungliga biblioteket")
    commands = deposit.add_subparsers(dest="what", required=True, metavar="WHAT")
    film_command.register(commands)
    delivery_command.register(commands)
    check_command.register(commands)

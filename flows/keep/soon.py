"""Let a command's decision reach the second place at once, and tell when it could not."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable

from flows.keep.second import sync_soon
from schemas.codes import sentence
from schemas.ground import Home

Command = Callable[[Home, argparse.Namespace], int]
"""What a verb runs: exit code."""

CODE = "K109"


def copied(command: Command) -> Command:
    """The same command, whose links are copied to the second place when it has ended well.

    A copying that fails changes neither the command's answer nor its exit code: it is told on standard error, with
    ``--json`` as ``{"findings": [{"code", "severity", "subject", "parameters"}]}``, and the night makes up for it.
    """

    def run(home: Home, args: argparse.Namespace) -> int:
        done = command(home, args)
        reason = sync_soon(home.ground)
        if reason:
            parameters = {"reason": reason}
            found = {"code": CODE, "severity": "warning", "subject": "second", "parameters": parameters}
            text = json.dumps({"findings": [found]}) if args.json else f"{CODE} {sentence(CODE, 'sv', parameters)}"
            sys.stderr.write(f"{text}\n")
        return done

    return run

"""What several verbs read from their command line alike."""

from __future__ import annotations

import argparse
from datetime import date


def day(text: str) -> date:
    """A civil day, ``YYYY-MM-DD``; for ``type=`` of an argument."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None

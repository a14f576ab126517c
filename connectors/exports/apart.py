"""The process in which a large export is read and parsed: ``python -m connectors.exports.apart``."""

from __future__ import annotations

import gc
import sys

from connectors.exports.opening import work

if __name__ == "__main__":
    # Groups are made and thrown away at once; looking for cycles among them only costs time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    work(sys.stdin.buffer, sys.stdout.buffer)

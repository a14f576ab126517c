"""The program that starts ffmpeg within bounds: it gives up what ffmpeg does not need, and becomes it.

Arguments: bytes that one file may take, seconds of processor time, the program, its arguments. ffmpeg reads its forms in
C, and what it is handed was made by anybody: it leaves no core dump, and has bounds of memory, time and disk.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Final

MEMORY: Final = 8 * 1024 * 1024 * 1024
"""Bytes of address space, of which a film of 4K takes some two."""
NOT_STARTED: Final = 126
"""Exit code when ffmpeg cannot be run; it has no such code itself."""


def main() -> None:
    """Take the bounds and become ffmpeg."""
    largest, seconds, *words = sys.argv[1:]
    bounds = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, int(largest)),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, int(seconds)),
    )
    for bound, value in bounds:
        # Whoever started us may have bounded us more narrowly already.
        most = resource.getrlimit(bound)[1]
        least = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(bound, (least, least))
    try:
        os.execve(words[0], words, {"LC_ALL": "C"})  # noqa: S606 - no shell, and nothing of our environment
    except OSError:
        sys.exit(NOT_STARTED)


if __name__ == "__main__":
    main()

"""What every benchmark prints as its last line, and how peak memory is read."""

from __future__ import annotations

import json
import resource
import sys


def peak_mib() -> float:
    """Largest resident size of this process so far, MiB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1024 if sys.platform != "darwin" else size / 1024**2


def say(text: str) -> None:
    """Print progress to standard error."""
    print(text, file=sys.stderr, flush=True)


def report(name: str, *, ratio: float, baseline_s: float, ours_s: float, **more: float | str) -> None:
    """Print the one JSON object that is the benchmark's answer."""
    peak = more.pop("peak_mib", None)
    answer = {
        "name": name,
        "ratio": round(ratio, 3),
        "baseline_s": round(baseline_s, 3),
        "ours_s": round(ours_s, 3),
        "peak_mib": round(float(peak) if peak is not None else peak_mib(), 1),
        **{key: round(value, 3) if isinstance(value, float) else value for key, value in more.items()},
    }
    print(json.dumps(answer))

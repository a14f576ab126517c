# ruff: noqa: INP001, T201 - a script that stands alone and prints its answer
"""Check the exported ledger: python verify_ledger.py [--head HASH] FOLDER-OR-SEGMENT...

Needs Python 3.11 and nothing else. A segment is a file FIRST-LAST.jsonl with one line per link: seq (from 1, without
gaps), body, prev and hash, where hash = SHA-256(prev as 32 bytes + body in UTF-8) and the first prev is 32 zero bytes.
Prints the last link and exits 0, or prints the first broken link and exits 1. Links removed from the very end can only
be seen against a head noted elsewhere: give it with --head.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path


def need(holds: object, otherwise: str) -> None:
    """Refuse what does not hold."""
    if not holds:
        raise ValueError(otherwise)


def check(raw: bytes, seq: int, previous: str) -> str:
    """Check one line against the link before it; return its hash."""
    link = json.loads(raw)
    again = json.dumps(link, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    need(raw == again and list(link) == ["seq", "body", "prev", "hash"], "the line is not as an export writes it")
    need(type(link["seq"]) is int and link["seq"] == seq, "the line has another number")
    need(link["prev"] == previous, "it does not follow the link before it")
    found = hashlib.sha256(bytes.fromhex(previous) + link["body"].encode()).hexdigest()
    need(link["hash"] == found, "its hash is not that of its body")
    return found


def main() -> int:
    """Check the segments named, in the order of their numbers."""
    options = argparse.ArgumentParser()
    options.add_argument("--head", help="hash that the last link must have, in hexadecimal")
    options.add_argument("places", nargs="+", type=Path, metavar="FOLDER-OR-SEGMENT")
    asked = options.parse_args()
    files = [file for place in asked.places for file in (place.glob("*.jsonl") if place.is_dir() else [place])]
    seq, previous, file = 1, "0" * 64, Path()
    try:
        for file in sorted(files, key=lambda one: one.name):
            name = re.fullmatch(r"([0-9]{12})-([0-9]{12})\.jsonl", file.name)
            need(name and int(name[1]) == seq, "the segment does not begin with it")
            for raw in file.open("rb"):
                seq, previous = seq + 1, check(raw, seq, previous)
            need(name and int(name[2]) == seq - 1, "the segment ends before it, or after what its name says")
        need(seq > 1 and asked.head in {None, previous}, "the link before it is not the one that --head names")
    except (ValueError, TypeError, AttributeError, RecursionError, OSError) as error:
        print(f"BROKEN at link {seq} in {file.name}: {error}")
        return 1
    print(f"OK {seq - 1} links, head {previous}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

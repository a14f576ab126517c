"""``bevara restore``: bring a restored backup to what its second place knows."""

from __future__ import annotations

import argparse
import json
from typing import Any

from flows import exits
from flows.restore.act import restore
from flows.restore.decide import Restored
from schemas.codes import sentence
from schemas.ground import Home


def register(verbs: Any) -> None:
    """Add ``restore`` to the command line."""
    one = verbs.add_parser("restore", help="för ett arkiv från säkerhetskopia fram till det som gallrats sedan dess")
    one.set_defaults(run=_restore, writes=True, restores=True)


def _restore(home: Home, args: argparse.Namespace) -> int:
    done = restore(home)
    print(json.dumps(as_json(done)) if args.json else _text(done), end="\n" if args.json else "")
    return exits.DONE if done.clean else exits.FINDINGS


def as_json(done: Restored) -> dict[str, Any]:
    """The answer of ``restore --json``.

    ``{"place", "needed", "links", "tombstones", "suppressed", "items", "rows", "withdrawn", "open", "again", "places": [{"place",
    "removed", "left"}], "database": {"place", "emptied", "remark"} or null, "findings": [{"code", "severity",
    "parameters", "sv", "en"}]}``.
    """
    places: dict[str, dict[str, Any]] = {}
    for removed in done.removed:
        for one in removed.places:
            told = places.setdefault(one.place, {"place": one.place, "removed": 0, "left": 0})
            told["removed"] += one.absent
            told["left"] += one.left
    scrubbed = done.scrubbed
    return {
        "place": done.place,
        "needed": done.needed,
        "links": done.links,
        "tombstones": done.tombstones,
        "suppressed": done.suppressed,
        "items": done.items,
        "rows": done.rows,
        "withdrawn": done.withdrawn,
        "open": done.open,
        "again": done.again,
        "places": list(places.values()),
        "database": scrubbed and {"place": scrubbed.place, "emptied": scrubbed.emptied, "remark": scrubbed.remark},
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "parameters": dict(one.parameters),
                "sv": sentence(one.code, "sv", dict(one.parameters)),
                "en": sentence(one.code, "en", dict(one.parameters)),
            }
            for one in done.findings
        ],
    }


def _text(done: Restored) -> str:
    if not done.needed:
        return f"Arkivet känner till allt som {done.place} känner till. Inget behövde göras.\n"
    lines = [
        f"Arkivet är fört fram till det som {done.place} känner till.",
        "",
        f"  Länkar som lagts till liggaren     {done.links:>10}",
        f"  Gallrade handlingar som förts in   {done.tombstones:>10}",
        f"  Spärrar mot ny insamling           {done.suppressed:>10}",
        f"  Gallrade handlingar som förstörts  {done.items:>10}",
        f"  Återkallade gallringsbeslut        {done.withdrawn:>10}",
        f"  Gallringsbeslut att slutföra       {done.open:>10}",
        f"  Objekt som tagits bort på nytt     {done.again:>10}",
    ]
    if done.findings:
        lines.append("")
    lines += [f"{one.code} {sentence(one.code, 'sv', dict(one.parameters))}" for one in done.findings]
    return "\n".join(lines) + "\n"

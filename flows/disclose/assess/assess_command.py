"""The commands ``request assess|assessed|mask|unmask``.

With ``--json``:

* ``assess``, ``mask``, ``unmask``: ``{"request", "lines", "masks", "left", "findings"}``: versions whose assessment is another
  one now, the masks they have in all, listed versions that nothing is decided of.
* ``assessed``: ``{"request", "lines": [line], "left"}``; ``line`` as of ``flows.disclose.assess.assessed.assessed_lines``.

A record is ``ITEM`` (every listed version of it) or ``ITEM@VERSION``. Attachments, links and alt texts count from 0; masks
from 1. Exit codes: 0 done; 2 not accepted; 3 done with findings that want a look; 4 a guard refused.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, Final

from flows import exits
from flows.disclose.assess.assess import Done, assess, left_of, unmask
from flows.disclose.assess.assessed import GONE, LATER, NEWER, assessed_lines
from flows.disclose.assess.mask_told import Wish
from flows.disclose.assess.masking import mask
from flows.disclose.assess.places import field_mask, media_mask, region_mask, span_mask, time_mask
from flows.disclose.assess.provisions import provision_of
from flows.disclose.standing import known_request
from flows.findings import as_json as findings_json
from flows.keep.soon import copied
from schemas.codes import sentence
from schemas.codes.words import value
from schemas.ground import Home
from schemas.refusal import RefusedError
from schemas.request import VERDICTS, Mask

_NUMBER: Final = "begärans nummer, som 'bevara request list' visar"
_PERSON: Final = "registrerad person som prövar"
_ITEM: Final = "handling ur begärans lista, ITEM eller ITEM@VERSION"
_VERDICTS: Final = {"give": "lämnas ut", "partly": "lämnas ut delvis", "refuse": "lämnas inte ut", None: "inte prövad"}
_CHANGED: Final = {
    GONE: "finns inte längre i arkivet",
    NEWER: "har en nyare version än den listade",
    LATER: "har fått bilagor sedan den prövades",
}


def register(request: Any) -> None:
    """Add to ``request``."""
    one = request.add_parser("assess", help="pröva handlingar: lämnas ut, delvis eller inte")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("items", nargs="*", metavar="ITEM", help=_ITEM)
    one.add_argument("verdict", choices=VERDICTS, help="give: lämnas ut; partly: med maskning; refuse: lämnas inte ut")
    one.add_argument("--all", dest="everything", action="store_true", help="alla som ännu inte är prövade")
    one.add_argument(
        "--provision", default="", metavar="CODE", help='bestämmelse för en vägran, till exempel "OSL 21:1"'
    )
    _common(one)
    one.set_defaults(run=copied(_assess), writes=True)

    one = request.add_parser("assessed", help="vad som är prövat, vad som är kvar, masker och bilagor")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("items", nargs="*", metavar="ITEM", help=_ITEM)
    one.add_argument("--left", action="store_true", help="bara de som inte är prövade")
    one.set_defaults(run=_assessed)

    one = request.add_parser("mask", help="maska ord, namn, fält, bildytor, ljud, film eller hela bilagor")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("items", nargs="*", metavar="ITEM", help=f"{_ITEM}; utan ITEM gäller ord och namn hela listan")
    _what(one)
    one.add_argument("--provision", required=True, metavar="CODE", help='bestämmelsen, till exempel "OSL 21:1"')
    one.add_argument("--stand-in", action="store_true", help="ersätt personer med Person 1, Person 2 …")
    one.add_argument("--keep-alt", action="store_true", help="låt bilagans alternativtext vara kvar")
    one.add_argument("--keep-captions", action="store_true", help="låt handlingens undertexter vara kvar")
    one.add_argument("--keep-thumbnails", action="store_true", help="låt handlingens miniatyrbilder vara kvar")
    _common(one)
    one.set_defaults(run=copied(_mask), writes=True)

    one = request.add_parser("unmask", help="ta bort masker; en handling utan masker ska prövas på nytt")
    one.add_argument("request", metavar="REQUEST", help=_NUMBER)
    one.add_argument("item", metavar="ITEM", help=_ITEM)
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", dest="everything", action="store_true", help="alla masker")
    which.add_argument("--number", type=int, metavar="K", help="maskens nummer, som 'bevara request assessed' visar")
    _common(one)
    one.set_defaults(run=copied(_unmask), writes=True)


def _what(parser: argparse.ArgumentParser) -> None:
    many: dict[str, Any] = {"action": "extend", "nargs": "+", "default": []}
    one: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--words", metavar="TEXT", help="ord, överallt där de står", **many)
    parser.add_argument("--name", default="", metavar="NAME", help="en persons namn, med kontonamn")
    parser.add_argument("--span", metavar="FIELD:START-END", help="tecken i ett fält, text:10-25", **one)
    parser.add_argument("--field", metavar="FIELD", help="hela fältet: text, author, address, alt:0, links:0", **one)
    parser.add_argument("--region", metavar="MEDIA:X,Y,W,H", help="yta av en bild, i bildpunkter", **one)
    parser.add_argument("--sound", metavar="MEDIA:START-END", help="tid som görs tyst, sekunder eller mm:ss", **one)
    parser.add_argument("--picture", metavar="MEDIA:START-END", help="tid av en film som görs svart", **one)
    parser.add_argument("--metadata", metavar="MEDIA", help="det filen säger utöver bild och ljud", **one)
    parser.add_argument("--file", metavar="MEDIA", help="hela bilagan", **one)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="även det som redan har lämnats ut (ett nytt svar görs)")
    parser.add_argument("--as", dest="person", required=True, metavar="PERSON", help=_PERSON)


def _assess(home: Home, args: argparse.Namespace) -> int:
    done = assess(
        home,
        args.request,
        args.items,
        args.verdict,
        args.person,
        provision=args.provision,
        everything=args.everything,
        again=args.again,
    )
    return _say(args, done)


def _mask(home: Home, args: argparse.Namespace) -> int:
    code = provision_of(home.disclosure().provisions, args.provision).code
    wish = Wish(
        provision=code,
        words=tuple(args.words),
        name=args.name,
        places=_places(args, code),
        stand_in=args.stand_in,
        keep_alt=args.keep_alt,
        keep_captions=args.keep_captions,
        keep_thumbnails=args.keep_thumbnails,
    )
    return _say(args, mask(home, args.request, args.items, wish, args.person, again=args.again))


def _places(args: argparse.Namespace, code: str) -> tuple[Mask, ...]:
    attached = [
        *(region_mask(one, code) for one in args.region),
        *(time_mask("sound", one, code) for one in args.sound),
        *(time_mask("picture", one, code) for one in args.picture),
        *(media_mask("metadata", one, code) for one in args.metadata),
        *(media_mask("file", one, code) for one in args.file),
    ]
    if args.stand_in and (attached or any(one != "author" for one in args.field)):
        raise RefusedError("--stand-in", "", "leave it out: a stand-in takes the place of a name, a word or a span")
    return (
        *(span_mask(one, code, pseudonym=args.stand_in) for one in args.span),
        *(field_mask(one, code, pseudonym=args.stand_in) for one in args.field),
        *attached,
    )


def _unmask(home: Home, args: argparse.Namespace) -> int:
    which = None if args.everything else args.number
    return _say(args, unmask(home, args.request, args.item, args.person, which=which, again=args.again))


def _say(args: argparse.Namespace, done: Done) -> int:
    if args.json:
        values = {"request": done.request, "lines": done.lines, "masks": done.masks, "left": done.left}
        print(json.dumps({**values, "findings": findings_json(done.findings)}, ensure_ascii=False))
    else:
        for one in done.findings:
            print(f"  {one.code}  {sentence(one.code, 'sv', dict(one.parameters))}")
        print(f"{_records(done.lines)} ändrade, {done.masks} masker i dem; {_records(done.left)} kvar att pröva.")
    return exits.FINDINGS if any(one.severity != "info" for one in done.findings) else exits.DONE


def _assessed(home: Home, args: argparse.Namespace) -> int:
    lines = assessed_lines(home, args.request, args.items, left=args.left)
    number = known_request(home.ground, args.request).number
    if args.json:
        # Line by line: a list may have a million.
        print(f'{{"request": {number}, "lines": [', end="")
        for place, one in enumerate(lines):
            print(", " * bool(place) + json.dumps(one), end="")
        print(f'], "left": {left_of(home, number)}}}')
        return exits.DONE
    for one in lines:
        for text in _lines(one, details=bool(args.items)):
            print(text)
    print(f"{_records(left_of(home, number))} kvar att pröva.")
    return exits.DONE


def _lines(one: dict[str, Any], *, details: bool) -> list[str]:
    kind = value(one["kind"], "sv") if one["kind"] else "okänt slag"
    parts = [f"{one['item']}@{one['version']}", one["day"] or "odaterad", kind, _VERDICTS[one["verdict"]]]
    parts += [one["provision"]] if one["provision"] else []
    parts += [_counted(len(one["masks"]), "mask", "masker")] if one["masks"] else []
    parts += [_counted(len(one["files"]), "bilaga", "bilagor")] if one["files"] else []
    parts += [f"utlämnad med svar {one['portion']}"] if one["portion"] else []
    found = ["  ".join(parts)]
    found += [f"    {_CHANGED[code]}" for code in one["changed"]]
    found += [
        f"    sekretessmarkering {hint['provision']} {hint['day']} (en erinran: pröva på nytt)" for hint in one["hints"]
    ]
    if details:
        for mask_ in one["masks"]:
            found.append(
                f"    mask {mask_['number']}: {mask_['where']}, {mask_['sort']}{_extent(mask_)}, {mask_['provision']}"
            )
        for file in one["files"]:
            there = "" if file["there"] else ", saknas"
            alt = ", alternativtext" if file["alt"] else ""
            found.append(f"    bilaga {file['number']}: {file['role']} {file['media_type']}{alt}{there}")
    return found


def _extent(one: dict[str, Any]) -> str:
    if one["sort"] == "region":
        return f" {one['x']},{one['y']},{one['width']},{one['height']}"
    return f" {one['start']}-{one['end']}" if one["end"] else ""


def _records(number: int) -> str:
    return _counted(number, "handling", "handlingar")


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"

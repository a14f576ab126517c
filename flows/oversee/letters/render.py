"""A letter as plain text and as HTML: the same statements in both. No scripts, nothing from outside."""

from __future__ import annotations

from typing import Final

from lxml import etree

from flows.oversee.letters.markup import add, clean, page, serialised
from flows.oversee.letters.model import Letter, Link, Point

_STYLE: Final = """
:root{color-scheme:light dark}
body{margin:0;padding:1rem;font:1rem/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1b1b1b;background:#fff}
main{max-width:42rem;margin:0 auto;overflow-wrap:anywhere}
h1{font-size:clamp(1.15rem,5.5vw,1.5rem);line-height:1.25;margin:0 0 1rem}
h2{font-size:1.2rem;margin:2rem 0 .25rem;border-top:1px solid #767676;padding-top:1rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
h3.bradska{border-left:.4rem solid #a3123a;padding-left:.6rem}
p{margin:.25rem 0}
ul{margin:.5rem 0;padding-left:1.25rem}
li{margin:.4rem 0}
a{color:#0b4f9e}
footer{margin-top:2rem;border-top:1px solid #767676;padding-top:1rem;font-size:.9rem}
@media (prefers-color-scheme:dark){body{color:#f2f2f2;background:#161616}a{color:#9ecbff}h3.bradska{border-color:#ff8fab}}
"""


def as_text(letter: Letter) -> str:
    """The letter as plain text: lines that mail readers break as they like."""
    lines = [clean(letter.subject), ""]
    for one in letter.lead:
        lines += [clean(one), ""]
    for part in letter.parts:
        heading = clean(part.heading)
        lines += ["", heading, "-" * len(heading)]
        if part.link is not None:
            lines.append(_linked(part.link))
        for group in part.groups:
            lines += ["", f"* {clean(group.heading)}", *(f"  {clean(note)}" for note in group.notes)]
            for point in group.points:
                lines.append(f"  - {clean(point.text)}")
                if point.link is not None:
                    lines.append(f"    {_linked(point.link)}")
    lines += ["", "", *(clean(one) for one in letter.foot)]
    return "\n".join(lines) + "\n"


def as_html(letter: Letter) -> str:
    """The letter as a whole HTML document: headings, lists and links, legible in light and dark."""
    root, body = page(letter.subject, _STYLE)
    main = add(body, "main")
    add(main, "h1", letter.subject)
    for one in letter.lead:
        add(main, "p", one)
    for part in letter.parts:
        section = add(main, "section")
        add(section, "h2", part.heading)
        if part.link is not None:
            _link(add(section, "p"), part.link)
        for group in part.groups:
            heading = add(section, "h3", group.heading)
            if group.urgent:
                heading.set("class", "bradska")
            for note in group.notes:
                add(section, "p", note)
            if group.points:
                _points(add(section, "ul"), group.points)
    footer = add(body, "footer")
    footer.set("style", "max-width:42rem;margin-left:auto;margin-right:auto")
    for one in letter.foot:
        add(footer, "p", one)
    return serialised(root).decode("utf-8")


def _points(above: etree._Element, points: tuple[Point, ...]) -> None:
    for one in points:
        item = add(above, "li")
        add(item, "span", one.text)
        if one.link is not None:
            add(item, "br")
            _link(item, one.link)


def _link(above: etree._Element, link: Link) -> None:
    add(above, "a", link.words, href=link.address)


def _linked(link: Link) -> str:
    return f"{clean(link.words)}: {clean(link.address)}"

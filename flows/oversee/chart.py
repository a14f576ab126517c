"""A year's coverage as a small SVG chart: a square per night, told apart by form as well as by colour.

Digg's demands on accessible documents: a title and a description that say the same as the picture, no meaning by
colour alone, contrast of at least 3:1 against the background.
"""

from __future__ import annotations

from lxml import etree

from flows.oversee.coverage import MONTHS, Standing, Year, year_json

_SVG = "http://www.w3.org/2000/svg"
_SIDE, _STEP, _LEFT, _TOP = 12, 15, 48, 40
_WORDS: dict[Standing, str] = {
    "complete": "hela natten hämtad",
    "partial": "delvis hämtad",
    "none": "ingen hämtning",
    "outside": "före första hämtningen eller ännu inte varit",
}


def chart(year: Year) -> bytes:
    """The chart as an SVG document in UTF-8."""
    width, height = _LEFT + 31 * _STEP + 12, _TOP + 12 * _STEP + 46
    svg = etree.Element(
        f"{{{_SVG}}}svg",
        nsmap={None: _SVG},  # type: ignore[dict-item] # None is the default namespace; the stubs know no None
        attrib={
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
            "aria-labelledby": "titel beskrivning",
            "lang": "sv",
            "font-family": "sans-serif",
            "font-size": "10",
        },
    )
    counted = year_json(year)["nights"]
    _text(svg, "title", f"Täckning för kontot {year.account}, {year.year}", id="titel")
    _text(
        svg,
        "desc",
        f"{counted['complete']} nätter hämtades helt, {counted['partial']} delvis, {counted['none']} inte alls.",
        id="beskrivning",
    )
    _element(svg, "rect", width=width, height=height, fill="#ffffff")
    _text(svg, "text", f"{year.account} {year.year}", x=_LEFT, y=16, **{"font-size": "13", "font-weight": "bold"})
    for day in (1, 5, 10, 15, 20, 25, 31):
        middle = _LEFT + (day - 1) * _STEP + _SIDE / 2
        _text(svg, "text", str(day), x=middle, y=_TOP - 5, **{"text-anchor": "middle"})
    for number, nights in year.months():
        y = _TOP + (number - 1) * _STEP
        _text(svg, "text", MONTHS[number - 1], x=6, y=y + 10)
        for night in nights:
            reasons = ", ".join(sorted({code for code, _ in night.missing}))
            shown = f"{night.day.isoformat()}: {_WORDS[night.standing]}" + (f" ({reasons})" if reasons else "")
            _square(svg, night.standing, _LEFT + (night.day.day - 1) * _STEP, y, shown)
    x, y = _LEFT, _TOP + 12 * _STEP + 14
    for standing in ("complete", "partial", "none"):
        _square(svg, standing, x, y, "")
        _text(svg, "text", f"{_WORDS[standing]} ({counted[standing]})", x=x + 17, y=y + 10)
        x += 150
    return etree.tostring(svg, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _square(svg: etree._Element, standing: Standing, x: float, y: float, shown: str) -> None:
    group = _element(svg, "g")
    if shown:
        _text(group, "title", shown)
    if standing == "outside":
        _element(group, "rect", x=x + 5, y=y + 5, width=2, height=2, fill="#949494")
        return
    fill = {"complete": "#0b6b3a", "partial": "#ffffff", "none": "#ffffff"}[standing]
    edge = {"complete": "#0b6b3a", "partial": "#8a5a00", "none": "#a3123a"}[standing]
    _element(group, "rect", x=x + 0.5, y=y + 0.5, width=_SIDE - 1, height=_SIDE - 1, fill=fill, stroke=edge)
    if standing == "partial":
        points = f"{x + 1},{y + _SIDE - 1} {x + _SIDE - 1},{y + 1} {x + _SIDE - 1},{y + _SIDE - 1}"
        _element(group, "polygon", points=points, fill=edge)
    if standing == "none":
        _element(group, "path", d=f"M{x + 3} {y + 3}l6 6m0 -6l-6 6", stroke=edge, **{"stroke-width": "1.5"})


def _element(parent: etree._Element, name: str, **attributes: str | float) -> etree._Element:
    values = {key: f"{value:g}" if isinstance(value, int | float) else value for key, value in attributes.items()}
    return etree.SubElement(parent, f"{{{_SVG}}}{name}", attrib=values)


def _text(parent: etree._Element, name: str, text: str, **attributes: str | float) -> None:
    _element(parent, name, **attributes).text = text

"""Small bar charts as SVG within a page: told apart by form and words as well as by shade, and said in words beside. Pure.

Each has a title and a description for who does not see it, and the page has a table of the same numbers. Colours are the
page's own (``currentColor`` and the variables ``--fill`` and ``--ground``), so that they hold in light, dark and print.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from lxml import etree

from flows.oversee.letters.markup import add, clean
from flows.oversee.letters.numbers import whole

Form = Literal["solid", "hatched", "hollow"]
_WIDTH: Final = 360
_BAR: Final = 16
_STEP: Final = 46
_KEY: Final = 22
_MOST: Final = 12
"""Bars that a chart has; the table has the others too."""
_LABEL: Final = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line of a chart: its name, and a number for each of the chart's kinds."""

    label: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart.

    Attributes:
        id: told apart from the page's others. title, description: what it shows, and what is seen in it.
        kinds: name and form of each part of a bar. bars: in order.
    """

    id: str
    title: str
    description: str
    kinds: tuple[tuple[str, Form], ...]
    bars: tuple[Bar, ...]


def draw(above: etree._Element, chart: Chart) -> None:
    """Put the chart into the page; nothing when all its numbers are 0."""
    bars = [one for one in chart.bars if sum(one.values)]
    shown = bars[:_MOST]
    if not shown:
        return
    top = 6 + _KEY * len(chart.kinds)
    height = top + _STEP * len(shown) + 4
    svg = add(
        above,
        "svg",
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_labelledby=f"{chart.id}-t {chart.id}-b",
        class_="diagram",
    )
    add(svg, "title", chart.title, id=f"{chart.id}-t")
    more = f" De {_MOST} första visas; tabellen har alla." if len(bars) > _MOST else ""
    add(svg, "desc", chart.description + more, id=f"{chart.id}-b")
    _hatching(svg, chart.id)
    for number, (name, form) in enumerate(chart.kinds):
        y = 4 + number * _KEY
        _box(svg, form, chart.id, 1, y, 14)
        add(svg, "text", name, x="22", y=str(y + 13))
    largest = max(sum(one.values) for one in shown)
    for number, one in enumerate(shown):
        _bar(svg, chart, one, top + number * _STEP, largest)


def _bar(svg: etree._Element, chart: Chart, one: Bar, y: int, largest: int) -> None:
    label = clean(one.label)
    add(svg, "text", label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…", x="0", y=str(y + 15))
    x = 1.0
    for (_, form), value in zip(chart.kinds, one.values, strict=True):
        if value:
            width = max(3.0, (_WIDTH - 60) * value / largest)
            _box(svg, form, chart.id, x, y + 21, width)
            x += width
    said = " + ".join(whole(value) for value in one.values) if len(one.values) > 1 else whole(one.values[0])
    wide = len(said) * 9
    # Beside the bar where there is room, else at the line's end above it.
    near = x + 6 + wide <= _WIDTH
    place = (
        {"x": f"{x + 6:g}", "y": str(y + 34)} if near else {"x": str(_WIDTH), "y": str(y + 15), "text_anchor": "end"}
    )
    add(svg, "text", said, **place)


def _box(svg: etree._Element, form: Form, chart: str, x: float, y: float, width: float) -> None:
    fill = {"solid": "var(--fill)", "hatched": f"url(#{chart}-s)", "hollow": "var(--ground)"}[form]
    box = add(svg, "rect", x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=str(_BAR))
    box.set("style", f"fill:{fill};stroke:var(--fill);stroke-width:1.5")


def _hatching(svg: etree._Element, chart: str) -> None:
    pattern = add(
        add(svg, "defs"),
        "pattern",
        id=f"{chart}-s",
        width="6",
        height="6",
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    add(pattern, "rect", width="6", height="6").set("style", "fill:var(--ground)")
    add(pattern, "rect", width="3", height="6").set("style", "fill:var(--fill)")

"""The command ``demo``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from connectors.home import open_home
from flows import exits
from flows.demo import culling, delivering, depositing, overseeing, requesting
from flows.demo.act import Story, item_of, play, years
from flows.demo.culling import play_culling
from flows.demo.delivering import play_delivery
from flows.demo.depositing import play_deposit
from flows.demo.overseeing import play_duties
from flows.demo.requesting import play_request
from flows.plan.command import explain_command

EXPLAINED = ("alvsjobro", "alv-p003-c01")
"""The item that the demonstration explains."""

_WORTH_TELLING = 8


class _Step(Protocol):
    def __call__(self, done: int, count: int, note: str, /) -> None: ...


def register(verbs: Any) -> None:
    """Add ``demo`` to the command line."""
    one = verbs.add_parser("demo", help="spela upp en påhittad kommuns nätter, utan nät")
    one.set_defaults(alone=_demo)


def _demo(args: argparse.Namespace) -> int:
    home_path = Path(args.home or "demo-home")
    with _bar() as step:
        story = play(home_path, progress=step)
    print(_told(story))
    with open_home(home_path, at=story.last) as home:
        item = item_of(home, *EXPLAINED)
        print(f"\nVarför behålls eller gallras {item}?\n")
        explain_command(home.ground, item, language="sv", as_json=False)
    print()
    for line in culling.told(play_culling(home_path, story.last, story.persons)):
        print(line)
    print()
    for line in delivering.told(play_delivery(home_path, story.last, story.persons)):
        print(line)
    print()
    for line in depositing.told(play_deposit(home_path, story.last, story.persons)):
        print(line)
    print()
    for line in requesting.told(play_request(home_path, story.last, story.persons)):
        print(line)
    print()
    for line in overseeing.told(play_duties(home_path, story.last, story.persons)):
        print(line)
    print(_further(story, item))
    return exits.DONE


@contextmanager
def _bar() -> Iterator[_Step]:
    from rich.console import Console  # noqa: PLC0415 - only the demonstration draws a bar
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - as above

    if not sys.stderr.isatty():

        def quiet(done: int, count: int, _note: str, /) -> None:
            if done % 10 == 0:
                print(f"natt {done} av {count}", file=sys.stderr, flush=True)

        yield quiet
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def step(done: int, count: int, note: str, /) -> None:
            bar.update(task, completed=done, total=count, description=note)

        yield step


def _told(story: Story) -> str:
    lines = [
        "Älvsjöbro kommun är påhittad. Spelade nätter, år för år:",
        "",
        "år     nätter  nya  ändrade  dolda  borta  misslyckade  ofullständiga │ i tur  att avgöra  behålls",
    ]
    lines.extend(
        f"{year}   {one.nights:>6} {one.new:>4} {one.edited:>8} {one.hidden:>6} {one.gone:>6} {one.failed:>12} "
        f"{one.incomplete:>14} │ {one.cull:>5} {one.ask:>11} {one.keep:>8}"
        for year, one in years(story)
    )
    lines += ["", "Några nätter då något hände:"]
    eventful = [
        played
        for played in story.notable
        if any(tally.edited or tally.hidden or tally.gone or tally.failed for tally in played.night.tallies)
    ]
    for played in eventful[:_WORTH_TELLING]:
        edited, hidden, gone, failed = (
            sum(getattr(tally, name) for tally in played.night.tallies)
            for name in ("edited", "hidden", "gone", "failed")
        )
        lines.append(
            f"  {played.at.date()}  {played.note}: {edited} ändrade, {hidden} dolda, {gone} borta, {failed} misslyckade"
        )
    return "\n".join(lines)


def _further(story: Story, item: str) -> str:
    home = story.home
    at = story.last.isoformat()
    return "\n".join(
        [
            "",
            "Fråga vidare i samma arkiv:",
            f"  .venv/bin/bevara --home {home} search vatten",
            f"  .venv/bin/bevara --home {home} explain {item} --lang en",
            f"  .venv/bin/bevara --home {home} --at {at} cull propose",
            f"  .venv/bin/bevara --home {home} plan show",
            f"  .venv/bin/bevara --home {home} verify --deep",
        ]
    )

"""The command line: ``bevara``. Verbs are the folders beside this file; each adds its own commands.

Exit codes: ``flows.exits``. Errors that a person can mend are one line on standard error with place and remedy.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from connectors import settings
from connectors.home import init_home, open_home, read_only
from connectors.state import StateError
from flows import exits
from flows.archive import command as archive_command
from flows.cull import command as cull_command
from flows.demo import command as demo_command
from flows.deposit import command as deposit_command
from flows.disclose import command as disclose_command
from flows.harvest import command as harvest_command
from flows.harvest.intake import command as import_command
from flows.harvest.refresh import refresh
from flows.keep.recover import recover
from flows.morning import command as morning_command
from flows.nightly import command as nightly_command
from flows.oversee import command as oversee_command
from flows.plan import command as plan_command
from flows.register import command as register_command
from flows.restore import command as restore_command
from flows.verify import command as verify_command
from schemas.books import LeaseLostError, LeaseTakenError
from schemas.ids import utc
from schemas.refusal import GuardError, PersonNeededError, RefusedError, UnreachableError

VERBS = (
    oversee_command,
    harvest_command,
    import_command,
    nightly_command,
    morning_command,
    plan_command,
    cull_command,
    disclose_command,
    archive_command,
    register_command,
    deposit_command,
    verify_command,
    restore_command,
)


def _instant(text: str) -> datetime:
    try:
        return utc(datetime.fromisoformat(text), "--at")
    except ValueError as error:
        reason = error.remedy if isinstance(error, RefusedError) else "write it like 2026-01-31T02:00:00Z"
        raise argparse.ArgumentTypeError(f"{text!r}: {reason}") from None


def _options(parser: argparse.ArgumentParser, *, top: bool) -> None:
    # Options may stand before or after the verb; after the verb they must not undo what stood before it.
    missing = None if top else argparse.SUPPRESS
    parser.add_argument("--home", type=Path, default=missing, help="arkivets mapp (annars BEVARA_HOME)")
    parser.add_argument("--at", type=_instant, default=missing, metavar="INSTANT", help="öva vid denna tidpunkt")
    parser.add_argument("--json", action="store_true", default=False if top else argparse.SUPPRESS)


class _Verb(argparse.ArgumentParser):
    """A verb's parser: takes the common options too, and its own verbs are of the same class."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # argparse's own signature
        _options(self, top=False)


def build_parser() -> argparse.ArgumentParser:
    """The parser with all verbs."""
    parser = argparse.ArgumentParser(
        prog="bevara",
        description="Kommunens sociala medier: från plattformen till arkivet, eller till laglig gallring.",
    )
    _options(parser, top=True)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=_Verb)
    one = verbs.add_parser("init", help="gör en ny arkivmapp")
    one.add_argument("home_to_make", type=Path, metavar="HOME")
    one.add_argument("--rehearsal", action="store_true", help="en övningsmapp där nätter kan spelas med --at")
    one.add_argument("--seed", default="", help="frö för övningsmappens slumpbitar")
    one.add_argument("--key-file", type=Path, help="var nyckeln till tabellen över plattforms-id ska ligga")
    one.set_defaults(alone=_init)
    one = verbs.add_parser("serve", help="starta den lokala Prefect-servern med nattens schema")
    one.add_argument("--port", type=int, default=4200)
    one.set_defaults(alone=_serve)
    demo_command.register(verbs)
    for verb in VERBS:
        verb.register(verbs)
    return parser


def _init(args: argparse.Namespace) -> int:
    if args.seed and not args.rehearsal:
        raise RefusedError("--seed", args.seed, "only a rehearsal home may have a seed; add --rehearsal")
    init_home(args.home_to_make, rehearsal=args.rehearsal, seed=args.seed, key_file=args.key_file)
    kind = "Övningsmappen" if args.rehearsal else "Arkivmappen"
    print(f"{kind} {args.home_to_make} är klar. Förvara nyckelfilen skild från säkerhetskopior av mappen.")
    return exits.DONE


def _serve(args: argparse.Namespace) -> int:
    from flows.nightly.serve import serve  # noqa: PLC0415 - Prefect takes a second to load

    return serve(home_path(args), args.port)


def _read_package(args: argparse.Namespace) -> int:
    """Commands that look at a package file or folder need no home; with one, its settings name the schemas' folder."""
    from connectors.packages import open_package  # noqa: PLC0415 - only these commands need it

    named = args.home or settings.home_from_environment()
    folder = settings.read_settings(Path(named)).schemas_dir if named else settings.schemas_folder(None, Path())
    with open_package(args.path, lone=getattr(args, "reads_lone_file", False)) as package:
        answer: int = args.reads_package(package, args.schemas or folder, args)
        return answer


def home_path(args: argparse.Namespace) -> Path:
    """The home that ``--home`` or ``BEVARA_HOME`` names."""
    named = args.home or settings.home_from_environment()
    if not named:
        raise RefusedError("--home", "", "name the home by --home or BEVARA_HOME; make one with 'bevara init HOME'")
    return Path(named)


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """A progress line on a terminal, silence elsewhere. Shows account names and counts only."""
    if not sys.stderr.isatty():
        yield lambda _name, _count: None
        return
    from rich.console import Console  # noqa: PLC0415 - only on a terminal
    from rich.progress import Progress, SpinnerColumn, TextColumn  # noqa: PLC0415 - only on a terminal

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description} {task.completed:.0f}"),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        tasks: dict[str, int] = {}

        def step(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=None)
            bar.advance(tasks[name], count)  # type: ignore[arg-type] # rich's TaskID is an int

        yield step


def run(arguments: Sequence[str] | None = None) -> int:
    """Parse and run one command; returns the exit code."""
    args = build_parser().parse_args(arguments)
    if "alone" in args:
        alone: Callable[[argparse.Namespace], int] = args.alone
        return alone(args)
    if "reads_package" in args:
        return _read_package(args)
    restores, away = getattr(args, "restores", False), getattr(args, "without_second", False)
    opened = open_home(home_path(args), at=args.at, restore=restores, without_second=away)
    with opened as home, _progress() as progress:
        args.progress = progress
        # A restore adds the links it lacks before anything else may add one, and then recovers by itself.
        if getattr(args, "writes", False) and not restores:
            ground = home.ground
            recover(ground.state, ground.store, ground.clock.now(), ground.mirrors)
        # A command that does not say that it writes gets a store that cannot be written to.
        handed = home if getattr(args, "writes", False) else read_only(home)
        args.refresh = partial(refresh, handed)
        answer: int = args.run(handed, args)
        return answer


def main() -> None:
    """Entry point: turn errors into one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # JSON is UTF-8 whatever the terminal's language is; a lone surrogate is shown, never a crash.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = run()
    except BrokenPipeError:
        # The reader of our output has gone (for example `| head`); that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = exits.DONE
    except tuple(kind for kind, _, _ in _ERRORS) as error:
        code = _told(error)
    except KeyboardInterrupt:
        code = _fail("avbruten; nästa körning tar vid", 130)
    sys.exit(code)


_ERRORS: tuple[tuple[type[Exception], int, str], ...] = (
    (RefusedError, exits.USAGE, ""),
    (GuardError, exits.REFUSED, ""),
    (LeaseTakenError, exits.REFUSED, "wait until the other run has ended"),
    (LeaseLostError, exits.REFUSED, "another run has taken over; run again"),
    (PersonNeededError, exits.PERSON, ""),
    (UnreachableError, exits.UNREACHABLE, ""),
    (StateError, exits.UNREACHABLE, "check disk space and the state database"),
    (OSError, exits.UNREACHABLE, "check disk space and permissions"),
)
"""Errors that a person can mend, the exit code each leads to, and a remedy where the error has none itself."""


def _told(error: Exception) -> int:
    code, remedy = next((code, remedy) for kind, code, remedy in _ERRORS if isinstance(error, kind))
    # An operating system's own text may hold a path; its reason alone says enough.
    text = (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
    return _fail(f"{text}; {remedy}" if remedy else text, code)


def _fail(text: str, code: int) -> int:
    print(f"bevara: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()

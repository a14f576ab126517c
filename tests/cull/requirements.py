"""Which test shows each requirement of culling: read from ``requirements.toml``, written to the runbooks.

``python -m tests.cull.requirements`` writes ``infra/runbooks/requirements.md`` anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("requirements.toml")
DOCUMENT = ROOT / "infra" / "runbooks" / "requirements.md"

_HEAD = """# Requirements of culling and the tests that show them

Made by `python -m tests.cull.requirements`; a test fails when it is not what the table says, when a requirement has no
test, or when a test is not there.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement: its id, what is asked in short, how it is met, and tests (``file::function[case]``)."""

    id: str
    text: str
    how: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A run of requirements under one heading."""

    title: str
    requirements: tuple[Requirement, ...]


def read() -> tuple[Part, ...]:
    """The table, in its order. Raises KeyError when an id between the first and the last of a part is missing."""
    values = tomllib.loads(SOURCE.read_text("utf-8"))
    return tuple(
        Part(
            title=one["title"], requirements=tuple(_one(name, values[name]) for name in ids(one["first"], one["last"]))
        )
        for one in values["part"]
    )


def ids(first: str, last: str) -> Iterator[str]:
    """Every id from the first to the last: a letter and a number, written as the first one is."""
    width = len(first) - 1
    for number in range(int(first[1:]), int(last[1:]) + 1):
        yield f"{first[0]}{number:0{width}d}"


def _one(name: str, values: dict[str, object]) -> Requirement:
    tests = values["tests"]
    assert isinstance(tests, list)
    return Requirement(id=name, text=str(values["text"]), how=str(values["how"]), tests=tuple(map(str, tests)))


def render(parts: tuple[Part, ...]) -> str:
    """The document."""
    lines = [_HEAD]
    for part in parts:
        lines += [f"## {part.title}", "", "| id | asked | how it is met | tests |", "| --- | --- | --- | --- |"]
        for one in part.requirements:
            tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in one.tests)
            lines.append(f"| {one.id} | {one.text} | {one.how} | {tests} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    DOCUMENT.write_text(render(read()), "utf-8")

"""What X refuses of a request: which parameters and values its problem names, and what is asked for instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.platforms.x import fields
from connectors.platforms.x.values import rows

_WORD = re.compile(r"[\w.]+")
_QUOTED = re.compile(r"[\[`'\"]([\w.,]+)[\]`'\"]")
_NESTED = "expansions"


class Problem:
    """A refusal as X words it. What X knows instead, which it lists after ``is not one of``, is not named by it.

    Args:
        body: of the answer.
    """

    def __init__(self, body: Any) -> None:
        self._keys: set[str] = set()
        self._listed: dict[str, set[str]] = {}
        texts: list[str] = []
        for one in (body, *rows(body.get("errors"))) if isinstance(body, Mapping) else ():
            parameters = one.get("parameters")
            for name, values in parameters.items() if isinstance(parameters, Mapping) else ():
                self._keys.add(str(name))
                written = values if isinstance(values, list) else [values]
                self._listed.setdefault(str(name), set()).update(
                    part for value in written for part in str(value).split(",")
                )
            if isinstance(one.get("parameter"), str):
                self._keys.add(one["parameter"])
            texts += [str(one[name]) for name in ("message", "detail") if isinstance(one.get(name), str)]
        told = [text.partition(" is not one of ")[0] for text in texts]
        self._words = {word.strip(".") for text in told for word in _WORD.findall(text)}
        self._quoted = {part for text in told for found in _QUOTED.findall(text) for part in found.split(",")}

    def parameters(self, sent: Mapping[str, str | int]) -> set[str]:
        """Parameters of the request that are named."""
        return {name for name in sent if name in self._keys or self._says(name)}

    def values(self, name: str, sent: str) -> set[str]:
        """Values of a parameter that are named; empty where all are, which tells nothing."""
        asked = set(sent.split(","))
        said = {one for one in asked if self._says(one)}
        listed = asked & self._listed.get(name, set())
        return said or (listed if listed != asked else set())

    def _says(self, name: str) -> bool:
        """An ordinary word is meant as a name only between brackets or quotation marks."""
        return name in self._quoted or (name in self._words and (not name.isalpha() or name == _NESTED))


class Shape:
    """What is asked for at one endpoint, after what X refused there.

    Attributes:
        lacking: fields and expansions that are not asked for any more.
    """

    def __init__(self) -> None:
        """Nothing was refused yet."""
        self._refused: set[tuple[str, str]] = set()
        self.lacking: set[str] = set()

    def kept(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """The parameters as they are sent."""
        kept: dict[str, str] = {}
        for name, value in wanted.items():
            values = dict.fromkeys(one for each in value.split(",") if (one := self._instead(name, each)))
            if values:
                kept[name] = ",".join(values)
        return kept

    def renamed(self, problem: Problem, sent: Mapping[str, str | int]) -> bool:
        """Ask for what is refused by its other name, if X names it and it has one."""
        named = problem.values(_NESTED, str(sent.get(_NESTED, "")))
        return self._refuse(_NESTED, {one for one in named if one in fields.INSTEAD})

    def mended(self, problem: Problem, sent: Mapping[str, str | int], spelled: tuple[str, ...]) -> bool:
        """Ask for less: without the values that X names, else without expansions; False = nothing is left to change.

        Args:
            problem: X's. sent: the request's parameters. spelled: those that say what is shown.
        """
        shown = {name: str(sent[name]) for name in spelled if name in sent}
        values = {name: problem.values(name, written) for name, written in shown.items()}
        if any(values.values()):
            return self._refuse_all(values)
        named = problem.parameters(shown)
        if _NESTED in shown and (_NESTED in named or not named):
            asked = set(shown[_NESTED].split(","))
            return self._refuse(_NESTED, asked & set(fields.INSTEAD) or asked)
        lesser = [name for name in named if name not in fields.NAMES]
        return self._refuse_all({name: set(shown[name].split(",")) for name in lesser})

    def _instead(self, name: str, value: str) -> str:
        while (name, value) in self._refused:
            value = fields.INSTEAD.get(value, "") if name == _NESTED else ""
        return value

    def _refuse_all(self, values: Mapping[str, set[str]]) -> bool:
        for name, found in values.items():
            self._refuse(name, found)
        return any(values.values())

    def _refuse(self, name: str, values: set[str]) -> bool:
        self._refused.update((name, one) for one in values)
        self.lacking.update(one for one in values if name != _NESTED or one not in fields.INSTEAD)
        return bool(values)

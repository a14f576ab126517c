"""Two editions of a plan for the canary: the first preserves everything, the second lets half of it go."""

from __future__ import annotations

from tests.canary.world import AUTHORITY, SECOND_AUTHORITY

TIMED = ("mention", "story", "message")
"""Kinds that go by time unless they are marked *urval*; all others go when they are marked *inaktuell*."""

_HEAD = """
id = "kanarie"
title = "Plan för provet"
edition = "{edition}"
authorities = ["{first}", "{second}"]
valid_from = 2023-01-01
[mandate]
body = "Kommunstyrelsen"
date = 2022-12-01
paragraph = "§ 1"
dnr = "KS 2022/1"
"""

_FIRST = """
[[rule]]
id = "allt"
type = "Allt bevaras"
action = "bevara"
reach = "item"
"""

_SECOND = """
[[rule]]
id = "inaktuell"
type = "Handling som inte längre behövs"
action = "gallra"
trigger = "inaktuell"
registration = "no"
match = {{ kind = {{ not = [{timed}] }}, marks = {{ required = ["inaktuell"] }} }}
[[rule]]
id = "ovrigt"
type = "Övriga handlingar"
action = "bevara"
reach = "item"
match = {{ kind = {{ not = [{timed}] }}, marks = {{ forbidden = ["inaktuell"] }} }}
[[rule]]
id = "korttid"
type = "Händelser, omnämnanden och meddelanden"
action = "gallra"
period = "2 år"
trigger = "published"
registration = "no"
match = {{ kind = [{timed}], marks = {{ forbidden = ["urval"] }} }}
[[rule]]
id = "urval"
type = "Urval av händelser, omnämnanden och meddelanden"
action = "bevara"
reach = "item"
match = {{ kind = [{timed}], marks = {{ required = ["urval"] }} }}
"""


def first_plan() -> str:
    """Everything is preserved."""
    return _HEAD.format(edition="1", first=AUTHORITY, second=SECOND_AUTHORITY) + _FIRST


def second_plan() -> str:
    """What is marked *inaktuell*, and what is short-lived and not marked *urval*, goes."""
    timed = ", ".join(f'"{kind}"' for kind in TIMED)
    return _HEAD.format(edition="2", first=AUTHORITY, second=SECOND_AUTHORITY) + _SECOND.format(timed=timed)

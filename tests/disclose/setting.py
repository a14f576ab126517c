"""Where the requests' test archive lies: accounts, persons, plan and settings."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.cull.archive import ACCOUNT, AUTHORITY

DELEGATE = "Disa Delegat"
"""Handläggare with a whole delegation (body, day, paragraph): may decide in writing."""
COLLEAGUE = "Karl Kollega"
"""Kommunikatör: another officer on the same requests."""
CLERK = "Rut Registrator"
"""Registrator with half a delegation (no paragraph): may not decide in writing."""
NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
"""A Thursday, 10 o'clock in Sweden."""
PAGE, CHANNEL, SCHOOL = "sidan", "kanalen", "skolan"
SCHOOL_SLUG = "barn-utbildning"
ACCOUNTS: dict[str, tuple[str, str]] = {
    ACCOUNT: ("mastodon", AUTHORITY),
    PAGE: ("facebook", AUTHORITY),
    CHANNEL: ("youtube", AUTHORITY),
    SCHOOL: ("facebook", SCHOOL_SLUG),
}
"""Account → platform and authority."""
PLAN = """
id = "provplan"
title = "Plan för provet"
edition = "{edition}"
authorities = ["arvika-ks", "barn-utbildning"]
valid_from = 2025-01-01
[mandate]
body = "Kommunstyrelsen"
date = 2024-12-03
paragraph = "§ 201"
dnr = "KS 2024/99"

[[rule]]
id = "inlagg"
type = "Inlägg och kommentarer"
action = "gallra"
period = "2 år"
trigger = "published"
legal = "Gallringsbeslut KS 2024/99"
registration = "no"
match = {{ kind = ["post", "reply", "story", "comment", "visitor_post", "mention", "message"] }}

[[rule]]
id = "maskad"
type = "Maskad kopia"
action = "gallra"
period = "2 år"
trigger = "published"
legal = "Gallringsbeslut KS 2024/99"
registration = "no"
match = {{ kind = ["answer"] }}

[[rule]]
id = "ovrigt"
type = "Övriga handlingar"
action = "bevara"
reach = "item"
match = {{ kind = {{ not = ["post", "reply", "story", "comment", "visitor_post", "mention", "message", "answer"] }} }}
"""
OFFICE = ("Arvika kommun", "671 81 Arvika", "arvika.kommun@arvika.example", "0570-816 00")
SETTINGS = """[organisation]
name = "Arvika kommun"
code = "ORG:212000-1892"
[organisation.authorities]
arvika-ks = "Arvika kommunstyrelse"
barn-utbildning = "Barn- och utbildningsnämnden"
"""
MAIL = """
[disclosure.mail]
host = "{host}"
port = {port}
sender = "begaran@arvika.example"
security = "none"
"""
"""Settings that send answers to the test's SMTP server."""

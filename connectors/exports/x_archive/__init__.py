"""``x_archive``: the archive that X gives an account's owner («Your archive», a zip).

Taken: ``data/tweets.js`` and its parts (before 2022 ``tweet.js``), ``community-tweet.js``, ``deleted-tweets.js``
(what the account deleted in the last weeks), the long texts in ``note-tweet.js``, the files in ``tweets_media`` and
its like, and, where the account file asks for messages, ``direct-messages*.js``. Left: everything about the person
behind the account (log-ins, advertising, likes, followers); how many such files there are is told (I110).

What it lacks: other people's posts and answers, what a repost is of (only whose, and the beginning of its text, which
is another's and is not kept), conversation ids, alt texts, who hid an answer. The JSON of one and the same post
differs between archives; a few posts have years that cannot be, and their id tells the time instead. An edit chain is
one item, known by its first id as in ``connectors.platforms.x``.
"""

from __future__ import annotations

from connectors.exports.x_archive.fields import IGNORED, NAME, PLATFORMS, VOLATILE
from connectors.exports.x_archive.files import owner, read, recognise
from connectors.exports.x_archive.parsing import parse

__all__ = ["IGNORED", "NAME", "PLATFORMS", "VOLATILE", "owner", "parse", "read", "recognise"]

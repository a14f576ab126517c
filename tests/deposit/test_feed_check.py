"""The feed to KB as it is written, read back by an independent parser, and the rules that a wrong one breaks."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest

from flows.deposit.feed_check import PROFILE, check_feed
from flows.keep.check.report import Checked
from schemas.calendar import local_day
from schemas.codes import sentence
from schemas.codes.kb_feed import RULES
from schemas.deposit import Resource
from schemas.refusal import RefusedError
from schemas.xml.kb_feed import DCTERMS, MEDIA, Channel, files_of, link_of, own, social, uri, write
from tests.deposit.resources import PUBLICATION, resource

CHANNEL = Channel(
    title="E-plikt, Arvika kommun", address="https://www.arvika.se/e-plikt.xml", description="Filmer till KB"
)
BUILT = datetime(2026, 1, 14, 3, tzinfo=UTC)


def feed(*resources: Resource) -> bytes:
    """A feed of these, or of one film."""
    return write(CHANNEL, resources or (resource(),), BUILT)


def codes(checked: Checked, *severities: str) -> set[str]:
    """Codes found, of these severities or of any."""
    return {one.code for one in checked.findings if not severities or one.severity in severities}


def read(data: bytes) -> Any:
    """As feedparser reads it, which must have nothing to say against its form."""
    found = feedparser.parse(data)
    assert not found.bozo
    return found


# -- what is written


def test_a_feed_of_ours_has_no_remarks() -> None:
    """Two films with page, file, captions and relations pass the check without a single finding."""
    data = feed(resource(2, related=("https://media.arvika.se/film/2.vtt", "https://www.arvika.se/sopor")), resource(1))
    checked = check_feed(data)
    assert (checked.profile, checked.valid, checked.findings) == (PROFILE, True, ())


def test_feedparser_reads_every_item_and_namespace() -> None:
    """Identity, title, link, dates, Dublin Core and files come back as they were given."""
    found = read(feed(resource(2, related=("https://media.arvika.se/film/2.vtt",)), resource(1, page="")))
    assert found.version == "rss20"
    assert found.encoding == "utf-8"
    assert {DCTERMS, MEDIA} <= set(found.namespaces.values())
    assert (found.feed.title, found.feed.language) == ("E-plikt, Arvika kommun", "sv")
    assert found.feed.updated_parsed[:6] == (2026, 1, 14, 3, 0, 0)
    first, second = found.entries
    assert (first.id, first.guidislink, first.title) == ("bevara-film-2", False, "Så sorterar du, del 2")
    assert first.link == "https://www.arvika.se/film/2"
    assert first.published_parsed[:6] == (2026, 1, 12, 10, 0, 30)
    assert (first.dcterms_format, first.dcterms_accessrights) == ("text/html", "gratis")
    assert first.dcterms_publisher == "http://id.kb.se/organisations/SE2120001892"
    assert first.dcterms_creator == "Arvika kommun"
    assert first.dcterms_license == "https://creativecommons.org/licenses/by/4.0/"
    assert first.description.splitlines() == ["Om sopor & annat.", "Andra raden."]
    assert [(one["url"], one["type"]) for one in first.media_content] == [
        ("https://media.arvika.se/film/2.mp4", "video/mp4"),
        ("https://media.arvika.se/film/2.vtt", "text/vtt"),
    ]
    assert second.link == "https://media.arvika.se/film/1.mp4"
    assert second.dcterms_format == "video/mp4"
    assert "media_content" not in second, "the file is the link itself"


def test_the_same_films_give_the_same_bytes() -> None:
    """Nothing of a clock or of chance is in the feed."""
    assert feed(resource(1), resource(2)) == feed(resource(1), resource(2))


def test_an_empty_feed_is_valid() -> None:
    """A feed without films passes; that it is empty is told."""
    checked = check_feed(write(CHANNEL, (), None))
    assert checked.valid
    assert codes(checked) == {"RSS-EMPTY"}


@pytest.mark.parametrize(
    "available",
    [
        datetime(2024, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2024, 2, 28, 23, 30, tzinfo=UTC),
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    ],
)
def test_the_publication_date_is_the_truth_in_swedish_time(available: datetime) -> None:
    """Across the turn of the year, the leap day and both turns of the clock the date says the very instant."""
    data = feed(resource(available=available))
    (entry,) = read(data).entries
    assert parsedate_to_datetime(entry.published) == available
    assert f"{local_day(available):%d %b %Y}" in entry.published
    assert check_feed(data).valid


HOSTILE = (
    "</title><script>alert(1)</script>",
    "]]> <![CDATA[ &lt; &amp; <!DOCTYPE x [<!ENTITY a 'b'>]>",
    "nul\x00 klocka\x07 halv\ud800 \ufffe",
    "höger\u202etill\u2066vänster\u200b",
    "rad ett\r\nrad två\rrad tre\n\n",
    "\"'`&amp;&#x3c;",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    """Markup, control characters and half characters in title and text change nothing of the feed's form."""
    data = feed(resource(title=text, abstract=text, publisher=f"Arvika {text}"), resource(2))
    checked = check_feed(data)
    assert checked.valid, checked.findings
    found = read(data)
    assert [one.id for one in found.entries] == ["bevara-film-1", "bevara-film-2"]
    assert found.entries[1].title == "Så sorterar du, del 2"


SOCIAL = (
    "https://www.facebook.com/arvika/videos/1",
    "https://FACEBOOK.com./x",
    "https://m.youtube.com/watch?v=1",
    "https://youtu.be/1",
    "http://x.com/arvika/status/1",
    "https://bsky.app/profile/arvika.se/post/1",
    "https://social.arvika.se/@kommun/109876543210987654",
    "https://www.linkedin.com:443/posts/1",
    "https://instagram.com/p/1/",
)
NOT_SOCIAL = (
    "https://www.arvika.se/film",
    "https://notfacebook.com/film",
    "https://facebook.com.arvika.se/film",
    "https://www.arvika.se/facebook.com",
    "https://www.arvika.se/@kommun/film",
)


@pytest.mark.parametrize("address", SOCIAL)
def test_a_post_is_never_a_link(address: str) -> None:
    """No address of a social platform stands where KB fetches: not in the link, not among the files."""
    assert social(address)
    with pytest.raises(RefusedError):
        write(CHANNEL, [resource(page=address, file="")], BUILT)
    data = feed(resource(page=address))
    assert read(data).entries[0].link == "https://media.arvika.se/film/1.mp4"
    data = feed(resource(file=address))
    assert "media_content" not in read(data).entries[0]
    for sent, code in (
        (feed().replace(b"<link>https://www.arvika.se/film/1<", f"<link>{address}<".encode()), "RSS-LINK-SOCIAL"),
        (feed().replace(b'url="https://media.arvika.se/film/1.mp4"', f'url="{address}"'.encode()), "RSS-MEDIA-SOCIAL"),
    ):
        assert codes(check_feed(sent), "error") == {code}


@pytest.mark.parametrize("address", NOT_SOCIAL)
def test_own_pages_are_links(address: str) -> None:
    """What only looks like a platform is an address like any other."""
    assert own(address)


@pytest.mark.parametrize(
    "address",
    ["", "ftp://arvika.se/film", "javascript:alert(1)", "//arvika.se/film", "https://a:b@arvika.se/f", "https://[::1/f",
     "https://arvika.se:99999/f", "https://arvika.se/a b", "https://arvika.se/\u202ef", "https://" + "a" * 3000],
)  # fmt: skip
def test_what_is_no_web_address_is_never_a_link(address: str) -> None:
    """Other schemes, users, half addresses and hidden characters are refused."""
    assert not own(address)
    with pytest.raises(RefusedError):
        link_of(resource(page=address if address.isascii() else "", file=""))


def test_swedish_letters_in_addresses_are_written_as_the_web_wants_them() -> None:
    """A name is given its IDNA form and a path is percent-encoded, in every place."""
    assert uri("https://www.båstad.se/så?q=å#ö") == "https://www.xn--bstad-mra.se/s%C3%A5?q=%C3%A5#%C3%B6"
    data = feed(resource(page="https://www.båstad.se/så", locations=("https://www.båstad.se/så", "https://t.co/å")))
    assert read(data).entries[0].link == "https://www.xn--bstad-mra.se/s%C3%A5"
    assert check_feed(data).valid


def test_the_media_type_is_what_the_address_returns() -> None:
    """The ending of the own file's address decides, not the archive's copy; without one the format does."""
    assert link_of(resource(page="", file="https://arvika.se/f/1.WEBM?x=1.mp4")) == (
        "https://arvika.se/f/1.WEBM?x=1.mp4",
        "video/webm",
    )
    assert link_of(resource(page="", file="https://arvika.se/f/1"))[1] == "video/mp4"
    assert link_of(resource(page="", file="https://arvika.se/f/1", parts=()))[1] == "application/octet-stream"
    assert files_of(resource(parts=(PUBLICATION,)))[0][1] == "video/mp4"


def test_an_own_page_without_a_file_is_remarked() -> None:
    """A page alone brings KB no film; captions beside it do not change that."""
    data = feed(resource(file="", related=("https://media.arvika.se/1.vtt",)))
    assert codes(check_feed(data)) == {"RSS-FILE"}


# -- what the check finds

_ITEM = b"  <item>\n"
_FAULTS: list[tuple[str, bytes, bytes]] = [
    ("RSS-XML-FORM", b"</channel>", b""),
    ("RSS-XML-FORM", b"<title>E-plikt", b"<title>&eplikt;"),
    ("RSS-XML-DOCTYPE", b"?>\n<rss", b'?>\n<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<rss'),
    ("RSS-ENCODING", "Så".encode(), "Så".encode("latin-1")),
    ("RSS-ENCODING", b'encoding="UTF-8"', b'encoding="ISO-8859-1"'),
    ("RSS-VERSION", b'version="2.0" xm', b'version="0.91" xm'),
    ("RSS-VERSION", b'<rss version="2.0"', b"<rss"),
    ("RSS-CHANNEL", b"</channel>", b"</channel><channel/>"),
    ("RSS-CHANNEL-TITLE", b"<title>E-plikt, Arvika kommun</title>", b""),
    ("RSS-CHANNEL-LINK", b"<link>https://www.arvika.se/e-plikt.xml</link>", b""),
    ("RSS-CHANNEL-LINK", b"https://www.arvika.se/e-plikt.xml", b"www.arvika.se"),
    ("RSS-CHANNEL-DESCRIPTION", b"<description>Filmer till KB</description>", b""),
    ("RSS-LANGUAGE", b"<language>sv</language>", b""),
    ("RSS-NAMESPACE", b"http://search.yahoo.com/mrss/", b"http://search.yahoo.com/mrss"),
    ("RSS-NAMESPACE", b"http://purl.org/dc/terms/", b"https://purl.org/dc/terms/"),
    ("RSS-NAMESPACE", b"http://purl.org/dc/terms/", b"http://purl.org/dc/elements/1.1/"),
    ("RSS-ELEMENT", _ITEM, _ITEM + b"<enclosure url='https://arvika.se/x'/>"),
    ("RSS-ELEMENT", _ITEM, _ITEM + b"<media:hash algo='md5'>0</media:hash>"),
    ("RSS-PAGED", _ITEM, b'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="Next" href="https://x.se/2"/>' + _ITEM),
    ("RSS-ITEM-PLACE", b"</channel>", b"</channel><item/>"),
    ("RSS-BUILT", b"<lastBuildDate>Wed,", b"<lastBuildDate>Onsdag"),
    ("RSS-GUID", b">bevara-film-1<", b"> <"),
    ("RSS-GUID", b'<guid isPermaLink="false">bevara-film-1</guid>', b""),
    ("RSS-GUID-ADDRESS", b' isPermaLink="false"', b""),
    ("RSS-ONCE", b"  <pubDate>", b"<title>En till</title><pubDate>"),
    ("RSS-ONCE", b"  <pubDate>", b"<dcterms:accessRights>gratis</dcterms:accessRights><pubDate>"),
    ("RSS-TITLE", "<title>Så sorterar du, del 1</title>".encode(), b""),
    ("RSS-LINK", b"<link>https://www.arvika.se/film/1</link>", b""),
    ("RSS-LINK-FORM", b"<link>https://www.arvika.se/film/1</link>", b"<link>/film/1</link>"),
    ("RSS-LINK-FORM", b"<link>https://www.arvika.se/film/1<", "<link>https://www.arvika.se/så<".encode()),
    ("RSS-LINK-FORM", b"<link>https://www.arvika.se/film/1<", b"<link>https://a:b@arvika.se/film/1<"),
    ("RSS-INSIDE", b"<link>https://www.arvika.se/film/1<", b"<link>http://intranet/film/1<"),
    ("RSS-INSIDE", b'url="https://media.arvika.se/film/1.mp4"', b'url="http://10.1.2.3:8080/film/1.mp4"'),
    ("RSS-INSIDE", b'url="https://media.arvika.se/film/1.mp4"', b'url="http://[::1]/film/1.mp4"'),
    ("RSS-FORMAT", b"<dcterms:format>text/html</dcterms:format>", b""),
    ("RSS-FORMAT-FORM", b">text/html<", b">html<"),
    ("RSS-FORMAT-FORM", b">text/html<", b">text/html; charset=utf-8<"),
    ("RSS-FORMAT-UNKNOWN", b">text/html<", b">application/octet-stream<"),
    ("RSS-DATE", b"<pubDate>Mon, 12 Jan 2026 11:00:30 +0100</pubDate>", b""),
    ("RSS-DATE-FORM", b"Mon, 12 Jan 2026 11:00:30 +0100", b"2026-01-12T11:00:30+01:00"),
    ("RSS-DATE-FORM", b"Mon, 12 Jan 2026 11:00:30 +0100", b"Mon, 32 Jan 2026 11:00:30 +0100"),
    ("RSS-DATE-FORM", b"Mon, 12 Jan 2026 11:00:30 +0100", b"Mon, 12 Jan 2026 11:00:30"),
    ("RSS-DATE-DAY", b"Mon, 12 Jan 2026", b"Tue, 12 Jan 2026"),
    ("RSS-DATE-LAW", b"Mon, 12 Jan 2026", b"Mon, 12 Jan 2009"),
    ("RSS-DATE-FUTURE", b"Mon, 12 Jan 2026", b"Mon, 12 Jan 2037"),
    ("RSS-PUBLISHER", b"http://id.kb.se/organisations/SE2120001892", b""),
    ("RSS-PUBLISHER-FORM", b"SE2120001892", b"SE212000-1892"),
    ("RSS-PUBLISHER-FORM", b"http://id.kb.se/", b"https://id.kb.se/"),
    ("RSS-PUBLISHER-FORM", b"http://id.kb.se/organisations/SE2120001892", b"Arvika kommun"),
    ("RSS-ACCESS", b"<dcterms:accessRights>gratis</dcterms:accessRights>", b""),
    ("RSS-ACCESS-WORD", b">gratis<", b">Gratis<"),
    ("RSS-CREATOR", b"<dcterms:creator>Arvika kommun</dcterms:creator>", b""),
    ("RSS-LICENCE", b"https://creativecommons.org/licenses/by/4.0/", b"Fri att anv\xc3\xa4nda"),
    ("RSS-TYPED", b' xsi:type="dcterms:URI"', b""),
    ("RSS-CATEGORY", b"  <pubDate>", b"<category>film</category><pubDate>"),
    ("RSS-CATEGORY", b"  <pubDate>", b"<media:category>film</media:category><pubDate>"),
    ("RSS-MEDIA-URL", b' url="https://media.arvika.se/film/1.mp4"', b""),
    ("RSS-MEDIA-URL", b'url="https://media.arvika.se/film/1.mp4"', b'url="film/1.mp4"'),
    ("RSS-MEDIA-TYPE", b' type="video/mp4"', b""),
    ("RSS-MEDIA-TYPE", b' type="video/mp4"', b' type="mp4"'),
    ("RSS-MEDIA-TWICE", b'url="https://media.arvika.se/film/1.mp4"', b'url="https://www.arvika.se/film/1"'),
    (
        "RSS-MEDIA-PLACE",
        b"  <pubDate>",
        b"<media:x><media:content url='https://a.se/1' type='a/b'/></media:x><pubDate>",
    ),
    ("RSS-FILE", b' type="video/mp4"', b' type="text/html"'),
]


@pytest.mark.parametrize(("code", "before", "after"), _FAULTS, ids=lambda one: one if isinstance(one, str) else "")
def test_each_rule_is_rejected(code: str, before: bytes, after: bytes) -> None:
    """A feed with one thing removed or falsified is found out by that rule, with a place and a Swedish sentence."""
    good = feed()
    assert before in good
    checked = check_feed(good.replace(before, after, 1))
    (found,) = [one for one in checked.findings if one.code == code][:1]
    assert found.location.startswith("flöde")
    assert found.text == sentence(code, "sv", {}) or "{message}" in sentence(code, "sv", {"message": "{message}"})
    must = next(level for one, level, _, _ in RULES if one == code) == "MUST"
    assert checked.valid is not must
    assert checked.profile == PROFILE


def test_every_rule_is_tried() -> None:
    """No rule stands in the table that no test breaks."""
    elsewhere = {"RSS-EMPTY", "RSS-XML-SIZE", "RSS-GUID-TWICE", "RSS-LINK-TWICE", "RSS-LINK-SOCIAL", "RSS-MEDIA-SOCIAL"}
    assert {code for code, _, _ in _FAULTS} | elsewhere == {code for code, _, _, _ in RULES}


def test_two_items_of_one_identity_are_found_out() -> None:
    """A corrected film under the old identity, or two films at one address, do not go by unseen."""
    checked = check_feed(feed(resource(1), resource(2, identifier="bevara-film-1")))
    assert codes(checked) == {"RSS-GUID-TWICE"}
    assert not checked.valid
    checked = check_feed(feed(resource(1), resource(2, page="https://www.arvika.se/film/1")))
    assert codes(checked) == {"RSS-LINK-TWICE"}
    assert checked.valid


@pytest.mark.parametrize("data", [b"", b"film", b"<html/>", b"<mets/>", b"\x00\x00\x00\x20ftypisom", b"PK\x03\x04"])
def test_what_is_no_feed_says_so(data: bytes) -> None:
    """Something else has no profile, and is not called an invalid feed."""
    assert check_feed(data).profile == ""
    assert not check_feed(data).valid


def test_a_huge_feed_is_not_read() -> None:
    """More than a feed ever is, is refused before a parser sees it."""
    assert codes(check_feed(feed() + b" " * (32 << 20))) == {"RSS-XML-SIZE"}


def test_a_feed_as_chalmers_writes_it_is_accepted() -> None:
    """A feed that KB takes: an address as identity, channel picture and copyright, keywords, a file beside the page."""
    item = b"""<item><guid>https://x.se/1.pdf</guid><title>T</title><link>https://x.se/1.pdf</link>
    <dcterms:format>application/pdf</dcterms:format><pubDate>Thu, 03 Feb 2022 15:48:04 +0100</pubDate>
    <dcterms:publisher>http://id.kb.se/organisations/SE5564795598</dcterms:publisher>
    <dcterms:accessRights>gratis</dcterms:accessRights><dcterms:creator>A, B (author)</dcterms:creator>
    <description><![CDATA[Om]]></description><media:keywords>a,b</media:keywords>
    <media:group><media:content url="https://x.se/2.pdf" type="application/pdf"/></media:group></item>"""
    data = (
        b'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dcterms="http://purl.org/dc/terms/">'
        b"<channel><title>T</title><link>https://x.se/</link><language>sv</language><copyright>C</copyright>"
        b"<description>D</description><image><url>https://x.se/b.png</url></image>" + item + b"</channel></rss>"
    )
    checked = check_feed(data)
    assert checked.valid
    assert checked.findings == ()


def test_mutations_never_raise() -> None:
    """Whatever bytes are changed, cut or repeated, the check answers."""
    chance = random.Random(7)
    good = feed(resource(1), resource(2))
    for _ in range(400):
        data = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            what = chance.randrange(3)
            if what == 0:
                data[at] = chance.randrange(256)
            elif what == 1:
                del data[at : at + chance.randint(1, 60)]
            else:
                data[at:at] = data[max(0, at - 40) : at]
        checked = check_feed(bytes(data))
        assert all(one.text and one.location for one in checked.findings)


def test_the_window_is_not_the_writers() -> None:
    """The writer puts in what it is given, in order; it drops and sorts nothing."""
    some = [resource(one, available=BUILT - timedelta(days=one)) for one in (3, 1, 2)]
    assert [one.id for one in read(feed(*some)).entries] == [f"bevara-film-{one}" for one in (3, 1, 2)]

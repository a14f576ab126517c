"""Public web pages over real sockets: read whatever they are written in, refused where they must not be asked."""

from __future__ import annotations

import gzip
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from connectors.clock import FixedClock
from connectors.page_text import read_page
from connectors.webpage import LIMIT, decoded, look_at
from schemas.neighbours import WebPage

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CLOCK = FixedClock(NOW)


def seen(server: HTTPServer, body: bytes, content_type: str = "text/html", status: int = 200) -> WebPage:
    """A page that the server gives."""
    server.expect_request("/sida").respond_with_response(Response(body, status, content_type=content_type))
    return look_at(server.url_for("/sida"), CLOCK, inside=True)


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", "; charset=utf-8", ""),
        ("utf-8", "", '<meta charset="utf-8">'),
        ("utf-8", "", ""),
        ("cp1252", "; charset=ISO-8859-1", ""),
        ("cp1252", "", "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>"),
        ("cp1252", "", ""),
        ("utf-8-sig", "; charset=iso-8859-1", ""),
        ("utf-16", "", ""),
        ("utf-8", "; charset=hittepå", '<meta charset="utf-16">'),
        ("iso8859-15", "; charset=iso-8859-15", ""),
    ],
)
def test_any_encoding(httpserver: HTTPServer, encoding: str, header: str, meta: str) -> None:
    """Swedish letters are read whatever says how they are written, or nothing does."""
    source = f"<html><head>{meta}<title>Räksmörgås</title></head><body><p>Allmän handling på ön</p></body></html>"
    page = seen(httpserver, source.encode(encoding), f"text/html{header.encode('utf-8').decode('latin-1')}")
    assert (page.code, page.text, page.title) == ("", "Allmän handling på ön", "Räksmörgås")


def test_links_and_main(httpserver: HTTPServer) -> None:
    """Links are whole and in order; what stands around the main part belongs to the page and not to the main part."""
    page = seen(
        httpserver,
        b"<nav><a href=/meny>Meny</a></nav><main><p>Om <b>all</b>m&auml;n <a href='?x=1'>l&auml;nk</a></main><footer>Fot</footer>",
    )
    base = httpserver.url_for("").rstrip("/")
    assert page.text == "Meny Om allmän länk Fot"
    assert page.main == "Om allmän länk"
    assert page.links == ((f"{base}/meny", "Meny"), (f"{base}/sida?x=1", "länk"))
    assert page.main_links == page.links[1:]
    assert page.data.startswith(b"<nav>")


HIDDEN = (
    "<script>dolt</script>",
    "<style>dolt</style>",
    "<noscript>dolt</noscript>",
    "<template>dolt</template>",
    "<p hidden>dolt</p>",
    "<p style='color:red; DISPLAY : none'>dolt</p>",
    "<div style='visibility:hidden'><p>dolt</p></div>",
    "<!-- dolt -->",
    "<?dolt?>",
    "<input type=hidden value=dolt>",
)


@pytest.mark.parametrize("part", HIDDEN)
def test_hidden_is_left_out(part: str) -> None:
    """What a visitor does not see is not read, and what follows it is."""
    assert read_page(f"<body><p>före</p>{part} efter", "https://a.test/").text == "före efter"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>oavslutat <b>fet <i>kursiv", "oavslutat fet kursiv"),
        ("<td>cell</td></table></div>kvar", "cell kvar"),
        ("<title>T</title><main>utan kropp</main>", "utan kropp"),
        ("<P>STORA<BR>BOKSTÄVER", "STORA BOKSTÄVER"),
        ("<p>av&shy;stav\u200bning\u202e om", "avstavning om"),
        ("<p>&lt;b&gt; &#229; &nbsp; &amp;", "<b> å &"),
        ("<p>\x00noll\ud800", "noll"),
        ("<ul><li>ett<li>två", "ett två"),
        ("<img alt='En bild'>", "En bild"),
        ("", ""),
        ("bara text", "bara text"),
        ("<?xml version='1.0' encoding='utf-16'?><html><body>x</body></html>", "x"),
    ],
)
def test_html_of_any_shape(source: str, text: str) -> None:
    """Broken markup, entities and invisible characters are read as a visitor reads them."""
    assert read_page(source, "https://a.test/").text == text


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_any_depth(depth: int) -> None:
    """However deep elements are nested, nothing below is lost, and scripts there stay out."""
    deep = f"{'<div>' * depth}djupt<script>dolt</script><a href=/x>ner</a>{'</div>' * depth}efter"
    page = read_page(deep, "https://a.test/")
    assert page.text.split() == ["djupt", "ner", "efter"]
    assert [target for target, _ in page.links] == ["https://a.test/x"]


def test_scripts_that_nothing_closes() -> None:
    """Below what the library gives up on, a flood of scripts without an end is left out at once."""
    begun = time.process_time()
    page = read_page("<div>" * 5000 + "före" + "<script</script" * 250_000, "https://a.test/")
    assert page.text == "före"
    assert time.process_time() - begun < 5


def test_only_web_and_mail_links() -> None:
    """Links that run scripts or hold data are none; base counts."""
    page = read_page(
        "<base href=/under/><a href='javascript:x'>a</a><a href='data:x'>b</a><a href=' sida '>c</a><a href='//[fel'>d</a>",
        "https://a.test/",
    )
    assert page.links == (("https://a.test/under/sida", "c"),)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"<p>Finns inte</p>", "text/html", 404, "W193"),
        (b"<p>Logga in</p>", "text/html", 401, "W193"),
        (b"%PDF-1.7", "application/pdf", 200, "W194"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text/html", 200, "W194"),
        (b'{"a": 1}', "application/json", 200, "W194"),
        (b"", "text/html", 200, "W194"),
        (b"<html><body><div id=app></div><script>x</script></body></html>", "text/html", 200, "W198"),
        (b"<p>" + b"x" * LIMIT, "text/html", 200, "W195"),
        (gzip.compress(b"<p>" + b"x" * LIMIT), "text/html", 200, "W195"),
    ],
)
def test_unreadable(httpserver: HTTPServer, body: bytes, content_type: str, status: int, code: str) -> None:
    """What is no page, missing, empty or too large says so, by code and status."""
    packed = {"Content-Encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    answer = Response(body, status, content_type=content_type, headers=packed)
    httpserver.expect_request("/sida").respond_with_response(answer)
    page = look_at(httpserver.url_for("/sida"), CLOCK, inside=True)
    assert page.code == code
    assert page.status in {status, 0} if code == "W195" else page.status == status
    assert page.data == b"" or code == "W198"


def test_redirects(httpserver: HTTPServer) -> None:
    """Where a page has moved is told, and it is read there; a circle ends."""
    httpserver.expect_request("/sida").respond_with_response(Response(status=302, headers={"Location": "/ny#del"}))
    httpserver.expect_request("/ny").respond_with_data("<p>Här</p>", content_type="text/html")
    page = look_at(httpserver.url_for("/sida"), CLOCK, inside=True)
    assert (page.code, page.landed.partition("#")[0], page.text) == ("", httpserver.url_for("/ny"), "Här")
    httpserver.expect_request("/runt").respond_with_response(Response(status=302, headers={"Location": "/runt"}))
    assert look_at(httpserver.url_for("/runt"), CLOCK, inside=True).code == "W193"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://user:hemligt@arvika.se/",
        "ftp://arvika.se/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://[::1",
        "https://a:b/",
        "",
        "\ud800",
    ],
)
def test_never_inside(address: str) -> None:
    """Addresses inside, with a login, or that are none are never asked, and nothing is raised."""
    page = look_at(address, CLOCK)
    assert page.code in {"W197", "W199"}
    assert page.text == ""


def test_never_inside_by_redirect(httpserver: HTTPServer) -> None:
    """A page that leads to a link-local address is not followed there, even where loopback is allowed."""
    target = {"Location": "http://169.254.169.254/latest/"}
    httpserver.expect_request("/sida").respond_with_response(Response(status=302, headers=target))
    assert look_at(httpserver.url_for("/sida"), CLOCK, inside=True).code == "W197"


def test_nothing_of_ours_is_sent(httpserver: HTTPServer) -> None:
    """A page gets neither cookies nor logins, and no cookie is kept between hops."""
    found: list[dict[str, str]] = []

    def answer(request: Request) -> Response:
        found.append({name.lower(): value for name, value in request.headers.items()})
        if request.path == "/sida":
            return Response(status=302, headers={"Location": "/ny", "Set-Cookie": "a=b"})
        return Response("<p>Hej</p>", content_type="text/html")

    httpserver.expect_request("/sida").respond_with_handler(answer)
    httpserver.expect_request("/ny").respond_with_handler(answer)
    assert look_at(httpserver.url_for("/sida"), CLOCK, inside=True).text == "Hej"
    assert not any({"cookie", "authorization"} & set(one) for one in found)


def test_nobody_there() -> None:
    """A server that is not there is a page that cannot be shown."""
    assert look_at("http://127.0.0.1:9/", CLOCK, inside=True).code == "W193"


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[HTTPServer]:
    """A server whose certificate nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=4000))
        .not_valid_after(NOW + timedelta(days=4000))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        yield server


def test_certificate(secure: HTTPServer) -> None:
    """A certificate that is not accepted is told apart from a server that is down, and nothing is read."""
    secure.expect_request("/sida").respond_with_data("<p>Hej</p>", content_type="text/html")
    page = look_at(f"https://127.0.0.1:{secure.port}/sida", CLOCK, inside=True)
    assert (page.code, page.text) == ("W196", "")


def test_odd_encodings() -> None:
    """Names of codecs that are no text encodings are not used."""
    for name in ("base64", "rot13", "unicode_escape", "idna", "punycode", "utf-7", "zip", "\x00"):
        assert decoded("å".encode(), name) == "å"

"""How the client for other people's servers behaves, and what it puts up with from them."""

import asyncio
import gzip
import ssl
import subprocess
from ipaddress import ip_network

import pytest

from hubbub.outgoing import Outgoing, Unreachable
from hubbub.version import VERSION
from strange_server import StrangeServer

pytestmark = pytest.mark.anyio


async def test_a_page_is_fetched_with_a_fixed_name_and_nothing_else_of_ours(server, get, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.9:1")
    server.says("/a?b=c", "hello", content_language="en")
    answer = await get(server.url("/a?b=c#part"))
    assert (answer.status, answer.body, answer.is_whole) == (200, b"hello", True)
    assert answer.headers["content-language"] == "en"
    assert server.heard[0].headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": f"Hubbub/{VERSION} (link preview bot)",
        "accept": "text/html",
        "accept-encoding": "gzip",
        "connection": "close",
    }


async def test_redirects_are_followed_without_cookies(server, get):
    server.redirects("/", "/next", set_cookie="who=me; Path=/")
    server.says("/next", "there")
    answer = await get(server.url())
    assert (answer.url, answer.body) == (server.url("/next"), b"there")
    assert "cookie" not in server.heard[1].headers


async def test_redirects_in_a_circle_are_given_up(server, get):
    server.redirects("/", "/")
    with pytest.raises(Unreachable, match="More than 5 redirects"):
        await get(server.url())
    assert len(server.heard) == 6


async def test_a_slow_drip_is_given_up(server, get):
    async def drip(writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    server.answers("/", drip)
    with pytest.raises(Unreachable, match=r"took longer than 0\.5 seconds"):
        await get(server.url(), most_bytes=10**9, seconds=0.5)


async def test_a_server_that_says_nothing_is_given_up(server, get):
    server.answers("/", lambda writer: asyncio.sleep(3600))
    with pytest.raises(Unreachable, match="took longer"):
        await get(server.url(), seconds=0.2)


async def test_a_name_that_is_looked_up_for_ever_is_given_up(get):
    async def resolve(host, port):
        await asyncio.sleep(3600)

    with pytest.raises(Unreachable, match="took longer"):
        await get("http://slow.example/", client=Outgoing(resolve=resolve), seconds=0.2)


async def test_of_a_long_page_the_beginning_is_taken(server, get):
    async def stream_for_ever(writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    server.answers("/", stream_for_ever)
    answer = await get(server.url(), most_bytes=25_000)
    assert (answer.body, answer.is_whole) == (b"x" * 25_000, False)


async def test_a_bomb_is_not_unpacked(server, get):
    server.says("/", gzip.compress(bytes(20_000_000)), content_encoding="gzip")
    answer = await get(server.url(), most_bytes=30_000)
    assert (len(answer.body), answer.is_whole) == (30_000, False)


async def test_a_packed_page_is_unpacked(server, get):
    server.says("/", gzip.compress(b"hello" * 100), content_encoding="GZip")
    answer = await get(server.url())
    assert (answer.body, answer.is_whole) == (b"hello" * 100, True)


@pytest.mark.parametrize(("encoding", "body"), [("gzip", b"not packed"), ("br", b"x"), ("gzip, gzip", b"x")])
async def test_a_page_packed_in_another_way_is_refused(server, get, encoding, body):
    server.says("/", body, content_encoding=encoding)
    with pytest.raises(Unreachable, match="packed"):
        await get(server.url())


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 50_000,
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"\x16\x03\x01 this is no HTTP",
        b"",
    ],
    ids=["too little", "two lengths", "no chunk", "headers without end", "no status", "no HTTP", "nothing"],
)
async def test_an_answer_that_is_none_is_refused(server, get, raw):
    server.sends("/", raw)
    with pytest.raises(Unreachable, match="did not answer as a web server does"):
        await get(server.url())


async def test_more_than_the_length_that_was_told_is_not_read(server, get):
    server.sends("/", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello and more")
    assert (await get(server.url())).body == b"hello"


async def test_thousands_of_tiny_pieces_count_as_more_than_they_are(server, get):
    server.sends("/", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 5000 + b"0\r\n\r\n")
    answer = await get(server.url(), most_bytes=10_000)
    assert (answer.body, answer.is_whole) == (b"x" * 40, False)


async def test_a_post_is_answered_and_leads_nowhere_else(server, outgoing):
    server.redirects("/push", "/elsewhere")
    headers = {"TTL": "60", "Content-Encoding": "aes128gcm", "Authorization": "vapid t=x"}
    answer = await outgoing.post(server.url("/push"), b"sealed", headers=headers, most_bytes=1000, seconds=20)
    assert answer.status == 302
    heard = server.heard[0]
    assert (heard.method, heard.body, heard.headers["ttl"], heard.headers["authorization"]) == ("POST", b"sealed", "60", "vapid t=x")
    assert server.paths == ["/push"]


async def test_a_certificate_is_asked_for_the_name_and_not_the_address(tmp_path, get):
    options = (
        "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=good.example -addext subjectAltName=DNS:good.example"
    )
    files = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "certificate.pem"]
    subprocess.run(["openssl", "req", *options.split(), *files], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    server = await StrangeServer().start(tls=tls)
    server.says("/", "hello")

    async def resolve(host, port):
        return ["127.0.0.1"]

    trusting = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    client = Outgoing(reachable=[ip_network("127.0.0.1/32")], resolve=resolve, ssl_context=trusting)
    assert (await get(f"https://good.example:{server.port}/", client=client)).body == b"hello"
    with pytest.raises(Unreachable, match="certificate"):
        await get(f"https://other.example:{server.port}/", client=client)
    await server.stop()

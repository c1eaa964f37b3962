"""What the guard keeps Hubbub from reaching, however it is spelt and wherever it hides."""

from ipaddress import ip_address, ip_network

import pytest

from hubbub.outgoing import OffLimits, Outgoing, Unreachable
from hubbub.outgoing.addresses import is_public

pytestmark = pytest.mark.anyio

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_special_address_is_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "100.63.255.255", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "2a00:1450:4001::1"])
def test_an_address_of_the_open_internet_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.0.0.1.",
        "[::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::127.0.0.1]",
        "[2002:7f00:1::]",
        "\uff11\uff12\uff17.0.0.1",
        "user:secret@127.0.0.1",
        "example.org@127.0.0.1",
    ],
)
async def test_this_machine_is_not_reached_by_any_spelling(server, get, host):
    with pytest.raises(Unreachable):
        await get(f"http://{host}:{server.port}/", client=Outgoing())
    assert server.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/_x",
        "ftp://example.org/",
        "data:text/html,x",
        "javascript:0",
        "//example.org",
        "",
        "http://",
    ],
)
async def test_what_is_not_the_web_is_not_asked_for(get, url):
    with pytest.raises(OffLimits):
        await get(url)


@pytest.mark.parametrize("port", [22, 25, 143, 445, 993])
async def test_a_port_of_another_service_is_not_asked(get, port):
    with pytest.raises(OffLimits, match="not one of the web"):
        await get(f"http://127.0.0.1:{port}/")


async def test_a_url_of_any_length_is_not_taken(get):
    with pytest.raises(OffLimits, match="longer than"):
        await get("http://example.org/" + "a" * 5000)


async def test_one_private_address_among_public_ones_is_enough(server, get):
    client = Outgoing(reachable=[ip_network("127.0.0.1/32")], resolve=Resolver(["127.0.0.1", "10.0.0.1"]))
    with pytest.raises(OffLimits, match=r"10\.0\.0\.1, which is not on the open internet"):
        await get(server.url(host="two.example"), client=client)
    assert server.connections == 0


async def test_a_name_is_looked_up_once_and_that_very_address_is_asked(server, get):
    server.says("/", "here")
    resolve = Resolver(["127.0.0.1"], ["127.0.0.2"])
    client = Outgoing(reachable=[ip_network("127.0.0.1/32")], resolve=resolve)
    assert (await get(server.url(host="turns.example"), client=client)).body == b"here"
    assert resolve.asked == [("turns.example", server.port)]
    assert server.heard[0].headers["host"] == f"turns.example:{server.port}"


async def test_a_name_that_turns_private_before_a_redirect_is_refused_there(server, get):
    server.redirects("/", "/inside")
    client = Outgoing(reachable=[ip_network("127.0.0.1/32")], resolve=Resolver(["127.0.0.1"], ["127.0.0.2"]))
    with pytest.raises(OffLimits, match=r"127\.0\.0\.2"):
        await get(server.url(host="turns.example"), client=client)
    assert server.paths == ["/"]


@pytest.mark.parametrize("to", ["http://127.0.0.2:{port}/", "http://[::1]:{port}/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/"])
async def test_a_redirect_leads_to_nothing_that_may_not_be_asked_at_once(server, get, to):
    server.redirects("/", to.format(port=server.port))
    with pytest.raises(OffLimits):
        await get(server.url())
    assert server.paths == ["/"]


async def test_the_next_address_is_tried_when_the_first_takes_no_connection(server, get):
    server.says("/", "here")
    networks = [ip_network("127.0.0.1/32"), ip_network("127.0.0.9/32")]
    client = Outgoing(reachable=networks, resolve=Resolver(["127.0.0.9", "127.0.0.1"]))
    assert (await get(server.url(host="two.example"), client=client)).body == b"here"


async def test_a_name_that_nobody_has_is_unreachable(get):
    with pytest.raises(Unreachable, match=r"nowhere\.invalid was not found"):
        await get("http://nowhere.invalid/")


class Resolver:
    """Gives one list of addresses after the other, the last one for ever."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.asked = []

    async def __call__(self, host, port):
        self.asked.append((host, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

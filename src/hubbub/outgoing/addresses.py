"""Which addresses are on the open internet, and which are somebody's own network or stand for one."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

# The special-purpose registries of IANA, spelt out: `is_global` says something else in each release of Python.
_SPECIAL = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a carrier's NAT; some clouds keep their metadata here
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own agent, on an address that looks public
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address within
        "3fff::/20",
    )
]
# All that is given out as global unicast. Outside are loopback, link-local, private, mapped and translated addresses
# (NAT64, SIIT, IPv4-compatible), which hide an IPv4 address.
_GLOBAL_IPV6 = IPv6Network("2000::/3")


def is_public(address: Address) -> bool:
    """Whether an address is a host of the open internet, and nothing that leads to a private network in a roundabout way."""
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address not in _GLOBAL_IPV6):
        return False
    return not is_among(address, _SPECIAL)


def is_among(address: Address, networks: Sequence[object]) -> bool:
    """Whether an address is in one of some networks."""
    return any(address in network for network in networks)  # type: ignore[operator]

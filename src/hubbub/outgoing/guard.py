"""The guard: a name is looked up once, every address is asked for, and the connection goes to that very address."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

import httpcore2

from hubbub.outgoing.addresses import Address, is_among, is_public

ADDRESSES_TRIED = 3
CONNECT_SECONDS = 3.0
PRIVILEGED_PORTS = (80, 443)

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Looks up the addresses of a host name."""


class Unreachable(Exception):
    """Another server was not reached, or did not answer as a server should; the message says what happened."""


class OffLimits(Unreachable):
    """What was asked for is nothing that Hubbub asks for: a private address, another scheme, a port of another service."""


class Guard(httpcore2.AsyncNetworkBackend):
    """Opens connections to public addresses only.

    It sees whatever is about to be connected to, however the URL was spelt and wherever it came from: a message, a
    redirect, or a page. Between the look and the connection nothing is looked up again, so a name that changes its
    address in between gains nothing.
    """

    def __init__(self, resolve: Resolve, reachable: Sequence[Network]) -> None:
        """`reachable` are private networks that may be reached all the same."""
        self._resolve = resolve
        self._reachable = reachable
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first of the host's addresses that takes it. Raises `OffLimits` when one of them is not public."""
        if port not in PRIVILEGED_PORTS and port < 1024:
            raise OffLimits(f"Port {port} is not one of the web.")
        addresses = await self._addresses(host, port)
        for address in addresses[:-1]:
            try:
                return await self._backend.connect_tcp(address, port, CONNECT_SECONDS)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._backend.connect_tcp(addresses[-1], port, CONNECT_SECONDS)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Never: no URL leads to a socket of this machine."""
        raise OffLimits("Sockets of this machine are not reached.")

    async def _addresses(self, host: str, port: int) -> list[str]:
        found = await self._resolve(host, port)
        if not found:
            raise Unreachable(f"{host} has no address.")
        for address in found:
            if not self._may_reach(ip_address(address)):
                raise OffLimits(f"{host} is at {address}, which is not on the open internet.")
        return list(dict.fromkeys(found))[:ADDRESSES_TRIED]

    def _may_reach(self, address: Address) -> bool:
        return is_public(address) or is_among(address, self._reachable)


async def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a host as the system knows them. Raises `Unreachable`."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"{host} was not found: {error.strerror or error}.") from error
    return [str(address[0]) for *_, address in found]

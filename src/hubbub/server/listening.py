"""Sockets to listen on, or a sentence that says why not."""

import errno
import socket

_Address = tuple[socket.AddressFamily, str]


class CannotListen(OSError):
    """The address cannot be listened on; the message says what to do."""


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Bind every address that `host` stands for, all on one port; port 0 takes a free one."""
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            opened.append(_bind(family, address, port or _port_of(opened)))
    except OSError as error:
        for bound in opened:
            bound.close()
        raise explain(host, port, error) from error
    return opened


def explain(host: str, port: int, error: OSError) -> CannotListen:
    """Put into words why nothing can listen here."""
    if error.errno == errno.EADDRINUSE:
        why = "another program listens there already. Stop it, or choose another port"
    elif error.errno == errno.EACCES:
        why = "this user may not take that port. Choose one from 1024 on"
    elif isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        why = "that is no address of this machine. Try 127.0.0.1, or 0.0.0.0 for all of them"
    else:
        why = error.strerror or str(error)
    return CannotListen(error.errno, f"Cannot listen on {host} port {port}: {why}.")


def _addresses(host: str, port: int) -> list[_Address]:
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


def _bind(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    # Named TCP, or asyncio does not know that it may switch off Nagle's delay on what is accepted from it.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((address, port))
        # Two sockets may be bound to one port, but only one may listen; so listening is what claims it.
        bound.listen()
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)
    return bound


def _port_of(opened: list[socket.socket]) -> int:
    return int(opened[0].getsockname()[1]) if opened else 0

"""A TCP proxy between a program and a server, on which every fault of a network can be had."""

import contextlib
import socket
import threading


class FaultyWire:
    """Passes bytes on to `port` on this machine, until it is cut or turned into a black hole."""

    def __init__(self, port):
        self._target = port
        self._flows = threading.Event()
        self._flows.set()
        self._lock = threading.Lock()
        self._sockets = set()
        self._is_open = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def swallows(self):
        """From now on nothing arrives in either direction, and nobody is told: packets are dropped."""
        self._flows.clear()

    def flows(self):
        """Pass on again, first what was held back."""
        self._flows.set()

    def cuts(self):
        """Break every connection that there is; new ones are taken."""
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self):
        """Take no more connections and break those there are."""
        self._is_open = False
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.flows()
        self.cuts()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _accept(self):
        while self._is_open:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near):
        try:
            far = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            near.close()
            return
        with self._lock:
            self._sockets |= {near, far}
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        with self._lock:
            self._sockets -= {source, sink}

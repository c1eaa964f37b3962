"""The peers: how each is started, and how its protocol is spoken to it. All do the same: one room, one payload of one size."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from servers import Server, free_port, serving

HERE = Path(__file__).parent / "peers"

PAD = 30
# As long as an event of Hubbub is with the same text, so that every server moves the same bytes.
PAYLOAD = (
    '{"type":"message.created","room":"d21a74dh0sej7aex","seq":123456,"at":"2026-11-23T22:37:06.216Z",'
    '"by":{"id":"d21a74dpw4wacyjk","name":"person 00001","kind":"human"},"text":"{pad}","key":"{mark}"}'
)
MARK_LENGTH = 27

PLAIN = ["--path", "/ws", "--publish", PAYLOAD, "--pad", str(PAD)]
SOCKET_IO = [
    "--path", "/socket.io/?EIO=4&transport=websocket", "--setup", "40", "--expect", "40{", "--engineio-ping",
    "--publish", f'42["msg",{PAYLOAD}]', "--pad", str(PAD),
]  # fmt: skip
_SIZE = len(PAYLOAD) - len("{mark}{pad}") + MARK_LENGTH + PAD
NATS = [
    "--path", "/", "--binary", "--expect", "PONG",
    "--setup", r'CONNECT {"verbose":false,"pedantic":false,"protocol":1,"lang":"c"}\r\nSUB room 1\r\nPING\r\n',
    "--publish", rf"PUB room {_SIZE}\r\n{PAYLOAD}\r\n", "--pad", str(PAD),
]  # fmt: skip
CENTRIFUGE = [
    "--path", "/ws", "--setup", '{"id":1,"params":{}}', "--expect", '"id":1',
    "--setup", '{"id":2,"method":1,"params":{"channel":"general"}}', "--expect", '"id":2',
    "--publish", f'{{"id":3,"method":3,"params":{{"channel":"general","data":{PAYLOAD}}}}}', "--pad", str(PAD),
]  # fmt: skip

NGINX_CONF = """daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/logs/nginx.err warn;
load_module {work}/debian/usr/lib/nginx/modules/ngx_nchan_module.so; worker_rlimit_nofile 20000;
events {{ worker_connections 15000; use epoll; }}
http {{ access_log off; client_body_temp_path {work}/nginx; proxy_temp_path {work}/nginx; fastcgi_temp_path {work}/nginx;
uwsgi_temp_path {work}/nginx; scgi_temp_path {work}/nginx;
server {{ listen 127.0.0.1:{port} backlog=4096; location /ws {{ nchan_pubsub websocket; nchan_channel_id room;
nchan_message_buffer_length 64; nchan_message_timeout 5s; nchan_subscriber_first_message newest; }} }} }}
"""
NATS_CONF = """listen: "127.0.0.1:{second}"
websocket {{ host: "127.0.0.1"\n port: {port}\n no_tls: true\n compression: false }}
max_connections: 20000\nmax_pending: 256MB\nwrite_deadline: "20s"
"""

Command = Callable[[Path, int], list[str]]


@dataclass(frozen=True)
class Peer:
    """Something that people would otherwise pick."""

    name: str
    what: str
    source: str
    """Where it comes from: c, python, node, debian or go."""
    command: Command
    talk: list[str]
    goes_first: bool = False
    """Part of the short run too."""

    def serving(self, work: Path) -> AbstractContextManager[Server]:
        """Run it for as long as the block runs."""
        port = free_port()
        env = {"NODE_PATH": str(work / "node" / "node_modules"), "NODE_ENV": "production"}
        return serving(self.name, self.command(work, port), port, work / "logs", env=env, cwd=HERE)


def _uvicorn(app: str) -> Command:
    return lambda work, port: [
        str(work / "venv/bin/python"), "-m", "uvicorn", app, "--port", str(port), "--loop", "uvloop", "--http", "httptools",
        "--backlog", "4096", "--log-level", "warning", "--no-access-log", "--ws-per-message-deflate", "false",
    ]  # fmt: skip


def _python(script: str) -> Command:
    return lambda work, port: [str(work / "venv/bin/python"), str(HERE / script), str(port)]


def _node(script: str) -> Command:
    return lambda _work, port: ["node", str(HERE / script), str(port)]


def _configured(program: str, configuration: str, option: str) -> Command:
    def command(work: Path, port: int) -> list[str]:
        file = work / f"{Path(program).name}.conf"
        file.write_text(configuration.format(work=work, port=port, second=free_port()))
        (work / "nginx").mkdir(exist_ok=True)
        return [str(work / program), option, str(file)]

    return command


TUTORIAL = Peer("tutorial", "FastAPI's tutorial on uvicorn", "python", _uvicorn("fastapi_tutorial:app"), PLAIN, goes_first=True)

PEERS = [
    Peer(
        "c", "C, one thread, joins what is due", "c", lambda work, port: [str(work / "climit"), str(port), "tick"], PLAIN, goes_first=True
    ),
    TUTORIAL,
    Peer(
        "c-per-frame", "C, one thread, each frame to each socket", "c", lambda work, port: [str(work / "climit"), str(port), "send"], PLAIN
    ),
    Peer("socketify", "uWebSockets by socketify", "python", _python("socketify_room.py"), PLAIN),
    Peer("nats", "nats-server, its WebSocket", "debian", _configured("debian/usr/sbin/nats-server", NATS_CONF, "-c"), NATS),
    Peer("aiohttp", "aiohttp", "python", _python("aiohttp_room.py"), PLAIN),
    Peer("centrifuge", "centrifuge, the Go library", "go", lambda work, port: [str(work / "centrifuge_room"), str(port)], CENTRIFUGE),
    Peer("nginx", "nginx with nchan", "debian", _configured("debian/usr/sbin/nginx", NGINX_CONF, "-c"), PLAIN),
    Peer("ws", "Node, ws", "node", _node("node_ws.cjs"), PLAIN),
    Peer("socket.io", "Node, Socket.IO", "node", _node("node_socketio.cjs"), SOCKET_IO),
    Peer("python-socketio", "python-socketio on uvicorn", "python", _uvicorn("socketio_py:app"), SOCKET_IO),
    Peer(
        "channels",
        "Django Channels on daphne",
        "python",
        lambda work, port: [str(work / "venv/bin/daphne"), "-p", str(port), "-v", "0", "channels_room:app"],
        PLAIN,
    ),
]

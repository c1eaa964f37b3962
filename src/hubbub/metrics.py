"""What Prometheus is told: how many are here, what is written and announced, and whether all that is needed is there.

Numbers of the whole node only: nothing here tells of a room, a user or a message.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from hubbub.database import Database
from hubbub.realtime.hub import Hub

CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"

_KINDS = {"total": CounterMetricFamily}


@dataclass(frozen=True, slots=True)
class Reading:
    """One number: its name without `hubbub_`, what it says, and where it is read when somebody asks."""

    name: str
    says: str
    read: Callable[[], float]


class Metrics(Collector):
    """All that is measured of one node. What is measured costs nothing until somebody asks."""

    def __init__(self, version: str, readings: list[Reading]) -> None:
        self._version = version
        self._readings = readings
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)

    def collect(self) -> Iterator[Metric]:
        """The readings as they are now."""
        yield InfoMetricFamily("hubbub", "What runs here.", {"version": self._version})
        for reading in self._readings:
            family = _KINDS.get(reading.name.rpartition("_")[2], GaugeMetricFamily)
            yield family(f"hubbub_{reading.name}", reading.says, reading.read())

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


def metrics_of(version: str, hub: Hub, database: Database, *, is_draining: Callable[[], bool]) -> Metrics:
    """What there is to know of one node."""
    return Metrics(
        version,
        [
            Reading("sessions", "WebSocket sessions on this node.", lambda: len(hub.sessions())),
            Reading("users", "Users with a session on this node.", lambda: len(hub.users())),
            Reading("rooms", "Rooms that somebody on this node listens to.", lambda: hub.room_count),
            Reading("announced_events_total", "Events that this node was told of, its own and others'.", lambda: hub.announced_count),
            Reading("writes_total", "Units of work that were committed or refused.", lambda: database.writer.unit_count),
            Reading("commits_total", "Transactions they went in.", lambda: database.writer.commit_count),
            Reading("writes_waiting", "Units of work that wait for the writer.", lambda: database.writer.waiting_count),
            Reading("database_up", "Whether the database takes writes.", lambda: database.is_healthy),
            Reading("bus_up", "Whether news from other nodes come over a bus.", lambda: hub.elsewhere.can_hear),
            Reading("draining", "Whether this node says goodbye.", is_draining),
        ],
    )

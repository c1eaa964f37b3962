"""Everything that can be set, with its default, read from arguments or from HUBBUB_… variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, IPvAnyNetwork
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """How one Hubbub runs. Frozen: what was set at the start holds to the end."""

    model_config = SettingsConfigDict(env_prefix="HUBBUB_", frozen=True, extra="forbid")

    name: str = Field("Hubbub", description="What this chat is called, in the web client's title.")
    host: str = Field("127.0.0.1", description="The address that `hubbub serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port that `hubbub serve` listens on; 0 takes a free one.")
    data: Path = Field(Path("hubbub-data"), description="The folder that holds the database, its lock and the control socket.")
    database: str | None = Field(None, description="`sqlite:///PATH` or `postgresql://…`; without one, `hubbub.db` in the data folder.")
    bus: str | None = Field(None, description="Where several nodes tell each other their news, such as redis://localhost:6379.")
    workers: int = Field(1, ge=1, le=64, description="How many processes serve on this machine; several of them take PostgreSQL.")
    public_url: str | None = Field(None, description="Where people reach this chat, such as https://chat.example.org.")
    allowed_origins: list[str] = Field([], description="Other sites whose pages may use a signed-in person's cookie.")
    trusted_proxies: str = Field("127.0.0.1", description="Proxies whose X-Forwarded headers are believed, or *.")
    outgoing_networks: list[IPvAnyNetwork] = Field([], description="Private networks that link previews and pushes may reach too.")
    rate_limits: Literal["on", "off"] = Field("on", description="`off` lets everybody go as fast as they can, for measuring.")
    text_limit: int = Field(8000, ge=1, description="The longest message, in characters.")
    frame_limit: int = Field(65536, ge=1024, description="The largest WebSocket message from a client, in bytes.")
    replay_limit: int = Field(1000, ge=1, description="Events of one room replayed after hello before the client is told `behind`.")
    hello_seconds: float = Field(10.0, gt=0, description="How long a connection may wait before it says hello.")
    ping_seconds: float = Field(20.0, gt=0, description="How often a quiet connection is pinged.")
    silence_seconds: float = Field(50.0, gt=0, description="How long a connection may be silent before it counts as dead.")
    recheck_seconds: float = Field(300.0, gt=0, description="How often a host app is asked again about those who are connected.")
    drain_seconds: float = Field(5.0, gt=0, description="How long a stopping server waits for work under way, and for clients to hang up.")
    files: str | None = Field(None, description="The folder for files, or `s3://bucket/prefix`; without one, `files` in the data folder.")
    file_limit: int = Field(100_000_000, ge=1, description="The largest file, in bytes.")
    file_quota: int = Field(10_000_000_000, ge=1, description="All files of one person together, in bytes.")
    smtp_url: str | None = Field(None, description="The mail server for letters about what was missed, such as smtp://user:word@host:587.")
    mail_from: str | None = Field(None, description="The address that letters come from; without one, no-reply at the public host.")
    login_days: int = Field(30, ge=1, description="How long a browser stays signed in without being used.")

    @property
    def database_url(self) -> str:
        """The database's address; the embedded one when none was given."""
        return self.database or f"sqlite:///{self.data / 'hubbub.db'}"

    @property
    def has_rate_limits(self) -> bool:
        """Whether people are held to a pace."""
        return self.rate_limits == "on"

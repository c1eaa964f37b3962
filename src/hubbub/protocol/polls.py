"""A poll as somebody asks for it."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from hubbub.protocol.events import timestamp

FEWEST_OPTIONS, MOST_OPTIONS = 2, 20
OPTION_LENGTH = 200

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise ValueError("an option says something; this one is blank")
    return line


def _different(options: list[str]) -> list[str]:
    if len(set(options)) < len(options):
        raise ValueError("two options say the same")
    return options


def _moment(text: str) -> str:
    """The same moment as events spell it."""
    try:
        seconds = (datetime.fromisoformat(text) - _EPOCH).total_seconds()
        if seconds >= 0:
            return timestamp(int(seconds * 1000))
    except (ValueError, TypeError, OverflowError):  # TypeError: it says nothing of its zone
        pass
    raise ValueError("expected a time to come, with its zone, such as 2026-05-04T12:30:00Z")


Option = Annotated[str, StringConstraints(max_length=OPTION_LENGTH, strict=True, pattern=r"^[^\x00]*$"), AfterValidator(_one_line)]


class NewPoll(BaseModel):
    """A poll to be asked with a message."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    options: Annotated[list[Option], Field(min_length=FEWEST_OPTIONS, max_length=MOST_OPTIONS), AfterValidator(_different)] = Field(
        description="What can be chosen, each in one line"
    )
    multiple: Annotated[bool, Field(strict=True)] = Field(False, description="Several options may be chosen")
    closes_at: Annotated[str, StringConstraints(strict=True, max_length=64), AfterValidator(_moment)] | None = Field(
        None, description="From then on nobody votes any more: a time with its zone, such as 2026-05-04T12:30:00Z"
    )

    def as_json(self) -> dict[str, Any]:
        """The poll as its event has it: what it does not say is left out."""
        fields: dict[str, Any] = {"options": self.options}
        if self.multiple:
            fields["multiple"] = True
        if self.closes_at is not None:
            fields["closes_at"] = self.closes_at
        return fields

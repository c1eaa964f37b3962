"""The one form that files come in, read as it arrives: its fields are bounded, and of the file no more is held than just came."""

from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from hubbub.errors import Invalid, TooLarge

PARTS = 8
FIELD_BYTES = 1024
OVERHEAD_BYTES = 64 * 1024
"""What may stand around the file: boundaries, headers, other fields, a preamble."""

_TRUE = {"1", "true", "on", "yes"}


class FileForm:
    """A form with a `file`, and `voice` where it is one. Bytes go in; what comes of the file is taken out."""

    def __init__(self, content_type: str | None) -> None:
        """Raises `Invalid` when it is no such form."""
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 70:
            raise Invalid("Expected a form, `multipart/form-data` with its boundary, with the file in its field `file`.")
        self.name: str | None = None
        """The file's name, once its part has begun."""
        self.is_voice = False
        self.is_over = False
        self._parser = MultipartParser(boundary, _callbacks(self), max_header_count=8, max_header_size=4096)
        self._bytes = bytearray()
        self._parts = self._around = 0
        self._header, self._value = b"", b""
        self._field: str | None = None
        self._text = b""

    def feed(self, some: bytes) -> None:
        """Take what came. Raises `Invalid` or `TooLarge`."""
        before = len(self._bytes)
        try:
            self._parser.write(some)
        except FormParserError as error:
            raise Invalid(f"This form cannot be read: {error}.") from None
        self._around += len(some) - (len(self._bytes) - before)
        if self._around > OVERHEAD_BYTES:
            raise TooLarge(f"This form has more than {OVERHEAD_BYTES:,} bytes beside its file.")

    def taken(self) -> bytes:
        """What came of the file since this was last asked."""
        some = bytes(self._bytes)
        self._bytes.clear()
        return some

    def part_begins(self) -> None:
        """For the parser."""
        self._parts += 1
        if self._parts > PARTS:
            raise TooLarge(f"This form has more than {PARTS} parts. Send one file at a time.")
        self._field, self._text = None, b""
        self._header = self._value = b""

    def header_name(self, data: bytes, start: int, end: int) -> None:
        """For the parser."""
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """For the parser."""
        self._value += data[start:end]

    def header_ends(self) -> None:
        """For the parser."""
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._value)
            self._field = options.get(b"name", b"").decode(errors="replace")
            if self._field == "file":
                if self.name is not None:
                    raise Invalid("This form has two files. Send one at a time.", field="file")
                self.name = options.get(b"filename", b"file").decode(errors="replace")
        self._header = self._value = b""

    def part_data(self, data: bytes, start: int, end: int) -> None:
        """For the parser."""
        if self._field == "file":
            self._bytes += data[start:end]
            return
        self._text += data[start:end]
        if len(self._text) > FIELD_BYTES:
            raise TooLarge(f"A field of this form has more than {FIELD_BYTES:,} bytes. The file goes into the field `file`.")

    def part_ends(self) -> None:
        """For the parser."""
        if self._field == "voice":
            self.is_voice = self._text.decode(errors="replace").strip().lower() in _TRUE
        self._field = None

    def ends(self) -> None:
        """For the parser."""
        self.is_over = True


def _callbacks(form: FileForm) -> Any:
    return {
        "on_part_begin": form.part_begins,
        "on_header_field": form.header_name,
        "on_header_value": form.header_value,
        "on_header_end": form.header_ends,
        "on_part_data": form.part_data,
        "on_part_end": form.part_ends,
        "on_end": form.ends,
    }

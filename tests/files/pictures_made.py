"""Pictures to upload, and what is hidden in them."""

import struct
import zlib
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SECRET = b"SWORDFISH LANE 7"


def encoded(image, kind, **how):
    """The bytes of an image."""
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def photo(kind="JPEG", size=(300, 200), colour="red"):
    """A photo that lies on its side, and says where it was taken."""
    image = Image.new("RGB", size, colour)
    exif = image.getexif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    hidden = {"JPEG": {"comment": SECRET, "xmp": SECRET}, "PNG": {"pnginfo": PngInfo()}, "WEBP": {"xmp": SECRET}}[kind]
    if kind == "PNG":
        hidden["pnginfo"].add_text("Comment", SECRET.decode())
    return encoded(image, kind, exif=exif, **hidden)


def picture(colour="red", size=(40, 30)):
    """A small picture that hides nothing."""
    return encoded(Image.new("RGB", size, colour), "PNG")


def moving(kind="GIF", durations=(100, 200, 300)):
    """A picture that moves."""
    first, *others = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    return encoded(first, kind, save_all=True, append_images=others, duration=list(durations), loop=0)


def png_that_says_it_is(width, height):
    """A PNG of a few bytes with a header that promises a great many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND", b"")


def gif_of_frames(frames, side=1):
    """A GIF of very many frames of a pixel, or of few that are large: a few bytes each."""
    screen = struct.pack("<HHBBB", side, side, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + screen + frame * frames + b"\x3b"


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

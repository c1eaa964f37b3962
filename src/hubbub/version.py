"""The version of Hubbub that is installed."""

from importlib.metadata import version

VERSION = version("hubbub")

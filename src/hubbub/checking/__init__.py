"""Reads a whole database and says whether every promise that can be read off it holds."""

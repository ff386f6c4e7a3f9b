"""The version, which every result carries; a test holds it equal to pyproject.toml."""

__all__ = ["VERSION"]

VERSION = "0.1.0"

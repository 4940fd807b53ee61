"""Ecosystems with planted gaps: worlds of which it is known what is weak, written as files."""

from bench.planted.make import make
from bench.planted.world import World, write

__all__ = ["World", "make", "write"]

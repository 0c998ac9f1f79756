"""What tests of plugins use, and no image has: the suite that every store has to pass, and the plugin as a process of
its own."""

from .conformance import conform
from .process import Process

__all__ = ["Process", "conform"]

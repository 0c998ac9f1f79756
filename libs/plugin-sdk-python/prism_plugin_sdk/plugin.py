"""What runs, by its name."""

from collections.abc import Sequence
from dataclasses import dataclass

from .settings import Secret, Setting


@dataclass(frozen=True)
class Plugin:
    """What a plugin is called, and what it can be told."""

    #: As in `memstore`; the plugin is `plugin-memstore`.
    name: str
    #: What `--version` prints.
    version: str
    #: Its own, besides those of every plugin.
    settings: Sequence[Setting | Secret] = ()

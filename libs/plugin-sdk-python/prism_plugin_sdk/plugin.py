"""What runs, by its name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plugin:
    """What a plugin is called."""

    #: As in `memstore`; the plugin is `plugin-memstore`.
    name: str
    #: What `--version` prints.
    version: str

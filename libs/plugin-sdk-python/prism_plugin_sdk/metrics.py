"""Counts calls, and writes them in Prometheus' text format: the names and buckets are those of the SDK for Go."""

from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import accumulate

#: Upper bounds in seconds, those of the proxy.
BUCKETS = ("0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.05", "0.1", "0.5", "1", "5", "+Inf")
BOUNDS = tuple(map(float, BUCKETS))
SECONDS = "prism_plugin_call_duration_seconds"


class Calls:
    """Those that have ended. Methods are those of the service, so that clients cannot make the labels grow."""

    def __init__(self) -> None:
        self._ended: Counter[tuple[str, str]] = Counter()
        self._took: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def observe(self, method: str, code: str, seconds: float) -> None:
        self._ended[method, code] += 1
        self._took[method][bisect_left(BOUNDS, seconds)] += 1
        self._seconds[method] += seconds

    def text(self, *, plugin: str, version: str, up: bool, in_flight: int) -> str:
        info = f"{{plugin={quoted(plugin)},version={quoted(version)}}}"
        lines = [
            *head("prism_plugin_build_info", "gauge", "Always 1; labels name the build."),
            f"prism_plugin_build_info{info} 1",
            *head("prism_plugin_up", "gauge", "1 while the backend can serve."),
            f"prism_plugin_up {int(up)}",
            *head("prism_plugin_calls_in_flight", "gauge", "Calls being served now."),
            f"prism_plugin_calls_in_flight {in_flight}",
            *head("prism_plugin_calls_total", "counter", "Calls by final gRPC status."),
        ]
        for (method, code), count in sorted(self._ended.items()):
            lines.append(f'prism_plugin_calls_total{{method="{method}",code="{code}"}} {count}')
        lines += head(SECONDS, "histogram", "Time that calls took.")
        for method, counts in sorted(self._took.items()):
            for bound, count in zip(BUCKETS, accumulate(counts)):
                lines.append(f'{SECONDS}_bucket{{method="{method}",le="{bound}"}} {count}')
            lines.append(f'{SECONDS}_sum{{method="{method}"}} {self._seconds[method]:g}')
            lines.append(f'{SECONDS}_count{{method="{method}"}} {sum(counts)}')
        return "\n".join(lines) + "\n"


def head(name: str, kind: str, help_text: str) -> list[str]:
    return [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]


def quoted(label: str) -> str:
    escaped = label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'"{escaped}"'

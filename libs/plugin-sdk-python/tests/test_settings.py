import tempfile
import unittest

from prism_plugin_sdk.settings import (
    Address,
    Secret,
    Setting,
    Settings,
    SettingsError,
    load,
    parse_address,
    parse_bytes,
    parse_duration,
    parse_text,
    usage,
)

OWN = (
    Setting("PRISM_X_PATH", "/data/x", "where it is", parse_text),
    Setting("PRISM_X_EVERY", "1m", "how often", lambda text: parse_duration(text, most="24h")),
)


class Load(unittest.TestCase):
    def test_a_flag_wins_over_the_environment_and_that_over_the_default(self) -> None:
        variables = {"PRISM_LISTEN": "127.0.0.1:1", "PRISM_CALL_TIMEOUT": "", "PRISM_DRAIN_TIMEOUT": "500ms"}
        found = load(["--listen=127.0.0.1:2", "--log-level", "debug"], variables)
        self.assertEqual(found, Settings(Address("127.0.0.1", 2), *([Address("127.0.0.1", 0)] * 2), "DEBUG", 0.5, 1.0, 10.0))

    def test_every_violation_is_said(self) -> None:
        variables = {"PRISM_LISTEN": "nowhere", "PRISM_CONTROL_LISTEN": "x", "PRISM_METRICS_LISTEN": "x", "PRISM_HEALTH_INTERVAL": "1ms"}
        with self.assertRaises(SettingsError) as caught:
            load(["x", "--color=red", "--log-level=loud", "--call-timeout"], variables)
        named = [line.split(": ")[0] for line in str(caught.exception).split("\n")]
        listeners = ["PRISM_LISTEN", "PRISM_CONTROL_LISTEN", "PRISM_METRICS_LISTEN"]
        expected = ["x", "--color", "--call-timeout", *listeners, "--log-level", "PRISM_HEALTH_INTERVAL"]
        self.assertEqual(named, expected)

    def test_an_empty_flag_is_a_value(self) -> None:
        with self.assertRaisesRegex(SettingsError, '^--listen: "" is not host:port'):
            load(["--listen="], {})

    def test_those_of_a_plugin_are_read_as_all_others(self) -> None:
        found = load(["--x-every=24h"], {"PRISM_X_PATH": "/here"}, OWN)
        self.assertEqual(found.own, {"x_path": "/here", "x_every": 86_400})
        self.assertEqual(load([], {}, OWN).own, {"x_path": "/data/x", "x_every": 60})
        wrong = "^PRISM_LISTEN: .*\n--x-path: is empty; .*\nPRISM_X_EVERY: 25h is not from 0s to 24h$"
        with self.assertRaisesRegex(SettingsError, wrong):
            load(["--x-path="], {"PRISM_LISTEN": "x", "PRISM_X_EVERY": "25h"}, OWN)
        self.assertIn("  PRISM_X_PATH, --x-path (default /data/x)\n      where it is\n", usage(OWN))
        with self.assertRaisesRegex(SettingsError, "--x-path: unknown flag"):
            load(["--x-path=a"], {})

    def test_lifecycle_is_on_loopback_unless_it_is_told_otherwise(self) -> None:
        self.assertEqual(load([], {"PRISM_LISTEN": "0.0.0.0:1"}).control_listen, Address("127.0.0.1", 0))


class Secrets(unittest.TestCase):
    OWN = (Secret("DATABASE_URL", "where the database is"),)

    def test_they_are_in_their_variable_or_a_file_and_never_a_flag(self) -> None:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("hidden\r\n")
            file.flush()
            given, named = {"DATABASE_URL": "given"}, {"DATABASE_URL_FILE": file.name}
            self.assertEqual(load([], given, self.OWN).own, {"database_url": "given"})
            self.assertEqual(load([], named, self.OWN).own, {"database_url": "hidden"})
            with self.assertRaisesRegex(SettingsError, "^DATABASE_URL_FILE: the variable without _FILE is set as well"):
                load([], {**given, **named}, self.OWN)
        with self.assertRaisesRegex(SettingsError, "^DATABASE_URL_FILE: .*: No such file"):
            load([], named, self.OWN)
        with self.assertRaisesRegex(SettingsError, "^DATABASE_URL: is empty"):
            load([], {}, self.OWN)
        with self.assertRaisesRegex(SettingsError, "^--database-url: unknown flag"):
            load(["--database-url=x"], given, self.OWN)
        self.assertIn("  DATABASE_URL or DATABASE_URL_FILE, a file with it\n      where the", usage(self.OWN))


class Values(unittest.TestCase):
    def test_times_have_units_and_bounds(self) -> None:
        for text in ("", "5", "s", "-1s", "1.5s", "2h", "5d", "1 s", "٣s"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_duration(text)
        self.assertEqual([parse_duration(text) for text in ("0s", "1ms", "2m", "1h")], [0, 0.001, 120, 3600])
        with self.assertRaisesRegex(ValueError, "^9ms is not from 10ms to 1h$"):
            parse_duration("9ms", "10ms")

    def test_sizes_have_units_and_bounds(self) -> None:
        for text, size in (("4096", 4096), ("4KiB", 4096), ("1MiB", 1 << 20), ("3GiB", 3 << 30)):
            self.assertEqual(parse_bytes(text, 4096, 3 << 30), size)
        for text in ("", "KiB", "4095", "4GiB", "-1MiB", "+1MiB", "1.5MiB", "1 MiB", "٣MiB", "99999999999GiB"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_bytes(text, 4096, 3 << 30)

    def test_addresses(self) -> None:
        cases = {":50100": "0.0.0.0:50100", "127.0.0.1:0": "127.0.0.1:0", "[::]:1": "[::]:1", "[::1]:2": "[::1]:2"}
        self.assertEqual({text: str(parse_address(text)) for text in cases}, cases)
        for text in ("", "50100", "::1:2", "[::1]", "localhost:1", "1.2.3:4", ":65536", ":-1", ":٣", "[1.2.3.4]:5"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_address(text)

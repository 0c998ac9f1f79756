import unittest

from prism_admin.settings import Settings, SettingsError, read_settings


class ReadSettings(unittest.TestCase):
    def test_defaults(self) -> None:
        expected = Settings("127.0.0.1", 8000, "http://127.0.0.1:8981", 2.0, "info")
        self.assertEqual(read_settings({}), expected)
        self.assertEqual(read_settings({"PRISM_LISTEN": "", "PROXY_URL": "  "}), expected)

    def test_everything(self) -> None:
        environment = {
            "PRISM_LISTEN": "[::1]:9000",
            "PROXY_URL": "https://proxy.example/prism/",
            "PROXY_TIMEOUT_MS": "250",
            "PRISM_LOG_LEVEL": "DEBUG",
        }
        expected = Settings("::1", 9000, "https://proxy.example/prism", 0.25, "debug")
        self.assertEqual(read_settings(environment), expected)

    def test_all_violations_are_named_at_once(self) -> None:
        wrong = {"PRISM_LISTEN": "8000", "PROXY_URL": "proxy:8981", "PROXY_TIMEOUT_MS": "0", "PRISM_LOG_LEVEL": "loud"}
        with self.assertRaises(SettingsError) as caught:
            read_settings(wrong)
        lines = str(caught.exception).split("\n")
        self.assertEqual([line.split()[0] for line in lines], list(wrong))

    def test_what_is_no_value(self) -> None:
        cases = [
            *(("PRISM_LISTEN", value) for value in (":8000", "a:b", "a:65536", "a:-1", "a:٣")),
            *(("PROXY_URL", value) for value in ("http://", "ftp://a", "http://a:x", "http://a?b", "http://[")),
            *(("PROXY_TIMEOUT_MS", value) for value in ("1.5", "-1", "60001", "x")),
        ]
        for name, value in cases:
            with self.subTest(name=name, value=value), self.assertRaises(SettingsError):
                read_settings({name: value})

import unittest
from datetime import timedelta

from prism_plugin_sdk.cursor import decode_cursor, encode_cursor
from prism_plugin_sdk.limits import MAX_TTL_MS, MAX_VALUE_BYTES, Refused, check_key, check_prefix, check_value
from prism_plugin_sdk.limits import read_page, read_ttl


class Limits(unittest.TestCase):
    def test_the_limits_themselves_are_inside(self) -> None:
        self.assertEqual(check_key("é" * 512), "é" * 512)
        self.assertEqual(check_prefix(""), "")
        self.assertEqual(len(check_value(bytes(MAX_VALUE_BYTES))), MAX_VALUE_BYTES)
        self.assertEqual(read_ttl(0, 0), timedelta(0))
        self.assertEqual(read_ttl(MAX_TTL_MS, 1), timedelta(days=36500))
        self.assertEqual([read_page(0), read_page(1), read_page(1000)], [100, 1, 1000])

    def test_beyond_them_is_refused_with_the_limit(self) -> None:
        with self.assertRaisesRegex(Refused, "^key has 1026 bytes; the limit is 1024$"):
            check_key("é" * 513)
        refused = [
            lambda: check_key(""),
            lambda: check_prefix("k" * 1025),
            lambda: check_value(bytes(MAX_VALUE_BYTES + 1)),
            *(lambda ms=ms, least=least: read_ttl(ms, least) for ms, least in ((0, 1), (-1, 0), (MAX_TTL_MS + 1, 0))),
            *(lambda limit=limit: read_page(limit) for limit in (-1, 1001)),
        ]
        for number, call in enumerate(refused):
            with self.subTest(number), self.assertRaises(Refused):
                call()


class Cursors(unittest.TestCase):
    def test_they_come_back(self) -> None:
        for key in ("", "a", "grüße/\U0001f600"):
            self.assertEqual(decode_cursor(encode_cursor(key)), key)

    def test_others_are_refused(self) -> None:
        for cursor in ("A", "?", "_w", "é", "YW Jj", "YQ==", "YW" * 1025):
            with self.subTest(cursor), self.assertRaises(Refused):
                decode_cursor(cursor)

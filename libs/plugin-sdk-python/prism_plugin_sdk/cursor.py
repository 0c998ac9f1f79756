"""A cursor is the last key of its page, in hexadecimal, so that clients do not come to rely on what is in it."""

import re

from .limits import Refused, check_prefix

HEXADECIMAL = re.compile("[0-9a-f]*")


def encode_cursor(key: str) -> str:
    return key.encode().hex()


def decode_cursor(cursor: str) -> str:
    """Empty for the first page. Raises Refused for what no page ended with."""
    try:
        # fromhex alone would take spaces too.
        return check_prefix(bytes.fromhex(cursor if HEXADECIMAL.fullmatch(cursor) else "?").decode())
    except ValueError:
        raise Refused("cursor is not the next_cursor of an earlier page") from None

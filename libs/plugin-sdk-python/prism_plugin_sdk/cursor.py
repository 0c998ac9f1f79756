"""A cursor is the last key of its page, encoded so that clients do not come to rely on what is in it."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from .limits import Refused, check_prefix

#: The decoder would leave out other characters.
ENCODED = re.compile("[A-Za-z0-9_-]*")


def encode_cursor(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Empty for the first page. Raises Refused for what no page ended with."""
    try:
        if not ENCODED.fullmatch(cursor):
            raise ValueError
        return check_prefix(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except ValueError:
        raise Refused("cursor is not the next_cursor of an earlier page") from None

"""Tokens that look real, made anew in each run: a literal one would be found by those who search for leaks."""

import secrets
import string
import zlib

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def classic_token():
    """ghp_ and 36 characters, the last six of them the checksum of the others."""
    body = ''.join(secrets.choice(DIGITS) for _ in range(30))
    crc, checksum = zlib.crc32(body.encode()), ''
    for _ in range(6):
        crc, digit = divmod(crc, 62)
        checksum = DIGITS[digit] + checksum
    return 'ghp_' + body + checksum

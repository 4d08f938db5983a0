"""Vaults as the tests see them: made with a password, and told by header, plaintext and password.

Written from the description of the format alone (docs/vault-format.md), not from either program under test.
"""

import binascii
import functools
import hashlib
import hmac
import os
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# Every password a case may end with. A vault under none of them is told as its bytes.
FIRST, OTHER, DEV, NEW, TYPED = WORDS = ["first words", "other words", "dev words", "new words", "typed words"]
PASSWORDS = [*WORDS, " first words ", "first\nwords", ""]
VAULT = re.compile(rb"\$ANSIBLE_VAULT;[^\r\n]*\n(?:[ ]*[0-9a-f]{1,80}(?:\n|\Z))+")


@functools.lru_cache(maxsize=None)
def keys(password, salt):
    material = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 10000, 80)
    return material[:32], material[32:64], material[64:]


def aes(password, salt, data):
    key, _, counter = keys(password, salt)
    cipher = Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor()
    return cipher.update(data) + cipher.finalize()


def seal(padded, password, salt):
    """The body's inner three lines of hex, of a text that is padded already (or wrongly)."""
    ciphertext = aes(password, salt, padded)
    code = hmac.digest(keys(password, salt)[1], ciphertext, "sha256")
    return b"\n".join(map(binascii.hexlify, (salt, code, ciphertext)))


def wrap(inner, header=b"$ANSIBLE_VAULT;1.1;AES256", width=80, end=b"\n"):
    body = binascii.hexlify(inner)
    return end.join([header, *(body[at:at + width] for at in range(0, len(body), width))]) + end


def pad(plaintext):
    missing = 16 - len(plaintext) % 16
    return plaintext + bytes([missing]) * missing


def make(plaintext, password, label=None):
    header = f"$ANSIBLE_VAULT;1.2;AES256;{label}" if label else "$ANSIBLE_VAULT;1.1;AES256"
    return wrap(seal(pad(plaintext), password, os.urandom(32)), header.encode())


def open_body(inner):
    """(plaintext, password, salt), or None."""
    try:
        salt, code, ciphertext = map(binascii.unhexlify, inner.split(b"\n"))
    except (ValueError, binascii.Error):
        return None
    for password in PASSWORDS:
        if hmac.compare_digest(hmac.digest(keys(password, salt)[1], ciphertext, "sha256"), code):
            padded = aes(password, salt, ciphertext)
            return padded[:-padded[-1]], password, salt
    return None


@functools.lru_cache(maxsize=None)
def tell_one(vault):
    header, *body = vault.removesuffix(b"\n").split(b"\n")
    lines = [line.lstrip(b" ") for line in body]
    indents = {len(line) - len(stripped) for line, stripped in zip(body, lines)}
    try:
        opened = open_body(binascii.unhexlify(b"".join(lines)))
    except binascii.Error:
        opened = None
    if not opened:
        return vault
    plaintext, password, salt = opened
    words = [header.decode()[len("$ANSIBLE_VAULT;"):], repr(plaintext)[1:], "by", repr(password)]
    if indents != {0}:
        words += ["indented", "/".join(map(str, sorted(indents)))]
    if any(len(line) != 80 for line in lines[:-1]):
        words.append("in odd lines")
    if len(salt) != 32:
        words += ["salt", repr(salt)[1:]]
    return f"<{' '.join(words)}>".encode() + (b"\n" if vault.endswith(b"\n") else b"")


def tell(data):
    """`data` as a string, each vault in it that a known password opens replaced by what it is:

        <1.2;AES256;dev 'hello\\n' by 'dev words'>
    """
    told = VAULT.sub(lambda found: tell_one(found.group()), data)
    return told.decode("utf-8", "backslashreplace")

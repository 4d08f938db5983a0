#!/usr/bin/python3
"""Makes the known-answer vectors of this directory with the installed ansible-core (see README.md).

    tests/vectors/make.py            writes vectors.txt and *.vault

Payloads with a random salt get a new one each time; those with a fixed salt must come out as they were.
"""
import hashlib
import pathlib

import ansible.release
from ansible.parsing.vault import VaultLib, VaultSecret

HERE = pathlib.Path(__file__).resolve().parent
MEBIBYTE = 1024 * 1024
SALT = 'hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

# name, password, label, salt, plaintext: written as text, or as hex:DIGITS, or as cycle:N (byte i is i mod 251), or as
# "-" for nothing at all (for the salt: 32 random bytes).
SMALL = [
    ('token', 'correct-horse', '-', '-', 'a-registry-token'),
    ('label', 'correct-horse', 'dev', '-', 'a-registry-token'),
    ('label_dashes', 'correct-horse', 'prod-eu.west_1', '-', 'a-registry-token'),
    ('label_default', 'correct-horse', 'default', '-', 'a-registry-token'),
    ('empty', 'correct-horse', '-', '-', '-'),
    *((f'size_{n}', 'correct-horse', '-', '-', f'cycle:{n}') for n in (1, 15, 16, 17, 31, 32, 33)),
    ('utf8', 'correct-horse', '-', '-', 'hex:' + 'schlüssel: 鍵 🔑\n'.encode().hex()),
    ('binary', 'correct-horse', '-', '-', 'hex:' + bytes(range(256)).hex()),
    ('crlf', 'correct-horse', '-', '-', 'hex:' + b'a: 1\r\nb: 2\r\n'.hex()),
    ('lf', 'correct-horse', '-', '-', 'hex:' + b'\n'.hex()),
    ('password_utf8', 'hex:' + 'pässwörd'.encode().hex(), '-', '-', 'text'),
    ('password_bytes', 'hex:ff00fe0a', '-', '-', 'text'),
    ('password_1', 'p', '-', '-', 'text'),
    ('password_64', 'p' * 64, '-', '-', 'text'),
    ('password_65', 'p' * 65, '-', '-', 'text'),
    ('password_200', 'p' * 200, '-', '-', 'text'),
    ('fixed_short_salt', 'secret', '-', 'salty', 'hex:' + b'hello\n'.hex()),
    ('fixed_salt', 'secret', '-', SALT, 'a-registry-token'),
    ('fixed_salt_label', 'secret', 'prod', SALT, 'a-registry-token'),
    ('fixed_salt_1', 'secret', '-', 's', 'cycle:40'),
    ('fixed_salt_100', 'secret', '-', 's' * 100, 'cycle:40'),
]

# Too big to keep: the SHA-256 of what Ansible makes of them. Sizes around our buffers' sizes, and one large one.
LARGE = [(f'fixed_size_{n}', 'secret', '-', SALT, f'cycle:{n}')
         for n in (16367, 16368, 16369, 16383, 16384, 16385, 32768, 65536, 100_000, MEBIBYTE)]


def as_bytes(field):
    if field == '-':
        return b''
    if field.startswith('hex:'):
        return bytes.fromhex(field[4:])
    if field.startswith('cycle:'):
        return bytes(i % 251 for i in range(int(field[6:])))
    return field.encode()


def sealed(password, label, salt, plaintext):
    return VaultLib().encrypt(as_bytes(plaintext), VaultSecret(as_bytes(password)),
                              vault_id=None if label == '-' else label,
                              salt=None if salt == '-' else as_bytes(salt))


def main():
    lines = [f'# Made by make.py with ansible-core {ansible.release.__version__}: do not edit.',
             '# name password label salt plaintext payload']
    for old in HERE.glob('*.vault'):
        old.unlink()
    for row in SMALL:
        (HERE / f'{row[0]}.vault').write_bytes(sealed(*row[1:]))
        lines.append(' '.join([*row, 'file']))
    for row in LARGE:
        lines.append(' '.join([*row, 'sha256:' + hashlib.sha256(sealed(*row[1:])).hexdigest()]))
    (HERE / 'vectors.txt').write_text('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()

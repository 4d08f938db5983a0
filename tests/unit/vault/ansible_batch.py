#!/usr/bin/python3
"""Lets the installed Ansible open and seal payloads, many in one process.

    ansible_batch.py DIRECTORY

DIRECTORY/orders.txt holds one order a line: "open NAME PASSWORD" reads NAME.payload and writes NAME.opened, or, when
Ansible refuses, NAME.refused with its words; "seal NAME PASSWORD LABEL" reads NAME.plain and writes NAME.payload. The
password is in hexadecimal, "-" is no label.
"""
import pathlib
import sys

from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.utils.display import Display

Display.warning = lambda *_, **__: None


def open_payload(file, vault):
    try:
        file.with_suffix('.opened').write_bytes(vault.decrypt(file.with_suffix('.payload').read_bytes()))
    except Exception as error:  # every kind of refusal: bad padding, for one, is a ValueError
        file.with_suffix('.refused').write_text(str(error))


def seal_plaintext(file, vault, label):
    label = None if label == '-' else label
    file.with_suffix('.payload').write_bytes(vault.encrypt(file.with_suffix('.plain').read_bytes(), vault_id=label))


def main(directory):
    for order in (directory / 'orders.txt').read_text().splitlines():
        verb, name, password, *label = order.split(' ')
        vault = VaultLib([('default', VaultSecret(bytes.fromhex(password)))])
        if verb == 'open':
            open_payload(directory / name, vault)
        else:
            seal_plaintext(directory / name, vault, label[0])


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]))

"""What a rekey by hand looks like: every !vault value decrypted and encrypted anew by Ansible's own VaultLib.

    ansible_loop.py OLD_PASSWORD_FILE NEW_PASSWORD_FILE INVENTORY AT_MOST

Prints secrets and seconds: those of the loop alone, without Python's start, the parsing and the writing, all in
Ansible's favour.
"""
import re
import sys
import time

from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret


def vault(password_file):
    with open(password_file, "rb") as file:
        return VaultLib([(DEFAULT_VAULT_ID_MATCH, VaultSecret(file.read().strip()))])


def main(old_file, new_file, inventory, at_most):
    with open(inventory) as file:
        blocks = re.findall(r"!vault \|\n((?: +[$0-9a-fA].*\n)+)", file.read())[:int(at_most)]
    payloads = ["".join(line.strip() + "\n" for line in block.splitlines()) for block in blocks]
    old, new = vault(old_file), vault(new_file)
    begin = time.perf_counter()
    for payload in payloads:
        new.encrypt(old.decrypt(payload))
    print(len(payloads), time.perf_counter() - begin)


main(*sys.argv[1:])

"""Inventories with secrets in them, the same texts each time (the salts, and so the payloads, differ).

    trees.py REGVAULT PASSWORD_FILE DIRECTORY FILES SECRETS_EACH

Some of the values stand in the clear, as in real ones. The secrets are encrypted by regvault itself, a thousand at a
time: their texts are no secrets, so they may stand in the arguments.
"""
import os
import random
import subprocess
import sys

AT_ONCE = 1000


def values(count, seed=20261121):
    source = random.Random(seed)
    return ["".join(source.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=source.randint(16, 60)))
            for _ in range(count)]


def payloads(program, password_file, texts):
    """Of each text, lines without indentation."""
    found = []
    for begin in range(0, len(texts), AT_ONCE):
        argv = [program, "encrypt_string", "--vault-password-file", password_file, *texts[begin:begin + AT_ONCE]]
        out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        for block in out.split("!vault |\n")[1:]:
            found.append([line.strip() for line in block.splitlines() if line.startswith(" ")])
    assert len(found) == len(texts)
    return found


def host(number, payload):
    address = f"10.0.{number // 256 % 256}.{number % 256}"
    clear = f"    host{number}:\n      ansible_host: {address}\n      ansible_port: 22\n"
    return clear + "      token: !vault |\n" + "".join(f"        {line}\n" for line in payload)


def write_tree(program, password_file, directory, files, each):
    os.makedirs(directory)
    made = payloads(program, password_file, values(files * each))
    for i in range(files):
        with open(os.path.join(directory, f"inventory{i}.yml"), "w") as out:
            out.write("all:\n  hosts:\n")
            for number in range(i * each, (i + 1) * each):
                out.write(host(number, made[number]))


def write_inventory(path, size, payload):
    """About `size` bytes; the same payload each time: for what parses and does not decrypt."""
    with open(path, "w") as out:
        out.write("all:\n  hosts:\n")
        number = 0
        while number == 0 or out.tell() < size:
            out.write(host(number, payload))
            number += 1


if __name__ == "__main__":
    write_tree(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]))

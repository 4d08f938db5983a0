"""How time grows with the size of a file and with the number of files: measured into CSV files, which plot.py draws.

    scaling.py REGVAULT DIRECTORY      (DIRECTORY/size.csv and files.csv: series,x,milliseconds)
"""
import csv
import os
import shutil
import sys
import tempfile

from measure import quick, timings
from trees import payloads, write_inventory, write_tree

SIZES = [1000, 100000] if quick() else [10 ** exponent for exponent in range(3, 9)]
INVENTORIES = [10000, 100000] if quick() else [10000, 30000, 100000, 300000, 1000000, 3000000, 10000000]
FILES = [1, 3] if quick() else [1, 5, 20, 100, 500, 2000]
SECRETS_EACH = 5
PASSWORD = "--vault-password-file password"


def milliseconds(command, prepare=None, runs=None):
    (took,) = timings([command], prepare, runs)
    return 1000 * took.wall


def whole_files(program):
    for size in SIZES:
        with open("plain", "wb") as file:
            file.write(os.urandom(size))
        runs = 3 if size >= 10 ** 8 else None
        yield "encrypt", size, milliseconds(f"{program} encrypt {PASSWORD} --output sealed plain", None, runs)
        yield "decrypt", size, milliseconds(f"{program} decrypt {PASSWORD} --output opened sealed", None, runs)


def inventories(program):
    (payload,) = payloads(program, "password", ["a token of forty bytes, or thereabouts"])
    for size in INVENTORIES:
        write_inventory("inventory.yml", size, payload)
        get = f"{program} get {PASSWORD} inventory.yml all.hosts.host0.token"
        yield "get, inventory", size, milliseconds(get)
        yield "list, inventory", size, milliseconds(f"{program} list inventory.yml")


def trees(program):
    for files in FILES:
        shutil.rmtree("tree", ignore_errors=True)
        shutil.rmtree("now", ignore_errors=True)
        write_tree(program, "password", "tree", files, SECRETS_EACH)
        runs = 3 if files >= 500 else 5
        yield "list", files, milliseconds(f"{program} list tree")
        yield "list --try-keys", files, milliseconds(f"{program} list --try-keys {PASSWORD} tree", None, runs)
        rekey = f"{program} rekey {PASSWORD} --new-vault-password-file new-password now"
        yield "rekey", files, milliseconds(rekey, "cp -rT tree now", runs)


def write(path, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["series", "x", "milliseconds"])
        for series, x, took in sorted(rows, key=lambda row: (row[0], row[1])):
            out.writerow([series, x, f"{took:.4g}"])


def main(program, directory):
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.environ["HOME"] = work
        for name in ["password", "new-password"]:
            with open(name, "w") as file:
                file.write(f"the {name} of the benchmark\n")
        write(f"{directory}/size.csv", [*whole_files(program), *inventories(program)])
        write(f"{directory}/files.csv", trees(program))
        os.chdir("/")


main(*(os.path.realpath(argument) for argument in sys.argv[1:]))

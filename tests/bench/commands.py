"""The program under the name ansible-vault beside the installed ansible-vault, and what of its time is its start.

    commands.py REGVAULT BENCHMARKS

Medians of whole processes, by hyperfine, with /bin/true among them: so long does it take to start anything at all.
"""
import os
import subprocess
import sys
import tempfile

from measure import derivation, peak_megabytes, table, timings

THEIRS = "/usr/bin/ansible-vault"
VERBS = ["encrypt_string", "view", "encrypt", "decrypt", "rekey"]
FILES = ["encrypt", "view", "decrypt", "rekey"]
EXCESS_GOAL = 1.2


def arguments(verb):
    if verb == "encrypt_string":
        return "encrypt_string --vault-password-file password --name ghcr_pat value"
    if verb == "rekey":
        return "rekey --vault-password-file password --new-vault-password-file new-password now/rekey.yml"
    return f"{verb} --vault-password-file password now/{verb}.yml"


def prepare_files(program):
    for directory in ["originals", "now", "ours"]:
        os.mkdir(directory)
    os.symlink(program, "ours/ansible-vault")
    for name in ["password", "new-password"]:
        with open(name, "w") as file:
            file.write(os.urandom(12).hex() + "\n")
    with open("originals/encrypt.yml", "w") as file:
        file.write(f"ghcr_pat: {os.urandom(20).hex()}\n")
    subprocess.run([THEIRS, "encrypt", "--vault-password-file", "password", "--output", "originals/view.yml",
                    "originals/encrypt.yml"], check=True, capture_output=True)
    for name in ["decrypt", "rekey"]:
        with open("originals/view.yml") as source, open(f"originals/{name}.yml", "w") as copy:
            copy.write(source.read())
    block = subprocess.run([program, "encrypt_string", "--vault-password-file", "password", "-n", "ghcr_pat", "value"],
                           check=True, capture_output=True, text=True).stdout
    with open("inventory.yml", "w") as file:
        file.write(block)


def beside_ansible(program):
    restore = "cp -t now " + " ".join(f"originals/{name}.yml" for name in FILES)
    commands = [f"{who} {arguments(verb)}" for verb in VERBS for who in (THEIRS, "ours/ansible-vault")]
    measured = timings(["/bin/true", *commands], prepare=restore)
    rows = []
    for i, verb in enumerate(VERBS):
        them, us = measured[1 + 2 * i], measured[2 + 2 * i]
        rows.append([verb, f"{1000 * them.wall:.0f}", f"{1000 * us.wall:.2f}", f"{them.wall / us.wall:.0f}",
                     *(f"{peak_megabytes(command, restore):.1f}" for command in commands[2 * i:2 * i + 2])])
    rows.append(["(/bin/true)", "", f"{1000 * measured[0].wall:.2f}", "", "", f"{peak_megabytes('/bin/true'):.1f}"])
    table(["median, ms", "ansible-vault", "regvault", "times faster", "MB, ansible-vault", "MB, regvault"], rows)


def start(program, benchmarks):
    """Opening is two batches: one block shows whether the password is right, then come the other two."""
    sealing = derivation(benchmarks, 3)
    opening = derivation(benchmarks, 1) + derivation(benchmarks, 2)
    password = "--vault-password-file password"
    commands = [("encrypt_string", f"encrypt_string {password} --name ghcr_pat value", sealing),
                ("view", f"view {password} originals/view.yml", opening),
                ("get", f"get {password} inventory.yml ghcr_pat", opening)]
    measured = timings(["/bin/true", f"{program} --version", *(f"{program} {line}" for _, line, _ in commands)])
    nothing = measured[0].wall
    rows = [["(/bin/true)", f"{1000 * nothing:.2f}", "", ""],
            ["(--version)", f"{1000 * measured[1].wall:.2f}", "0", f"{1000 * (measured[1].wall - nothing):.2f}"]]
    for (verb, _, derived), took in zip(commands, measured[2:]):
        excess = took.wall - nothing - derived
        rows.append([verb, f"{1000 * took.wall:.2f}", f"{1000 * derived:.2f}", f"{1000 * excess:.2f}"])
    table(["median, ms", "whole", "of it derivation", f"more than /bin/true (goal {EXCESS_GOAL})"], rows)


def main(program, benchmarks):
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.environ["HOME"] = work
        prepare_files(program)
        beside_ansible(program)
        print()
        start(program, benchmarks)
        os.chdir("/")


main(*(os.path.realpath(argument) for argument in sys.argv[1:]))

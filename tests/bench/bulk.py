"""Many secrets at once: rekey, and list --try-keys, on one core and on two, beside a loop over Ansible's VaultLib.

    bulk.py REGVAULT BENCHMARKS
"""
import os
import subprocess
import sys
import tempfile

from measure import derivation, figure, peak_megabytes, quick, table, timings
from trees import write_tree

HERE = os.path.dirname(os.path.realpath(__file__))
TREES = [(1, 5), (2, 5)] if quick() else [(1, 100), (1, 1000), (200, 5), (1, 10000)]
ASKED_OF_ANSIBLE = 5 if quick() else 200
REKEY_BLOCKS, LIST_BLOCKS = 6, 3
CPUS = [1, 2]


def path(directory, files):
    """A file is given by name; for a directory git is asked what it ignores, which takes more than a millisecond."""
    return f"{directory}/inventory0.yml" if files == 1 else directory


def runs(secrets):
    return 3 if secrets >= 10000 else 7


def ansible_seconds_each(inventory):
    """Of a few: the loop does the same for each."""
    argv = [sys.executable, f"{HERE}/ansible_loop.py", "password", "new-password", inventory, str(ASKED_OF_ANSIBLE)]
    count, seconds = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    return float(seconds) / int(count)


def on(cpus, command):
    return f"taskset -c {','.join(str(cpu) for cpu in range(cpus))} {command}"


def share(cpu, secrets, blocks, block_seconds):
    """Of the processor time, what is not key derivation."""
    return f"{100 * (1 - secrets * blocks * block_seconds / cpu):.1f} %"


def named(files, secrets):
    return f"{secrets:,} in {'one file' if files == 1 else f'{files} files'}"


def rekey_rows(program, benchmarks, each_in_ansible):
    rows = []
    options = "--vault-password-file password --new-vault-password-file new-password"
    for files, each in TREES:
        secrets = files * each
        tree = f"tree-{files}-{each}"
        derived = derivation(benchmarks, 96) / 96
        commands = [on(cpus, f"{program} rekey {options} {path('now-' + tree, files)}") for cpus in CPUS]
        restore = f"cp -rT {tree} now-{tree}"
        one, two = timings(commands, restore, runs(secrets))
        derived = (derived + derivation(benchmarks, 96) / 96) / 2
        in_ansible = secrets * each_in_ansible
        rows.append([named(files, secrets), f"{figure(1000 * one.wall)}", f"{figure(1000 * two.wall)}",
                     f"{figure(1000 * in_ansible)}", f"{in_ansible / one.wall:.1f}", f"{in_ansible / two.wall:.1f}",
                     share(one.cpu, secrets, REKEY_BLOCKS, derived), f"{peak_megabytes(commands[1], restore):.0f}"])
    return rows


def list_rows(program, benchmarks):
    rows = []
    for files, each in TREES:
        secrets = files * each
        line = f"{program} list --try-keys --vault-password-file password {path(f'tree-{files}-{each}', files)}"
        derived = derivation(benchmarks, 96) / 96
        commands = [on(cpus, line) for cpus in CPUS]
        one, two = timings(commands, None, runs(secrets))
        rows.append([named(files, secrets), f"{figure(1000 * one.wall)}", f"{figure(1000 * two.wall)}",
                     share(one.cpu, secrets, LIST_BLOCKS, derived), f"{peak_megabytes(commands[1]):.0f}"])
    return rows


def main(program, benchmarks):
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.environ["HOME"] = work
        for name in ["password", "new-password"]:
            with open(name, "w") as file:
                file.write(f"the {name} of the benchmark\n")
        for files, each in TREES:
            write_tree(program, "password", f"tree-{files}-{each}", files, each)
        each_in_ansible = ansible_seconds_each(f"tree-{TREES[1][0]}-{TREES[1][1]}/inventory0.yml")
        table(["rekey, ms", "1 core", "2 cores", "VaultLib loop", "times faster, 1 core", "2 cores",
               "not derivation", "MB"], rekey_rows(program, benchmarks, each_in_ansible))
        print(f"\nThe loop took {figure(1000 * each_in_ansible)} ms a secret for as many as"
              f" {min(ASKED_OF_ANSIBLE, TREES[1][1])}; the column is that times the number.\n")
        table(["list --try-keys, ms", "1 core", "2 cores", "not derivation", "MB"], list_rows(program, benchmarks))
        os.chdir("/")


main(*(os.path.realpath(argument) for argument in sys.argv[1:]))

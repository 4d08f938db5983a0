#!/usr/bin/python3
"""An inventory of many hosts: the same answers as Ansible's for all of them, and how long both take.

Usage: many_hosts_test.py SHOW_INVENTORY HOSTS

Half of the hosts come from ranges in INI, half stand in YAML one by one; 100 groups in 10 regions, group_vars for all
of them, host_vars for every hundredth host.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import ansible_view
from parity_test import compare


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make(directory, hosts):
    groups = 100
    half = hosts // 2
    ini = []
    for group in range(groups):
        share = half // groups
        ini += [f"[rack{group:02}]", f"n{group:02}-[0001:{share:04}] ansible_user=v{group}", ""]
    for region in range(10):
        racks = [f"rack{group:02}" for group in range(groups) if group % 10 == region]
        ini += [f"[region{region}:children]", *racks, ""]
        ini += [f"[region{region}:vars]", f"region=v1{region}", f"shadowed=v2{region}", ""]
    write(f"{directory}/10-racks", "\n".join(ini))
    lines = ["all:", "  vars:", "    everywhere: v30", "  children:"]
    for group in range(groups):
        lines += [f"    rack{group:02}:", "      hosts:"]
        for host in range(half // groups):
            lines += [f"        y{group:02}-{host:04}:", f"          own: v{group}{host:04}"]
    write(f"{directory}/20-more.yml", "\n".join(lines) + "\n")
    write(f"{directory}/group_vars/all.yml", "shadowed: v40\nconsole: {user: v41}\n")
    for group in range(groups):
        write(f"{directory}/group_vars/rack{group:02}.yml", f"rack: v50{group:02}\nconsole:\n  pat: v60{group:02}\n")
    for host in range(0, half // groups, 100 // groups or 1):
        write(f"{directory}/host_vars/y00-{host:04}.yml", f"own: v7{host:04}\n")


def main():
    program, hosts = sys.argv[1], int(sys.argv[2])
    top = os.path.realpath(tempfile.mkdtemp(prefix="regvault-inventory-"))
    try:
        directory = f"{top}/inventory"
        make(directory, hosts)
        arguments = [f"ANSIBLE_CONFIG={ansible_view.CONFIG}", "HOME=/nonexistent-home", f"@{top}", "-i", directory]
        begin = time.perf_counter()
        answer = subprocess.run([program, *arguments], stdout=subprocess.PIPE, check=True).stdout
        ours_took = time.perf_counter() - begin
        answer = json.loads(answer)

        begin = time.perf_counter()
        listed = subprocess.run(["/usr/bin/ansible-inventory", "-i", directory, "--list"], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, check=True, cwd=top).stdout
        theirs_took = time.perf_counter() - begin

        theirs = json.loads(listed)["_meta"]["hostvars"]
        assert len(theirs) == hosts, len(theirs)
        groups = {host: seen["groups"][1:] for host, seen in answer["hosts"].items()}
        # --list sorts the hosts, and does not show the order of groups
        ordered = {host: (groups[host], theirs[host]) for host in answer["hosts"]}
        assert set(ordered) == set(theirs)
        problem = compare(answer, ordered)
        print(f"{hosts} hosts, every variable: {ours_took:.2f} s; ansible-inventory --list: {theirs_took:.2f} s")
        if problem:
            print(problem)
        return 1 if problem or answer["unread"] else 0
    finally:
        os.chdir("/")
        shutil.rmtree(top)


if __name__ == "__main__":
    sys.exit(main())

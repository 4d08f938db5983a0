#!/usr/bin/python3
"""What Debian's Ansible makes of the cases that parity_test.cpp lays out.

Standard input, tab-separated: WORKING_DIRECTORY [NAME=VALUE ...] per line.
Standard output: one line a case, `key=HEX` or `key=none` separated by tabs; or `refused`.
"""
import os
import sys

from ansible.config.manager import ConfigManager
from ansible.errors import AnsibleOptionsError

PATH = os.environ["PATH"]
SETTINGS = ("DEFAULT_VAULT_PASSWORD_FILE", "DEFAULT_VAULT_IDENTITY_LIST", "DEFAULT_VAULT_IDENTITY",
            "DEFAULT_VAULT_ENCRYPT_IDENTITY", "DEFAULT_VAULT_ID_MATCH", "DEFAULT_ASK_VAULT_PASS")


def text(value):
    if value is None:
        return "none"
    if isinstance(value, bool):
        value = "1" if value else ""
    return os.fsencode(value).hex() + "."


def answer(line):
    directory, *variables = line.rstrip(b"\n").split(b"\t")
    os.environb.clear()
    os.environ["PATH"] = PATH
    for variable in variables:
        name, value = variable.split(b"=", 1)
        os.environb[name] = value
    os.chdir(directory)
    ConfigManager.WARNINGS.clear()
    try:
        manager = ConfigManager()
    except AnsibleOptionsError:
        return "refused"
    values = [text(manager._config_file)]
    for name in SETTINGS:
        value = manager.get_config_value(name)
        if name == "DEFAULT_VAULT_ID_MATCH":
            value = bool(value)
        if isinstance(value, list):
            values.append(",".join(text(item) for item in value) or "empty")
        else:
            values.append(text(value))
    values.append("warned" if any("world writable" in warning for warning in ConfigManager.WARNINGS) else "-")
    return "\t".join(values)


for case in sys.stdin.buffer:
    print(answer(case))

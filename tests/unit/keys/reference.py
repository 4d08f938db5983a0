#!/usr/bin/python3
"""Which secrets Debian's Ansible loads in the cases that parity_test.cpp lays out.

Standard input: one case a line, tab-separated words: `cwd=DIR`, `env=NAME=VALUE`, `id=VAULT_ID`, `file=PASSWORD_FILE`,
`ask`, `confirm`. Standard output: one line a case, tab-separated: `LABEL=HEX` of every secret in order, then `?PROMPT`
of every prompt, or `failed`. Prompts are answered with " typed ".
"""
import os
import sys

from ansible import constants as C
from ansible.cli import CLI
from ansible.cli.arguments.option_helpers import unfrack_path
from ansible.config.manager import ConfigManager
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.utils.display import Display

BASE = {name: os.environ[name] for name in ("PATH", "HOME", "LC_ALL")}
SETTINGS = ("DEFAULT_VAULT_PASSWORD_FILE", "DEFAULT_VAULT_IDENTITY_LIST", "DEFAULT_VAULT_IDENTITY",
            "DEFAULT_ASK_VAULT_PASS")
prompts = []


def typed(self, message, private=False):
    prompts.append(message)
    return " typed "


Display.prompt = typed


def answer(words):
    values = {"cwd": [], "env": [], "id": [], "file": [], "ask": [], "confirm": []}
    for word in words:
        name, _, value = word.partition("=")
        values[name].append(value)
    os.environ.clear()
    os.environ.update(BASE)
    os.environ.update(variable.split("=", 1) for variable in values["env"])
    os.chdir(values["cwd"][0])
    manager = ConfigManager()
    for name in SETTINGS:
        setattr(C, name, manager.get_config_value(name))
    prompts.clear()
    try:
        secrets = CLI.setup_vault_secrets(
            DataLoader(),
            vault_ids=list(C.DEFAULT_VAULT_IDENTITY_LIST) + values["id"],
            vault_password_files=[unfrack_path(follow=False)(name) for name in values["file"]],
            ask_vault_pass=bool(values["ask"]) or C.DEFAULT_ASK_VAULT_PASS,
            create_new_password=bool(values["confirm"]))
    except AnsibleError:
        return "failed"
    return "\t".join([f"{label}={secret.bytes.hex()}" for label, secret in secrets] + ["?" + text for text in prompts])


for line in sys.stdin:
    print(answer(line.rstrip("\n").split("\t")))

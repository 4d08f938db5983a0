"""Judges edits with Ansible's loader: for each N.json in a folder, the operation applied to the data of N.in.yml must
give the data of N.out.yml, types included. Exit code 1 and a line for each that does not."""

import json
import pathlib
import sys

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode
from ansible.utils.unsafe_proxy import AnsibleUnsafe


def plain(data):
    """Data that compares by type and value; a vault is its ciphertext."""
    if isinstance(data, AnsibleVaultEncryptedUnicode):
        return ("vault", data._ciphertext.decode().strip())
    if isinstance(data, dict):
        return {"map": {(type(k).__name__, str(k)): plain(v) for k, v in data.items()}}
    if isinstance(data, list):
        return {"list": [plain(item) for item in data]}
    if isinstance(data, AnsibleUnsafe):
        return ("unsafe", str(data))
    for kind in (bool, int, float, str):
        if isinstance(data, kind):
            return (kind.__name__, data)
    return (type(data).__name__, str(data))


def key_of(mapping, text):
    for key in mapping:
        if key[1] == text:
            return key
    resolved = yaml.safe_load(text)
    key = (type(resolved).__name__, str(resolved))
    return key if key in mapping else ("AnsibleUnicode", text)


def changed(data, operation):
    if not isinstance(data, dict):
        data = {"map": {}}
    here, path = data, operation["path"]
    for i, step in enumerate(path):
        last = i == len(path) - 1
        if isinstance(step, int):
            place, index = here["list"], step
        else:
            place, index = here["map"], key_of(here["map"], step)
        if last and operation["operation"] == "remove":
            if isinstance(step, int):
                del place[index]
            else:
                place.pop(index, None)
        elif last:
            old = place[index] if isinstance(step, int) else place.get(index, ("NoneType", "None"))
            vault = operation["operation"] == "vault"
            kind = "vault" if vault else "unsafe" if old[0] == "unsafe" else "str"
            place[index] = (kind, operation["text"].strip() if vault else operation["text"])
        else:
            below = place[index] if isinstance(step, int) else place.get(index)
            if not isinstance(below, dict):
                place[index] = {"map": {}}
            here = place[index]
    return data


def main(folder):
    loader, failures, judged = DataLoader(), 0, 0
    for operation in sorted(pathlib.Path(folder).glob("*.json")):
        stem = str(operation)[: -len(".json")]
        texts = [pathlib.Path(stem + part).read_bytes().decode() for part in (".in.yml", ".out.yml")]
        try:
            before = plain(loader.load(texts[0], stem, show_content=False))
        except Exception as problem:
            print(stem, "Ansible does not read the input:", problem)
            failures += 1
            continue
        judged += 1
        try:
            wanted = changed(before, json.loads(operation.read_text()))
            if plain(loader.load(texts[1], stem, show_content=False)) != wanted:
                print(stem, "differs")
                failures += 1
        except Exception as problem:
            print(stem, "Ansible does not read the result:", type(problem).__name__, problem)
            failures += 1
    print(judged, "judged,", failures, "failures")
    return 1 if failures or not judged else 0


sys.exit(main(sys.argv[1]))

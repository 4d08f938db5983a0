# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The filter regvault.registry.dockerconfigjson: credentials to a pull secret's .dockerconfigjson.

Documented in dockerconfigjson.yml, beside this file.

The text is, byte for byte, what `kubectl create secret docker-registry` makes, which is what Go's encoding/json does
with kubectl's struct: keys in the order username, password, email, auth, an empty email left out, registries sorted,
and the characters that mean something to HTML or JavaScript escaped. No message holds a value, but a registry's name.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, Iterator, NoReturn

from ansible.errors import AnsibleFilterError

DOCKER_HUB = 'https://index.docker.io/v1/'  # kubectl's --docker-server, unless it is given
DOCKER_HUB_NAMES = ('docker.io', 'index.docker.io', 'registry-1.docker.io')
ENTRY_KEYS = ('username', 'password', 'email')

# What Go's encoder escapes in strings and Python's does not.
GO_ESCAPES = {ord(character): f'\\u{ord(character):04x}' for character in '<>&\u2028\u2029'}


def fail(message: str) -> NoReturn:
    raise AnsibleFilterError(f'regvault.registry.dockerconfigjson: {message}')


def kind_of(value: Any) -> str:
    """As YAML calls it. What is nothing else is one of Ansible's kinds of strings."""
    if value is None:
        return 'nothing'
    for types, name in (((bool,), 'a boolean'), ((int, float), 'a number'), ((Mapping,), 'a mapping'),
                        ((list, tuple, set), 'a list')):
        if isinstance(value, types):
            return name
    str(value)  # jinja2's Undefined says here what is undefined; to Ansible and ansible-lint that is an error apart
    return 'a string'


def shown(registry: Any) -> str:
    """A registry's name for a message; not one that somebody put credentials into (https://user:token@host)."""
    if '@' in str(registry):
        fail('the name of a registry holds a user or a password: give username and password of their own')
    return f'"{registry}"'


def as_text(value: Any, what: str) -> str:
    """An inline `!vault` is a string of a kind of its own up to ansible-core 2.18; str() decrypts it."""
    if isinstance(value, (bool, float)):
        fail(f'{what} came as {kind_of(value)}, which is not what was typed: put it in quotes')
    if value is None or isinstance(value, (bytes, Mapping, list, tuple, set)):
        fail(f'{what} must be a string, not {kind_of(value)}')
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # not chained to the error we raise: its text shows a piece of the value
        text = ''
    if not text:
        fail(f'{what} is empty, or not UTF-8')
    return text


def entries_of(credentials: Any) -> Iterator[tuple[Any, Mapping, str]]:
    """(registry, what is known of it, how messages name it)"""
    if isinstance(credentials, Mapping):
        for registry, entry in credentials.items():
            if not isinstance(entry, Mapping):
                fail(f'{shown(registry)} must be a mapping with username and password, not {kind_of(entry)}')
            if 'registry' in entry:
                fail(f'{shown(registry)} holds "registry" once more: its key says it already')
            yield registry, entry, shown(registry)
    elif isinstance(credentials, (list, tuple)):
        for number, entry in enumerate(credentials, 1):
            if not isinstance(entry, Mapping):
                fail(f'entry {number} must be a mapping with registry, username and password, not {kind_of(entry)}')
            if 'registry' not in entry:
                fail(f'entry {number} names no registry')
            rest = {key: value for key, value in entry.items() if key != 'registry'}
            yield entry['registry'], rest, f'entry {number} ({shown(entry["registry"])})'
    else:
        fail('it takes {registry: {username, password}} or a list of {registry, username, password}, '
             f'not {kind_of(credentials)}')


def checked(entry: Mapping, where: str) -> dict[str, str]:
    for key in entry:
        if key not in ENTRY_KEYS:
            fail(f'{where} holds an unknown key "{key}": there are {", ".join(ENTRY_KEYS)}')
    for key in ('username', 'password'):
        if key not in entry:
            fail(f'{where} has no {key}')
    texts = {key: as_text(entry[key], f'{where}: {key}') for key in ENTRY_KEYS
             if key != 'email' or entry.get(key) not in (None, '')}
    for key, text in texts.items():
        if text != text.strip():
            fail(f'{where}: {key} begins or ends with white space, such as a line end: trim it')
        if any(ord(character) < 0x20 or character == '\x7f' for character in text):
            fail(f'{where}: {key} holds a line end or another control character')
    if ':' in texts['username']:
        fail(f'{where}: username holds a colon, which separates it from the password')
    return texts


def docker_config(credentials: Any) -> dict[str, Any]:
    auths = {}
    for registry, entry, where in entries_of(credentials):
        name = as_text(registry, f'{where}: registry')
        key = DOCKER_HUB if name in DOCKER_HUB_NAMES else name
        if key in auths:
            fail(f'"{key}" is there twice')
        texts = checked(entry, where)
        pair = f'{texts["username"]}:{texts["password"]}'
        auths[key] = {**texts, 'auth': base64.b64encode(pair.encode()).decode()}
    if not auths:
        fail('there are no credentials in it')
    return {'auths': dict(sorted(auths.items(), key=lambda item: item[0].encode()))}


def dockerconfigjson(credentials: Any, b64: bool = False) -> str:
    text = json.dumps(docker_config(credentials), ensure_ascii=False, separators=(',', ':')).translate(GO_ESCAPES)
    return base64.b64encode(text.encode()).decode() if b64 else text


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {'dockerconfigjson': dockerconfigjson}

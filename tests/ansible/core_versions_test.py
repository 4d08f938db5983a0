"""The action plugins' use of ansible-core where its versions differ, with stand-ins for what newer ones hand over.

They reach to 2.21. The shell commands are run, by this machine's sh; the login binary is the real one. What is not
ansible-core 2.14, which the other tests run, is named with the version it came in.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from support import collections

os.environ['ANSIBLE_COLLECTIONS_PATH'] = str(collections())
import ansible.plugins.loader  # noqa: E402,F401 finds collections from here on
from ansible_collections.regvault.registry.plugins.plugin_utils import (  # noqa: E402
    async_wrapper, exchange, host_binary)

ARGUMENTS = {'registry': 'r.example', 'username': 'octocat', 'password': 'x', 'state': 'perhaps'}
# Answers as async_wrapper.py does, then runs the program as it does.
WRAPPER = b'''
import json, os, shlex, subprocess, sys
job, seconds, program, arguments = sys.argv[1:]
done = subprocess.run(shlex.split(program + ' ' + arguments), stdout=subprocess.PIPE)
print(json.dumps({'started': 1, 'ansible_job_id': job, 'said': json.loads(done.stdout)['msg'],
                  'in': os.environ['ANSIBLE_ASYNC_DIR'], 'left': sorted(os.listdir(os.path.dirname(program)))}))
'''


class TaggedString(str):
    """2.19: every string of a playbook is of a subclass that knows where it came from."""


class EncryptedString:
    """2.19: an inline !vault value, no subclass of str; up to 2.18 it is one that is still encrypted."""

    def __str__(self):
        return 'decrypted'


class LazyMapping(Mapping):
    """2.19: templates of nested values are evaluated when they are looked at."""

    def __init__(self, values):
        self._values = values

    def __getitem__(self, key):
        return self._values[key]

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)


class FakeAction:
    """An ActionBase for a "host" that is a directory of this machine."""

    def __init__(self, home, become=None, has_pipelining=True, options=None, built=None):
        self.home = home
        self.commands = []
        self._built = built
        self._connection = SimpleNamespace(
            become=become, has_pipelining=has_pipelining, get_options=lambda: options,
            _shell=SimpleNamespace(join_path=os.path.join))

    def _compute_environment_string(self):
        return ''

    def get_shell_option(self, name, default=None):
        return {'remote_tmp': str(self.home), 'system_tmpdirs': []}.get(name, default)

    def _remote_expand_user(self, path):
        return path.replace('~', str(self.home), 1)

    def _configure_module(self, module_name, module_args, task_vars):
        assert (module_name, module_args) == ('ansible.legacy.async_wrapper', {})
        return self._built

    def _low_level_execute_command(self, cmd, sudoable=True, in_data=None):
        assert in_data is None or isinstance(in_data, bytes)  # 2.19 insists
        self.commands.append(cmd)
        done = subprocess.run(['sh', '-c', cmd], input=in_data or b'', capture_output=True, env={
            'HOME': str(self.home), 'PATH': os.environ['PATH']})
        return {'rc': done.returncode, 'stdout': done.stdout.decode(), 'stderr': done.stderr.decode()}

    def _make_tmp_path(self):
        return tempfile.mkdtemp(dir=self.home, prefix='ansible-tmp-') + '/'

    def _transfer_file(self, local_path, remote_path):
        shutil.copyfile(local_path, remote_path)

    def _transfer_data(self, remote_path, data):
        Path(remote_path).write_bytes(data if isinstance(data, bytes) else data.encode())

    def _fixup_perms2(self, remote_paths, execute=True):
        for path in remote_paths if execute else ():
            os.chmod(path, os.stat(path).st_mode | 0o100)

    def _remove_tmp_path(self, tmp_path, force=False):
        assert force
        shutil.rmtree(tmp_path)


def built_in_2_14(source=WRAPPER, shebang=f'#!{sys.executable}'):
    return 'new', shebang, source, '/path'


def built_in_2_19(source=WRAPPER, shebang=f'#!{sys.executable}'):
    bits = SimpleNamespace(module_style='new', shebang=shebang, b_module_data=source, serialization_profile='x')
    return bits, '/path'


def become(name, **more):
    return SimpleNamespace(name=name, **more)


class CoreVersionsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.home = Path(scratch.name)

    def host(self, cache=None, **keywords):
        action = FakeAction(self.home, **keywords)
        return action, host_binary.HostBinary(action, 'login', cache)

    # --- whether there is a stdin for the arguments

    SUDO, SU = become('sudo', require_tty=False), become('su')
    HAS_STDIN = {
        'no become': ({}, True),
        'no pipelining, paramiko or podman': ({'has_pipelining': False}, False),
        'sudo': ({'become': SUDO}, True),
        'su': ({'become': SU}, False),
        'sudo of 2.19': ({'become': become('sudo', pipelining=True, require_tty=False)}, True),
        'su of 2.19': ({'become': become('su', pipelining=False)}, False),
        'a plugin of 2.19 that says it cannot': ({'become': become('sesu', pipelining=False)}, False),
        'one that insists on a terminal': ({'become': become('machinectl', require_tty=True)}, False),
        'ssh -tt': ({'options': {'ssh_args': '-C -tt'}}, False),
        'RequestTTY': ({'options': {'ssh_extra_args': '-o RequestTTY=force'}}, False),
        'ssh with other options': ({'options': {'ssh_args': '-C -o ControlMaster=auto', 'ssh_extra_args': None}}, True),
    }

    def test_stdin(self):
        for name, (keywords, expected) in self.HAS_STDIN.items():
            with self.subTest(name):
                action, host = self.host(**keywords)
                reply = host.run(ARGUMENTS)
                self.assertEqual(1, reply.exit_code)
                self.assertIn('not one of present', reply.stdout)
                self.assertEqual(not expected, '--remove-arguments' in action.commands[-1])
                self.assertEqual([], os.listdir(self.home))

    # --- async

    def test_the_wrapper(self):
        for built in (built_in_2_14(), built_in_2_14(WRAPPER.decode()), built_in_2_19()):
            wrapper = async_wrapper.async_wrapper(FakeAction(self.home, built=built), {})
            self.assertEqual((sys.executable, WRAPPER), (wrapper.interpreter, wrapper.source))

    def test_a_job(self):
        for name, built in (('2.14', built_in_2_14()), ('2.19', built_in_2_19())):
            for become_plugin in (self.SUDO, self.SU):
                with self.subTest(name, become=become_plugin.name):
                    action, host = self.host(become=become_plugin, built=built)
                    reply = host.start(ARGUMENTS, 60, {})
                    answer = json.loads(reply.stdout)
                    self.assertRegex(answer['ansible_job_id'], r'^j\d+$')
                    self.assertIn('"state" is', answer['said'])
                    self.assertEqual(f'{self.home}/.ansible_async', answer['in'])
                    self.assertEqual(['async_wrapper', 'program'], answer['left'])  # the arguments are gone
                    [left] = os.listdir(self.home)
                    self.assertRegex(left, '^regvault-tmp-')  # for async_wrapper to remove
                    shutil.rmtree(self.home / left)

    # --- arguments and answers

    def test_values(self):
        for given, plain in (
                (TaggedString('a'), 'a'), (EncryptedString(), 'decrypted'), (b'bytes', 'bytes'),
                (LazyMapping({TaggedString('k'): [EncryptedString(), 1, None, True]}),
                 {'k': ['decrypted', 1, None, True]}), ((1.5, {'s'}), [1.5, ['s']])):
            with self.subTest(given):
                made = exchange.to_plain(given)
                self.assertEqual(plain, made)
                self.assertEqual(json.dumps(plain), json.dumps(made))

    def test_answers(self):
        self.assertEqual({'changed': True}, exchange.parse_answer('Welcome\n{not json\n{"changed": true}\r\nbye\n'))
        self.assertIsNone(exchange.parse_answer('{"no": \n[1]\n'))
        self.assertEqual({'changed': False, 'warnings': ['ours', 'its']}, exchange.task_result(
            'login', 0, '{"changed": false, "_ansible_x": 1, "warnings": ["its"]}', '', ['ours']))
        self.assertEqual({'failed': True, 'msg': 'the login binary failed (exit code 2)'},
                         exchange.task_result('login', 2, '{}', '', []))
        self.assertEqual('the login binary gave no answer (exit code 127): sh: not found',
                         exchange.task_result('login', 127, '', 'debug1: x\nsh: not found\n', [])['msg'])


if __name__ == '__main__':
    unittest.main()

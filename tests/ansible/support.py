"""What the playbook tests share: the hosts of tests/support/hosts.sh, a registry, and ansible-playbook.

    class LoginTest(RegistryTest):
        def test_it(self):
            run = self.play(tasks=[{'name': 'log in', 'regvault.registry.login': {…}}], become=True)
            self.assertEqual('changed', run.status('log in', 'h1'))

REGVAULT_COLLECTIONS names the directory that holds ansible_collections/regvault/registry.
"""

import json
import os
import secrets
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUPPORT = HERE.parent / 'support'
TIMEOUT = 120  # seconds for one ansible-playbook


def collections() -> Path:
    directory = Path(os.environ.get('REGVAULT_COLLECTIONS', ''))
    if not (directory / 'ansible_collections/regvault/registry/galaxy.yml').is_file():
        raise RuntimeError(f'REGVAULT_COLLECTIONS="{directory}": no collection there: build the target collection')
    return directory.resolve()


def new_token() -> str:
    """A password of a run; nothing that could be mistaken for it occurs anywhere else."""
    return 'tok-' + secrets.token_hex(16)


class Host:
    def __init__(self, directory: Path) -> None:
        self.name = directory.name
        self.directory = directory
        self.address = (directory / 'address').read_text().strip()
        self.root = directory / 'root'

    def path(self, inside: str) -> Path:
        return self.root / inside.lstrip('/')

    def shell(self, command: str, user: str = 'root', check: bool = True) -> str:
        """Runs a command over ssh as root or deploy; as anybody else through root."""
        state = self.directory.parent
        login = user if user in ('root', 'deploy') else 'root'
        if login != user:
            command = f'cd / && su -s /bin/sh {user} -c {shlex.quote(command)}'
        done = subprocess.run(['ssh', '-i', state / 'key', '-o', f'UserKnownHostsFile={state / "known_hosts"}',
                               '-o', 'BatchMode=yes', f'{login}@{self.address}', command],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT)
        if check and done.returncode != 0:
            raise AssertionError(f'{self.name}: {command}: {done.stdout}{done.stderr}')
        return done.stdout


class Run:
    """One ansible-playbook that has ended."""

    def __init__(self, exit_code: int, output: str, records: list) -> None:
        self.exit_code = exit_code
        self.output = output
        self._records = records

    def result(self, task: str, host: str = 'h1') -> dict:
        return self._record(task, host)['result']

    def status(self, task: str, host: str = 'h1') -> str:
        return self._record(task, host)['status']

    def _record(self, task: str, host: str) -> dict:
        found = [record for record in self._records if (record['task'], record['host']) == (task, host)]
        if not found:
            raise AssertionError(f'no result of "{task}" on {host} in:\n{self.output}')
        return found[-1]


class PlaybookTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls) -> None:
        cls.collections = collections()
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)

    def play(self, tasks: list, hosts: str, arguments: tuple = (), environment: dict = {}, collections=None,
             files: dict = {}, **keywords) -> Run:
        """Runs a play of `tasks`; `keywords` are the play's (become, vars, check_mode …), `files` lie beside it."""
        play = {'hosts': hosts, 'gather_facts': False, 'tasks': tasks, **keywords}
        with tempfile.TemporaryDirectory(dir=self.scratch) as name:
            directory = Path(name)
            (directory / 'play.yml').write_text(json.dumps([play]))
            (directory / 'hosts.yml').write_text(json.dumps(self.inventory()))
            for name, path in files.items():
                (directory / name).symlink_to(path)
            results = directory / 'results'
            results.touch()
            done = subprocess.run(
                ['ansible-playbook', '-i', 'hosts.yml', *arguments, 'play.yml'],
                cwd=directory, env=self._environment(results, environment, collections), timeout=TIMEOUT,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            records = [json.loads(line) for line in results.read_text().splitlines()]
        return Run(done.returncode, done.stdout, records)

    def inventory(self) -> dict:
        """One host that cannot be reached, and need not be."""
        return {'all': {'hosts': {'nowhere': {'ansible_host': 'nowhere.invalid'}}}}

    def _environment(self, results: Path, more: dict, collections) -> dict:
        environment = {name: value for name, value in os.environ.items() if not name.startswith('ANSIBLE_')}
        environment.update(
            HOME=str(self.scratch), LC_ALL='C.UTF-8', ANSIBLE_NOCOLOR='1', ANSIBLE_FORCE_COLOR='0',
            ANSIBLE_COLLECTIONS_PATH=str(collections or self.collections),
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / 'callback_plugins'), ANSIBLE_CALLBACKS_ENABLED='record',
            ANSIBLE_SSH_CONTROL_PATH_DIR=str(self.scratch / 'cp'), REGVAULT_TEST_RESULTS=str(results))
        environment.update(more)
        return environment


class HostsTest(PlaybookTest):
    """Plays for the hosts of tests/support/hosts.sh."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        state = os.environ.get('REGVAULT_HOSTS')
        if not state:
            raise RuntimeError('run this through tests/support/hosts.sh run 2')
        cls.state = Path(state)
        cls.hosts = {path.name: Host(path) for path in sorted(cls.state.glob('h[0-9]*'))}
        cls.passwords = dict(line.split('=') for line in (cls.state / 'passwords').read_text().split())

    def play(self, tasks: list, hosts: str = 'h1', **keywords) -> Run:
        return super().play(tasks, hosts, **keywords)

    def inventory(self) -> dict:
        return {'all': {
            'hosts': {host.name: {'ansible_host': host.address} for host in self.hosts.values()},
            'vars': {
                'ansible_user': 'deploy',
                'ansible_ssh_private_key_file': str(self.state / 'key'),
                'ansible_ssh_common_args': f'-o UserKnownHostsFile={self.state / "known_hosts"}',
                # Nothing may look for an interpreter: there is none.
                'ansible_python_interpreter': '/nonexistent/python3',
            }}}


def give_python(host: Host) -> str:
    """Lends a host the controller's Python (both are of the same Debian release); returns its path there."""
    for source in ('/usr/bin/python3.11', '/usr/lib/python3.11', '/usr/lib/x86_64-linux-gnu/libexpat.so.1'):
        bind(source, host)
    return '/usr/bin/python3.11'


def bind(source: str, host: Host, inside: str = '') -> None:
    """A file or directory of the controller, seen on a host."""
    place = host.path(inside or source)
    if Path(source).is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    subprocess.run(['mount', '--bind', source, place], check=True)


class Registry:
    """docker-registry with TLS, reachable from the hosts, who trust its certificate."""

    def __init__(self, directory: Path, hosts: dict, address: str) -> None:
        self._directory = directory
        done = subprocess.run([SUPPORT / 'registry.sh', 'start', directory, '--listen', address],
                              stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, check=True)
        values = dict(line.split('=', 1) for line in done.stdout.splitlines())
        self.name, self.user = values['registry'], values['registry_user']
        self.log = Path(values['registry_log'])
        self._token_file = Path(values['registry_token_file'])
        for host in hosts.values():  # where podman and docker look by themselves
            trust = host.path(f'/etc/docker/certs.d/{self.name}')
            trust.mkdir(parents=True)
            (trust / 'ca.crt').write_bytes(Path(values['registry_ca']).read_bytes())

    @property
    def token(self) -> str:
        return self._token_file.read_text()

    def stop(self) -> None:
        subprocess.run([SUPPORT / 'registry.sh', 'stop', self._directory], check=True)


class RegistryTest(HostsTest):
    """Logins of these hosts, to a registry beside them."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.registry = Registry(cls.scratch / 'registry', cls.hosts, (cls.state / 'address').read_text().strip())
        cls.addClassCleanup(cls.registry.stop)

    def login(self, name: str, **arguments) -> dict:
        """A login task with the right token, unless `arguments` say otherwise."""
        keywords = arguments.pop('keywords', {})
        task = {'registry': self.registry.name, 'username': self.registry.user, 'password': self.registry.token}
        return {'name': name, 'regvault.registry.login': {**task, **arguments}, **keywords}

"""The hosts of tests/support/hosts.sh as fleet.py needs them: plays that are measured, a registry out of the way.

The registry is in a network namespace of its own. What the controller's end of the bridge counts is therefore what
went between the controller and the hosts, and nothing else.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from callback_plugins.fleet_marks import traffic
from support import SUPPORT, Host

HERE = Path(__file__).resolve().parent
AUTH_FILE = '/srv/auth.json'  # on the hosts
REGISTRY_ADDRESS = '10.231.0.5'  # of the network of hosts.sh, before its first host


class Played(NamedTuple):
    marks: list   # of callback_plugins/fleet_marks.py
    output: str
    cost: dict


class Rig:
    def __init__(self, collections):
        self._collections = collections
        self._state = Path(os.environ['REGVAULT_HOSTS'])
        directories = sorted(self._state.glob('h[0-9]*'), key=lambda path: int(path.name[1:]))
        self._hosts = [Host(path) for path in directories]
        self._way = {}  # inventory variables

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory()
        self._scratch = Path(self._temporary.name)
        self._start_registry()
        return self

    def __exit__(self, *_):
        subprocess.run([SUPPORT / 'registry.sh', 'stop', self._scratch / 'registry'], check=True)
        self._network.kill()
        self._network.wait()
        self._temporary.cleanup()

    def _start_registry(self):
        self._network = subprocess.Popen(['unshare', '--net', 'sh', '-c', 'echo made; exec sleep infinity'],
                                         stdout=subprocess.PIPE)
        self._network.stdout.readline()
        inside = ['nsenter', '--net', '--target', str(self._network.pid)]
        for command in (['ip', 'link', 'add', 'registry', 'type', 'veth', 'peer', 'name', 'eth0',
                         'netns', str(self._network.pid)],
                        ['ip', 'link', 'set', 'registry', 'master', 'hosts', 'up'],
                        [*inside, 'ip', 'address', 'add', f'{REGISTRY_ADDRESS}/24', 'dev', 'eth0'],
                        [*inside, 'ip', 'link', 'set', 'eth0', 'up']):
            subprocess.run(command, check=True)
        done = subprocess.run([*inside, SUPPORT / 'registry.sh', 'start', self._scratch / 'registry',
                               '--listen', REGISTRY_ADDRESS], stdout=subprocess.PIPE, text=True, check=True)
        values = dict(line.split('=', 1) for line in done.stdout.splitlines())
        self.credentials = {'registry': values['registry'], 'username': values['registry_user'],
                            'password': Path(values['registry_token_file']).read_text()}
        for host in self._hosts:
            trust = host.path(f'/etc/docker/certs.d/{values["registry"]}')
            trust.mkdir(parents=True)
            shutil.copy(values['registry_ca'], trust / 'ca.crt')

    def prepare(self, count, without_entry=False, without_binary=False):
        for host in self._hosts[:count]:
            if without_entry:
                host.path(AUTH_FILE).unlink(missing_ok=True)
            if without_binary:
                shutil.rmtree(host.path('/root/.ansible/regvault'), ignore_errors=True)

    def play(self, tasks, count, forks=None, arguments=(), inventory=None):
        """One ansible-playbook for the first `count` hosts, over new connections. A task that fails ends everything."""
        with tempfile.TemporaryDirectory(dir=self._scratch) as name:
            directory = Path(name)
            (directory / 'play.yml').write_text(json.dumps([{'hosts': 'all', 'gather_facts': False, 'tasks': tasks}]))
            (directory / 'hosts.yml').write_text(json.dumps(inventory or self._inventory(count)))
            command = ['/usr/bin/ansible-playbook', '-i', 'hosts.yml', '--forks', str(forks or count), *arguments,
                       'play.yml']
            try:
                output, cost = measured(command, directory, self._environment(directory))
            finally:
                cpu_of_connections = end_connections()
            marks = [json.loads(line) for line in (directory / 'marks').read_text().splitlines()]
        failed = [mark['failed'] for mark in marks if 'failed' in mark]
        if failed:
            raise SystemExit(f'{failed[0]}\n{output}')
        cost['cpu'] += cpu_of_connections
        return Played(marks, output, cost)

    @contextlib.contextmanager
    def far_away(self, milliseconds):
        """The first host, so far away."""
        address = self._hosts[0].address
        relay = subprocess.Popen([sys.executable, HERE / 'distance.py', str(milliseconds), address, '22'],
                                 stdout=subprocess.PIPE, text=True)
        port = int(relay.stdout.readline())
        self._way = {'ansible_host': '127.0.0.1', 'ansible_port': port,
                     'ansible_ssh_extra_args': f'-o HostKeyAlias={address}'}
        try:
            yield
        finally:
            self._way = {}
            relay.kill()
            relay.wait()

    def round_trips(self, tasks, before):
        """For each task: (commands over ssh, files transferred), as ansible-playbook -vvv shows them."""
        steps = []
        for task, first in zip(tasks, before):
            steps += [{'name': 'prepare', 'ansible.builtin.raw': first or '/bin/true'}, task]
        output = self.play(steps, 1, arguments=['-vvv']).output
        parts = [part for part in output.split('\nTASK [')[1:] if not part.startswith('prepare]')]
        return [(part.count('SSH: EXEC'), part.count('> PUT ')) for part in parts]

    def play_without_hosts(self, count, forks):
        """A task that needs no host, for so many names."""
        inventory = {'all': {'hosts': {f'host{number}': {} for number in range(count)}}}
        return self.play([{'name': 'debug', 'ansible.builtin.debug': {'msg': 'x'}}], count, forks, inventory=inventory)

    def machine(self):
        cpu = next(line.split(': ')[1] for line in Path('/proc/cpuinfo').read_text().splitlines()
                   if line.startswith('model name'))
        def first_line(*command):
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
        with open('/usr/lib/python3/dist-packages/ansible_collections/containers/podman/MANIFEST.json') as file:
            podman_login = json.load(file)['collection_info']['version']
        return (f'{cpu}, {os.cpu_count()} CPUs for the controller, all hosts and the registry, Linux '
                f'{os.uname().release}; {first_line("/usr/bin/ansible-playbook", "--version")}, containers.podman '
                f'{podman_login}, {first_line("chroot", self._hosts[0].root, "podman", "--version")}, '
                f'{first_line("chroot", self._hosts[0].root, "python3", "--version")}; '
                f'load {os.getloadavg()[0]:.2f}; {time.strftime("%F", time.gmtime())}')

    def _inventory(self, count):
        return {'all': {
            'hosts': {host.name: {'ansible_host': host.address, **self._way} for host in self._hosts[:count]},
            'vars': {'ansible_user': 'deploy', 'ansible_become': True,
                     'ansible_ssh_private_key_file': str(self._state / 'key'),
                     'ansible_ssh_common_args': f'-o UserKnownHostsFile={self._state / "known_hosts"}',
                     'ansible_python_interpreter': '/usr/bin/python3'}}}  # else podman_login would look for it first

    def _environment(self, directory):
        return {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': str(self._scratch), 'LC_ALL': 'C.UTF-8',
                'ANSIBLE_NOCOLOR': '1',
                'ANSIBLE_COLLECTIONS_PATH': f'{self._collections}:/usr/lib/python3/dist-packages',
                'ANSIBLE_CALLBACK_PLUGINS': str(HERE / 'callback_plugins'), 'ANSIBLE_CALLBACKS_ENABLED': 'fleet_marks',
                'ANSIBLE_SSH_CONTROL_PATH_DIR': str(directory / 'cp'), 'REGVAULT_BENCH_MARKS': str(directory / 'marks')}


def measured(command, directory, environment):
    """(output, cost): wall, cpu (the program and all it waited for), bytes, and how many cores the machine used."""
    before, begin = counters(), time.monotonic()
    with open(directory / 'output', 'w+') as output:
        run = subprocess.Popen(command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                               stderr=subprocess.STDOUT)
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        wall, after = time.monotonic() - begin, counters()
        output.seek(0)
        text = output.read()
    if run.returncode:
        raise SystemExit(text)
    cost = {key: after[key] - before[key] for key in before}
    return text, {**cost, 'wall': wall, 'cpu': used.ru_utime + used.ru_stime, 'busy': cost['busy'] / wall,
                  'memory': used.ru_maxrss / 1024}


def counters():
    user, nice, system, _idle, _wait, irq, softirq = map(int, Path('/proc/stat').read_text().split()[1:8])
    return {'busy': (user + nice + system + irq + softirq) / os.sysconf('SC_CLK_TCK'),
            **traffic()}


def end_connections():
    """Ends the ssh processes that keep connections open; the seconds of processor time they used."""
    cpu = 0.0
    for process in Path('/proc').glob('[0-9]*'):  # this process id namespace holds nothing but us and the hosts
        try:
            if (process / 'comm').read_text() == 'ssh\n':
                cpu += int((process / 'schedstat').read_text().split()[0]) / 1e9
                os.kill(int(process.name), signal.SIGTERM)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return cpu

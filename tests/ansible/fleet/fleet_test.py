"""One login task for a fleet: all of tests/support/hosts.sh's hosts, however many were asked for, at once.

    tests/support/hosts.sh run 20 /usr/bin/python3 tests/ansible/fleet/fleet_test.py
"""

import base64
import json
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from accidents import ACCIDENTS, AUTH_FILE  # noqa: E402
from support import RegistryTest  # noqa: E402

TASK = 'log in'
FORKS = 25


class FleetTest(RegistryTest):
    def setUp(self):
        self.variables = {}  # host → what the inventory says of it alone
        for host in self.hosts.values():
            shutil.rmtree(host.path(AUTH_FILE).parent, ignore_errors=True)
            host.path(AUTH_FILE).parent.mkdir()

    def inventory(self):
        inventory = super().inventory()
        for name, variables in self.variables.items():
            inventory['all']['hosts'][name].update(variables)
        inventory['all']['vars'].update(login_password=self.registry.token, login_timeout=60)
        return inventory

    def log_in(self):
        task = self.login(TASK, password='{{ login_password }}', timeout='{{ login_timeout }}', auth_file=AUTH_FILE)
        with tempfile.TemporaryDirectory(dir=self.scratch) as connections:  # new ones: a host is down from the start
            run = self.play([task], hosts='all', become=True, arguments=['--forks', str(min(FORKS, len(self.hosts)))],
                            environment={'ANSIBLE_SSH_CONTROL_PATH_DIR': connections})
        self.assertNotIn(self.registry.token, run.output)
        return run

    def names(self, run, status):
        return {name for name in self.hosts if run.status(TASK, name) == status}

    def entry(self, host):
        auths = json.loads(host.path(AUTH_FILE).read_text())['auths']
        return base64.b64decode(auths[self.registry.name]['auth']).decode()

    def test_all_are_logged_in_and_then_nothing_is_to_do(self):
        run = self.log_in()
        self.assertEqual((0, set(self.hosts)), (run.exit_code, self.names(run, 'changed')), run.output)
        for host in self.hosts.values():
            self.assertEqual(f'{self.registry.user}:{self.registry.token}', self.entry(host), host.name)
        asked = self.registry.log.stat().st_size
        run = self.log_in()
        self.assertEqual((0, set(self.hosts)), (run.exit_code, self.names(run, 'ok')), run.output)
        self.assertEqual(asked, self.registry.log.stat().st_size, 'the registry was asked again')

    def test_each_accident_is_reported_by_name_and_the_others_are_done(self):
        # Those with Debian's tools: the shell of the others, busybox, prefers its own uname to any file.
        candidates = [host for host in self.hosts.values() if int(host.name[1:]) % 2]
        at_once = min(len(candidates), len(self.hosts) - 2)
        for start in range(0, len(ACCIDENTS), at_once):
            kinds = ACCIDENTS[start:start + at_once]
            spread = candidates[::len(candidates) // len(kinds)]
            self.setUp()
            self.accidents_at_once({host: kind() for host, kind in zip(spread, kinds)})

    def accidents_at_once(self, broken):
        for host, accident in broken.items():
            accident.happen(host)
            self.variables[host.name] = accident.variables
        try:
            run = self.log_in()
        finally:
            for host, accident in broken.items():
                accident.mend(host)
        victims = {host.name for host in broken}
        self.assertNotEqual(0, run.exit_code)
        self.assertEqual(set(self.hosts) - victims, self.names(run, 'changed'), run.output)
        for host, accident in broken.items():
            self.assert_reported(run, host, accident)

        self.variables = {}
        again = self.log_in()
        self.assertEqual(victims, self.names(again, 'changed'), again.output)
        self.assertEqual((0, set(self.hosts) - victims), (again.exit_code, self.names(again, 'ok')), again.output)

    def assert_reported(self, run, host, accident):
        what = type(accident).__name__
        self.assertEqual(accident.status, run.status(TASK, host.name), f'{what}: {run.output}')
        message = run.result(TASK, host.name)['msg']
        for text in accident.says:
            self.assertIn(text, message, what)
        [line] = [line for line in run.output.splitlines() if line.startswith(f'fatal: [{host.name}]: ')]
        self.assertIn(json.dumps(message), line)
        print(f'{what}: {message}')


if __name__ == '__main__':
    unittest.main()

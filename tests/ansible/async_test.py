"""regvault.registry.login with `async:`, which needs Python on the host: it is Ansible's async_wrapper that runs it."""

import time
import unittest

from support import RegistryTest, give_python


class AsyncTest(RegistryTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.host = cls.hosts['h1']  # h2 stays without
        cls.python = give_python(cls.host)

    def setUp(self):
        for host in self.hosts.values():
            host.shell('rm -rf /root/.ansible* /home/*/.ansible* /run/containers /tmp/podman-run-* /run/user/*'
                       ' /root/.config /home/*/.config /tmp/ansible_* /srv/*')

    def job(self, name, seconds=60, poll=1, keywords={}, **arguments):
        return self.login(name, engine='podman', keywords={'async': seconds, 'poll': poll, **keywords}, **arguments)

    def play_jobs(self, tasks, hosts='h1', variables={}, **play):
        """At the highest verbosity, with everything kept that Ansible keeps."""
        run = self.play(tasks, hosts=hosts, vars={'ansible_python_interpreter': self.python, **variables},
                        arguments=['-vvvvv'], environment={'ANSIBLE_KEEP_REMOTE_FILES': '1', 'ANSIBLE_DEBUG': '1'},
                        **play)
        self.assertNotIn(self.registry.token, run.output)
        return run

    def remains(self, host=None):
        """Files in temporary directories, after async_wrapper had the time to remove what it does (it looks every 5 s).

        Ansible's own modules, here async_status, are kept: we asked for it.
        """
        deadline = time.monotonic() + 20
        while True:
            found = (host or self.host).shell('find / -xdev -path "*/regvault-tmp-*"'
                                              ' -o -path "*/ansible-tmp-*" -type f ! -name "AnsiballZ_*"').split()
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(0.5)

    def test_poll(self):
        run = self.play_jobs([self.job('first'), self.job('second')], become=True)
        self.assertEqual(('changed', 'ok'), (run.status('first'), run.status('second')), run.output[-5000:])
        result = run.result('first')
        self.assertEqual(('root', ['podman'], 1), (result['user'], result['engines'], result['finished']))
        self.assertEqual([], self.remains())

    def test_start_and_look_later(self):
        run = self.play_jobs([
            {**self.job('start', poll=0), 'register': 'job'},
            {'name': 'wait', 'ansible.builtin.async_status': {'jid': '{{ job.ansible_job_id }}'}, 'register': 'end',
             'until': 'end.finished', 'retries': 60, 'delay': 1},
        ], become=True, become_user='app', variables={'ansible_user': 'root'})  # async_status needs no setfacl then
        self.assertEqual(('changed', 'changed'), (run.status('start'), run.status('wait')), run.output[-5000:])
        self.assertEqual({'ansible_job_id', 'started', 'finished', 'results_file', 'changed'},
                         set(run.result('start')) - {'failed'})
        self.assertEqual(('app', '/home/app'), (run.result('wait')['user'], run.result('wait')['home']))
        self.assertEqual([], self.remains())

    def test_a_job_that_fails(self):
        run = self.play_jobs([self.job('log in', password='wrong')], become=True)
        self.assertEqual('failed', run.status('log in'), run.output[-5000:])
        self.assertIn('refused the credentials', run.result('log in')['msg'])
        self.assertEqual([], self.remains())

    def test_a_job_that_takes_too_long(self):
        """It is killed by async_wrapper; its argument file had gone before it began to wait."""
        podman = self.host.path('/usr/bin/slow-podman')
        podman.write_text('#!/bin/sh\nsleep 60\n')
        podman.chmod(0o755)
        run = self.play_jobs([self.job('log in', seconds=6, poll=2, executable='/usr/bin/slow-podman')], become=True)
        self.assertEqual('failed', run.status('log in'), run.output[-5000:])
        self.assertIn('did not complete within the requested time - 6s', run.result('log in')['msg'])
        self.assertEqual('', self.host.shell('find / -xdev -path "*/regvault-tmp-*" -name arguments'))
        self.assertEqual([], self.remains())

    def test_su(self):
        """The arguments are in a file twice: as Ansible sent it, and as a copy of the user's own."""
        for user in ('root', 'app'):
            with self.subTest(user):
                self.setUp()
                run = self.play_jobs([self.job('log in', auth_file='~/auth.json', validate='never')], become=True,
                                     become_user=user, variables={
                                         'ansible_become_method': 'su', 'ansible_user': 'root',
                                         'ansible_become_password': self.passwords[user]})
                self.assertEqual('changed', run.status('log in'), run.output[-5000:])
                self.assertEqual(user, run.result('log in')['user'])
                self.assertEqual([], self.remains())

    def test_the_controller_itself(self):
        file = self.scratch / 'auth.json'
        run = self.play([self.job('log in', auth_file=str(file), validate='never')], connection='local',
                        vars={'ansible_python_interpreter': '/usr/bin/python3',
                              'ansible_async_dir': str(self.scratch / 'jobs')})
        self.assertEqual('changed', run.status('log in'), run.output[-5000:])
        self.assertTrue(file.is_file())

    def test_without_python(self):
        for host, method, interpreter, found in (
                ('h2', 'sudo', '/opt/python3', '/opt/python3'),
                ('h2', 'sudo', 'auto_silent', '/usr/bin/python3?'),
                ('h1', 'su', '/opt/python3', '/opt/python3')):  # busybox's su, on h2, does not work
            with self.subTest(interpreter=interpreter, method=method):
                run = self.play_jobs([self.job('log in')], hosts=host, become=True, become_method=method, variables={
                    'ansible_python_interpreter': interpreter, 'ansible_become_password': self.passwords['root']})
                self.assertEqual('failed', run.status('log in', host), run.output[-5000:])
                self.assertRegex(run.result('log in', host)['msg'],
                                 f'^async needs Python on the host, and there is no {found} '
                                 r'\(without async, login needs none\)$')
                self.assertEqual([], self.remains(self.hosts[host]))

    def test_check_mode(self):
        """Ansible itself refuses both together."""
        run = self.play([self.job('log in')], arguments=['--check'])
        self.assertEqual('check mode and async cannot be used on same task.', run.result('log in')['msg'])


if __name__ == '__main__':
    unittest.main()

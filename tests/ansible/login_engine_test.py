#!/usr/bin/python3
"""What every user of regvault.registry.login relies on, with the real podman and docker: see engine_support.py."""

import base64
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from engine_support import (AUTH_FILES, EngineTest, LOGIN, PATH, Registry, SilentServer, UID, USER,
                            end_processes_of_the_user, main, processes_with, scratch_directories)


class LoginEngineTest(EngineTest):
    def test_logs_in_once(self):
        for engine, path in AUTH_FILES.items():
            with self.subTest(engine):
                before = self.registry.requests()
                check = self.succeed(engine, _ansible_check_mode=True, _ansible_diff=True)
                self.assertTrue(check['changed'])
                self.assertEqual(check['logins'][0]['action'], 'would log in')
                self.assertFalse(os.path.exists(path))
                self.assertEqual(self.registry.requests(), before, 'check mode asked the registry')

                first = self.succeed(engine, _ansible_diff=True)
                self.assertTrue(first['changed'])
                self.assertEqual(first['engines'], [engine])
                self.assertEqual(first['auth_files'], [path])
                self.assertEqual(first['user'], 'root')
                self.assertEqual(first['home'], '/root')
                self.assertEqual(first['diff'], check['diff'])
                self.assertIn('password: set', first['diff']['after'])
                self.assertEqual(self.entry(path), self.right_entry())
                self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

                asked = self.registry.requests()
                second = self.succeed(engine, _ansible_diff=True)
                self.assertFalse(second['changed'])
                self.assertEqual(second['diff']['before'], second['diff']['after'])
                self.assertEqual(self.registry.requests(), asked, 'the registry was asked although the entry is right')
                self.succeed(engine, validate='always')
                self.assertGreater(self.registry.requests(), asked)

    def test_podman_uses_the_entry(self):
        self.succeed('podman')
        who = subprocess.run(['podman', 'login', '--get-login', self.registry.name], env={'PATH': PATH, 'HOME': '/root'},
                             stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertEqual(who.strip(), self.registry.user)

    def test_both_engines_without_a_ca_directory(self):
        trust = {'SSL_CERT_FILE': os.path.join(self.registry.cert_dir, 'ca.crt')}
        answer = self.succeed('auto', environment=trust)
        self.assertEqual(answer['engines'], ['podman', 'docker'])
        self.assertEqual(answer['auth_files'], list(AUTH_FILES.values()))
        self.assertFalse(self.succeed('auto', environment=trust)['changed'])
        gone = self.succeed('auto', state='absent', username=None, password=None)
        self.assertEqual([login['action'] for login in gone['logins']], ['logged out', 'logged out'])

    def test_a_wrong_password_replaces_nothing(self):
        for engine, path in AUTH_FILES.items():
            with self.subTest(engine):
                self.succeed(engine)
                before = pathlib.Path(path).read_bytes()
                answer = self.fail_to(engine, password='wrong-' + os.urandom(8).hex())
                self.assertEqual(answer['reason'], 'credentials-refused')
                self.assertTrue(answer['msg'].startswith(f'{engine}: {self.registry.name} refused the credentials'))
                self.assertIn('check the user name', answer['hint'])
                self.assertTrue(answer['engine_output'])
                self.assertEqual(pathlib.Path(path).read_bytes(), before)

    def test_rotation(self):
        for engine, path in AUTH_FILES.items():
            with self.subTest(engine):
                self.succeed(engine)
                old = self.registry.token
                self.secrets += [old, self.registry.new_token()]
                self.fail_to(engine, password=old, validate='always')
                answer = self.succeed(engine, _ansible_diff=True)
                self.assertTrue(answer['changed'])
                self.assertIn('password: changed', answer['diff']['after'])
                self.assertEqual(self.entry(path), self.right_entry())

    def test_logs_out(self):
        for engine, path in AUTH_FILES.items():
            with self.subTest(engine):
                self.succeed(engine)
                self.assertTrue(self.run_login(engine, state='absent', _ansible_check_mode=True)['changed'])
                self.assertEqual(self.entry(path), self.right_entry())
                self.assertTrue(self.run_login(engine, state='absent', password=None, username=None)['changed'])
                self.assertEqual(json.loads(pathlib.Path(path).read_text()), {'auths': {}})
                self.assertFalse(self.run_login(engine, state='absent')['changed'])

    def test_other_keys_stay(self):
        for engine, path in AUTH_FILES.items():
            with self.subTest(engine):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                pathlib.Path(path).write_text('{"psFormat":"x","auths":{"quay.io":{"auth":"cTpx"}},"credHelpers":{"gcr.io":"g"}}')
                answer = self.run_login(engine)
                self.assertEqual(answer['warnings'], [f'"{path}" could be read or written by others; it is 0600 now'])
                now = json.loads(pathlib.Path(path).read_text())
                self.assertEqual(list(now), ['psFormat', 'auths', 'credHelpers'])
                self.assertEqual(list(now['auths']), ['quay.io', self.registry.name])
                self.assertEqual(self.entry(path), self.right_entry())

    def test_a_malformed_file_stays(self):
        for engine, path in AUTH_FILES.items():
            with self.subTest(engine):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                pathlib.Path(path).write_text('{"auths": {')
                before = self.registry.requests()
                for more in ({}, {'validate': 'never'}, {'state': 'absent'}):
                    answer = self.fail_to(engine, **more)
                    self.assertEqual(answer['reason'], 'malformed-auth-file')
                    self.assertIn(path, answer['msg'])
                self.assertEqual(pathlib.Path(path).read_text(), '{"auths": {')
                self.assertEqual(self.registry.requests(), before)
                os.unlink(path)

    def test_the_file_of_another_user_gets_no_password(self):
        """As su leaves it: the environment is that of the user who called it."""
        session = '/home/session'
        path = pathlib.Path(session, 'containers/auth.json')
        path.parent.mkdir(parents=True)
        path.write_text('{}')
        os.chown(path, UID, UID)
        self.addCleanup(shutil.rmtree, session)
        for check in (True, False):
            answer = self.fail_to('podman', environment={'XDG_RUNTIME_DIR': session}, persist=False,
                                  _ansible_check_mode=check)
            self.assertEqual(answer['msg'], f'"{path}" belongs to another user ({UID}), not to the task\'s')
        self.assertEqual(path.read_text(), '{}')
        path.write_text(json.dumps({'auths': {self.registry.name: {'auth': 'b2N0bzpvbGQ='}}}))
        answer = self.fail_to('podman', environment={'XDG_RUNTIME_DIR': session})
        self.assertEqual(answer['reason'], 'foreign-file', 'an entry there is read first')
        self.assertTrue(self.run_login('podman', auth_file=str(path))['changed'])  # named: it is meant
        self.assertEqual(os.stat(path).st_uid, UID)

    def test_nothing_is_written_where_one_of_the_files_cannot_be(self):
        command = ('setpriv', f'--reuid={UID}', f'--regid={UID}', '--clear-groups', '--no-new-privs')
        session, docker = pathlib.Path('/home/session'), pathlib.Path(f'/home/{USER}/.docker')
        for place in (session, docker):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(mode=0o755)
            self.addCleanup(shutil.rmtree, place)
        os.chown(session, UID, UID)
        trust = {'SSL_CERT_FILE': os.path.join(self.registry.cert_dir, 'ca.crt'), 'XDG_RUNTIME_DIR': str(session)}
        asked = self.registry.requests()
        for check in (True, False):
            answer = self.fail_to('auto', command=command, environment=trust, _ansible_check_mode=check)
            self.assertEqual(answer['msg'], f'cannot create "{docker}/config.json": "{docker}": Permission denied')
        self.assertEqual(os.listdir(session), [])
        self.assertEqual(self.registry.requests(), asked)

    def test_scratch_directories_are_not_made_where_others_could_swap_them(self):
        engine, places = pathlib.Path(self.temporary, 'podman'), pathlib.Path(self.temporary, 'places')
        engine.write_text(f'#!/bin/sh\nfor word; do echo "$word" >>{places}; done; exit 1\n')
        engine.chmod(0o755)
        hostile, disk = pathlib.Path(self.temporary, 'hostile'), pathlib.Path(self.temporary, 'disk')
        hostile.mkdir()
        disk.mkdir()
        subprocess.run(['mount', '--bind', disk, '/dev/shm'], check=True)  # no memory to be had
        self.addCleanup(subprocess.run, ['umount', '/dev/shm'], check=True)
        for mode, owner, used in ((0o777, 0, False), (0o700, UID, False), (0o1777, 0, True), (0o700, 0, True)):
            hostile.chmod(mode)
            os.chown(hostile, owner, owner)
            places.unlink(missing_ok=True)
            self.fail_to('podman', executable=str(engine), environment={'TMPDIR': str(hostile)})
            self.assertEqual(f'--authfile={hostile}/' in places.read_text(), used, (oct(mode), owner))

    def test_certificates(self):
        answer = self.fail_to('podman', cert_dir=None)
        self.assertEqual(answer['reason'], 'tls-unknown-authority')
        self.assertTrue(self.succeed('podman', cert_dir=None, tls_verify='no')['changed'])
        self.assertEqual(self.fail_to('docker', tls_verify=False)['reason'], 'not-for-docker')
        self.assertEqual(self.fail_to('podman', cert_dir=f'{self.temporary}/none')['reason'], 'cert-dir')

    def test_no_one_listens(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            name = '127.0.0.1:%d' % taken.getsockname()[1]
        for engine in AUTH_FILES:
            with self.subTest(engine):
                answer = self.fail_to(engine, registry=name)
                self.assertEqual(answer['msg'], f'{engine}: {name} cannot be reached (connection refused)')

    def test_plain_http(self):
        plain = Registry(os.path.join(self.temporary, 'plain'), '--plain-http')
        self.addCleanup(plain.stop)
        self.assertEqual(self.fail_to('podman', registry=plain.name)['reason'], 'plain-http')
        self.assertTrue(self.succeed('podman', registry=plain.name, password=plain.token, tls_verify=False)['changed'])

    def test_a_silent_registry(self):
        for engine in AUTH_FILES:
            with self.subTest(engine), SilentServer() as server:
                begin = time.monotonic()
                answer = self.fail_to(engine, registry=server.name, timeout=2)
                self.assertLess(time.monotonic() - begin, 4)
                self.assertEqual(answer['msg'], f'{engine}: {server.name}: no answer within 2 s')
                self.assertEqual(answer['reason'], 'timeout')
                self.assertEqual(processes_with(server.name), [])

    def test_ended_by_a_signal(self):
        for engine in AUTH_FILES:
            with self.subTest(engine), SilentServer() as server:
                module = subprocess.Popen([LOGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={'PATH': PATH})
                module.stdin.write(json.dumps(self.arguments(engine, registry=server.name)).encode())
                module.stdin.close()
                while not server.connections:
                    time.sleep(0.05)
                limits = pathlib.Path(f'/proc/{module.pid}/limits').read_text()
                self.assertRegex(limits, r'Max core file size +1 +1 ')
                self.assertEqual(len(scratch_directories()), 1)
                self.assertEqual(os.stat(scratch_directories()[0]).st_mode & 0o777, 0o700)
                module.terminate()
                self.assertEqual(module.wait(10), -signal.SIGTERM)
                module.stdout.close()
                deadline = time.monotonic() + 5
                while processes_with(server.name) and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertEqual(processes_with(server.name), [], 'the engine outlived the module')
                self.assertEqual(scratch_directories(), [])

    def test_an_unprivileged_user(self):
        command = ('setpriv', f'--reuid={UID}', f'--regid={UID}', '--clear-groups', '--no-new-privs')
        wrong_home = {'HOME': '/root'}  # as sudo may leave it
        files = {'podman': f'/home/{USER}/.config/containers/auth.json', 'docker': f'/home/{USER}/.docker/config.json'}
        self.addCleanup(shutil.rmtree, f'/tmp/podman-run-{UID}', ignore_errors=True)
        self.addCleanup(end_processes_of_the_user)
        for engine, path in files.items():
            with self.subTest(engine):
                answer = self.succeed(engine, command=command, environment=wrong_home)
                self.assertTrue(answer['changed'])
                self.assertEqual(answer['user'], USER)
                self.assertEqual(answer['home'], f'/home/{USER}')
                self.assertEqual(answer['auth_files'], [path])
                self.assertEqual(os.stat(path).st_uid, UID)
                self.assertEqual(self.entry(path), self.right_entry())
                self.assertFalse(self.succeed(engine, command=command, environment=wrong_home)['changed'])
        who = subprocess.run([*command, 'podman', 'login', '--get-login', self.registry.name], cwd='/', text=True,
                             env={'PATH': PATH, 'HOME': f'/home/{USER}'}, stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(who.strip(), self.registry.user)

    def test_the_token_is_in_no_argument_and_no_environment(self):
        trace = os.path.join(self.temporary, 'trace')
        for engine in AUTH_FILES:
            with self.subTest(engine):
                self.succeed(engine, command=('strace', '-f', '-v', '-s', '100000', '-qqq', '--signal=none', '-o', trace,
                                              '-e', 'trace=execve'))
                seen = pathlib.Path(trace).read_text()
                self.assertIn('"--password-stdin"', seen)
                for form in (self.registry.token, base64.b64encode(self.right_entry().encode()).decode()):
                    self.assertNotIn(form, seen)

    def test_arguments_in_a_file(self):
        path = pathlib.Path(self.temporary, 'arguments')
        path.write_text(json.dumps(self.arguments('podman')))
        result = subprocess.run([LOGIN, path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env={'PATH': PATH}, check=True)
        self.assertTrue(json.loads(result.stdout)['changed'])

    def test_two_at_once(self):
        modules = []
        for engine in [*AUTH_FILES] * 3:
            module = subprocess.Popen([LOGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={'PATH': PATH})
            module.stdin.write(json.dumps(self.arguments(engine, auth_file='/root/both/auth.json')).encode())
            module.stdin.close()
            modules.append(module)
        answers = []
        for module in modules:
            with module.stdout as out:
                answers.append(json.loads(out.read()))
            self.assertEqual(module.wait(), 0, answers[-1])
        self.assertEqual(sum(answer['changed'] for answer in answers), 1)
        self.assertEqual(self.entry('/root/both/auth.json'), self.right_entry())


if __name__ == '__main__':
    main()

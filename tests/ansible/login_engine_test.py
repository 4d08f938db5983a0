#!/usr/bin/python3
"""The binary of regvault.registry.login with the real podman and docker against a real registry, without Ansible.

Runs as root in a mount namespace of its own, where /root, /home and /run/containers are empty and one more user exists:
nothing of the machine's logins is seen or changed. REGVAULT_LOGIN names the binary; otherwise it is the collection's.
"""

import base64
import glob
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
REGISTRY_SH = HERE.parent / 'support' / 'registry.sh'
COLLECTIONS = pathlib.Path(os.environ.get('REGVAULT_COLLECTIONS', HERE.parents[1] / 'build' / 'collection'))
LOGIN = os.environ.get('REGVAULT_LOGIN') or str(
    COLLECTIONS / 'ansible_collections/regvault/registry/bin' / f'login_{platform.machine()}')
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

USER, UID = 'regvault-test', 54321
AUTH_FILES = {'podman': '/run/containers/0/auth.json', 'docker': '/root/.docker/config.json'}


def enter_namespace():
    """Starts this program again in a mount namespace, once."""
    if os.environ.get('REGVAULT_IN_NAMESPACE'):
        return
    if os.geteuid() != 0:
        sys.exit('this test needs root')
    for program in ('podman', 'docker', 'unshare', 'setpriv', 'strace'):
        if not shutil.which(program, path=PATH):
            sys.exit(f'{program} is not installed')
    if not os.access(LOGIN, os.X_OK):
        sys.exit(f'{LOGIN} is not there: build the target "collection", or set REGVAULT_LOGIN')
    environment = {'PATH': PATH, 'LANG': 'C.UTF-8', 'REGVAULT_IN_NAMESPACE': '1', 'REGVAULT_LOGIN': LOGIN,
                   'PYTHONDONTWRITEBYTECODE': '1'}
    os.execve('/usr/bin/unshare', ['unshare', '--mount', '--propagation', 'private', sys.executable,
                                   __file__, *sys.argv[1:]], environment)


def prepare_namespace(directory):
    for path in ('/root', '/home', '/run/containers'):
        os.makedirs(path, exist_ok=True)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', path], check=True)
    passwd = pathlib.Path(directory, 'passwd')
    passwd.write_text(pathlib.Path('/etc/passwd').read_text() + f'{USER}:x:{UID}:{UID}::/home/{USER}:/bin/sh\n')
    passwd.chmod(0o644)
    subprocess.run(['mount', '--bind', str(passwd), '/etc/passwd'], check=True)
    os.mkdir(f'/home/{USER}')
    os.chown(f'/home/{USER}', UID, UID)


class Registry:
    def __init__(self, directory, *options):
        self.directory = directory
        out = subprocess.run([REGISTRY_SH, 'start', directory, *options], check=True, text=True, stdout=subprocess.PIPE).stdout
        values = dict(line.split('=', 1) for line in out.splitlines())
        self.name, self.user = values['registry'], values['registry_user']
        self.cert_dir = os.path.dirname(values['registry_ca'])
        self.token_file, self.log = pathlib.Path(values['registry_token_file']), pathlib.Path(values['registry_log'])

    @property
    def token(self):
        return self.token_file.read_text()

    def new_token(self):
        subprocess.run([REGISTRY_SH, 'new-token', self.directory], check=True)
        return self.token

    def requests(self):
        return self.log.read_text().count('"GET /v2/')

    def stop(self):
        subprocess.run([REGISTRY_SH, 'stop', self.directory], check=True)


class SilentServer:
    """Accepts, and says nothing."""

    def __enter__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.name = '127.0.0.1:%d' % self.socket.getsockname()[1]
        self.connections = []
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def accept(self):
        try:
            while True:
                self.connections.append(self.socket.accept()[0])
        except OSError:
            pass

    def __exit__(self, *_):
        self.socket.close()
        for connection in self.connections:
            connection.close()


def processes_with(text):
    found = []
    for path in glob.glob('/proc/[0-9]*/cmdline'):
        try:
            command = pathlib.Path(path).read_bytes().replace(b'\0', b' ').decode(errors='replace')
        except OSError:
            continue
        if text in command and f'/proc/{os.getpid()}/' not in path:
            found.append(command)
    return found


def scratch_directories():
    return [path for place in ('/dev/shm', '/tmp', '/run/user/0') for path in glob.glob(f'{place}/regvault-??????')]


class LoginEngineTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.mkdtemp(prefix='regvault-engine-')
        os.chmod(cls.temporary, 0o711)
        cls.addClassCleanup(shutil.rmtree, cls.temporary)
        prepare_namespace(cls.temporary)
        cls.registry = Registry(os.path.join(cls.temporary, 'registry'))
        cls.addClassCleanup(cls.registry.stop)

    def setUp(self):
        self.secrets = [self.registry.token]
        for path in (*AUTH_FILES.values(), '/root/.config/containers/auth.json'):
            if os.path.lexists(path):
                os.unlink(path)

    def tearDown(self):
        self.assertEqual(scratch_directories(), [], 'a scratch directory is left')

    # ---------------------------------------------------------------------------------------------------- the module

    def arguments(self, engine, **more):
        arguments = {'registry': self.registry.name, 'username': self.registry.user, 'password': self.registry.token,
                     'engine': engine, '_ansible_check_mode': False, '_ansible_version': '2.14.18'}
        if engine == 'podman':
            arguments['cert_dir'] = self.registry.cert_dir
        arguments.update(more)
        return {key: value for key, value in arguments.items() if value is not None}

    def run_login(self, engine, *, command=(), environment=None, **more):
        arguments = self.arguments(engine, **more)
        result = subprocess.run([*command, LOGIN], input=json.dumps(arguments), text=True, timeout=60,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={'PATH': PATH, **(environment or {})})
        self.assertEqual(result.stderr, '')
        self.assertEqual(result.stdout.count('\n'), 1)
        for secret in (*self.secrets, arguments.get('password') or 'none'):
            self.assertNotIn(secret, result.stdout)
            self.assertNotIn(base64.b64encode(f'{self.registry.user}:{secret}'.encode()).decode(), result.stdout)
        answer = json.loads(result.stdout)
        self.assertEqual(result.returncode, 1 if answer.get('failed') else 0)
        self.assertNotIn('invocation', answer)
        return answer

    def succeed(self, engine, **more):
        answer = self.run_login(engine, **more)
        self.assertNotIn('failed', answer, answer)
        self.assertEqual(answer['warnings'], [])
        return answer

    def fail_to(self, engine, **more):
        answer = self.run_login(engine, **more)
        self.assertTrue(answer.get('failed'), answer)
        return answer

    def entry(self, path):
        auth = json.loads(pathlib.Path(path).read_text())['auths'][self.registry.name]['auth']
        return base64.b64decode(auth).decode()

    def right_entry(self):
        return f'{self.registry.user}:{self.registry.token}'

    # ------------------------------------------------------------------------------------------------------ the tests

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
            answer = self.fail_to('podman', environment={'XDG_RUNTIME_DIR': session}, _ansible_check_mode=check)
            self.assertEqual(answer['msg'], f'"{path}" belongs to another user ({UID}), not to the task\'s')
        self.assertEqual(path.read_text(), '{}')
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
        files = {'podman': f'/tmp/podman-run-{UID}/containers/auth.json', 'docker': f'/home/{USER}/.docker/config.json'}
        self.addCleanup(shutil.rmtree, f'/tmp/podman-run-{UID}', ignore_errors=True)
        self.addCleanup(self.end_processes_of, UID)
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

    @staticmethod
    def end_processes_of(uid):
        """Rootless podman leaves a process that holds its user namespace."""
        for path in glob.glob('/proc/[0-9]*'):
            try:
                if os.stat(path).st_uid == uid:
                    os.kill(int(os.path.basename(path)), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass

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
    enter_namespace()
    unittest.main(verbosity=2)

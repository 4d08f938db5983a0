"""The binaries of the login modules with the real engines against a real registry, without Ansible.

    class LoginEngineTest(EngineTest):
        def test_logs_in(self):
            self.assertTrue(self.succeed('podman')['changed'])

    if __name__ == '__main__':
        main()

A test runs as root in a mount namespace of its own, where /root, /home, /run/containers and /dev/shm are empty and one
more user exists: nothing of the machine's logins is seen or changed. REGVAULT_LOGIN names the binary of login, and login_info's
lies beside it; otherwise they are the collection's.
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
import unittest

HERE = pathlib.Path(__file__).resolve().parent
REGISTRY_SH = HERE.parent / 'support' / 'registry.sh'
COLLECTIONS = pathlib.Path(os.environ.get('REGVAULT_COLLECTIONS', HERE.parents[1] / 'build' / 'collection'))
BIN = COLLECTIONS / 'ansible_collections/regvault/registry/programs'
LOGIN = os.environ.get('REGVAULT_LOGIN') or str(BIN / f'login_{platform.machine()}')
LOGIN_INFO = str(pathlib.Path(LOGIN).parent / pathlib.Path(LOGIN).name.replace('login', 'login_info'))
PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

USER, UID = 'regvault-test', 54321
AUTH_FILES = {'podman': '/root/.config/containers/auth.json', 'docker': '/root/.docker/config.json'}
SESSION_FILE = '/run/containers/0/auth.json'  # where podman itself puts a login of root's, gone after a reboot


def enter_namespace():
    """Starts this program again in a mount namespace, once."""
    if os.environ.get('REGVAULT_IN_NAMESPACE'):
        return
    if os.geteuid() != 0:
        sys.exit('this test needs root')
    for program in ('podman', 'docker', 'buildah', 'skopeo', 'docker-credential-pass', 'gpg', 'unshare', 'setpriv', 'strace'):
        if not shutil.which(program, path=PATH):
            sys.exit(f'{program} is not installed')
    if not os.access(LOGIN, os.X_OK):
        sys.exit(f'{LOGIN} is not there: build the target "collection", or set REGVAULT_LOGIN')
    environment = {'PATH': PATH, 'LANG': 'C.UTF-8', 'REGVAULT_IN_NAMESPACE': '1', 'REGVAULT_LOGIN': LOGIN,
                   'PYTHONDONTWRITEBYTECODE': '1'}
    os.execve('/usr/bin/unshare', ['unshare', '--mount', '--propagation', 'private', sys.executable,
                                   *sys.argv], environment)


def prepare_namespace(directory):
    for path, mode in (('/root', 755), ('/home', 755), ('/run/containers', 755), ('/dev/shm', 1777)):
        os.makedirs(path, exist_ok=True)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', f'mode={mode}', 'tmpfs', path], check=True)
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


def end_processes_of_the_user():
    """Rootless podman leaves a process that holds its namespaces, and the next podman of the user goes there."""
    for path in glob.glob('/proc/[0-9]*'):
        try:
            if os.stat(path).st_uid == UID:
                os.kill(int(os.path.basename(path)), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass


def scratch_directories():
    return [path for place in ('/dev/shm', '/tmp', '/run/user/0') for path in glob.glob(f'{place}/regvault-??????')]


class EngineTest(unittest.TestCase):
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
        for path in (*AUTH_FILES.values(), SESSION_FILE):
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


def main():
    enter_namespace()
    unittest.main(module='__main__', verbosity=2)

#!/usr/bin/python3
"""Where logins are kept, and that the engines take them from there: lasting ones, namespaces, credential helpers, other
tools of podman's family, several registries at once, and what login_info tells of all that. See engine_support.py.
"""

import json
import os
import pathlib
import shutil
import subprocess

from engine_support import (AUTH_FILES, EngineTest, LOGIN_INFO, PATH, Registry, SESSION_FILE, UID, USER,
                            end_processes_of_the_user, main)

LASTING = AUTH_FILES['podman']
AS_USER = ('setpriv', f'--reuid={UID}', f'--regid={UID}', '--clear-groups', '--no-new-privs')


class LoginPlacesTest(EngineTest):
    def setUp(self):
        super().setUp()
        for path in ('/root/.config', '/root/.docker', '/run/containers/0'):
            shutil.rmtree(path, ignore_errors=True)

    def run_as_root(self, *command, stdin='', **environment):
        return subprocess.run(command, input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=60, env={'PATH': PATH, 'HOME': '/root', **environment})

    def assert_let_in(self, said):
        self.assertRegex(said, r'manifest unknown|404 \(Not Found\)')

    def pull(self, image='none'):
        """What podman is told: the image is not there, but only who is logged in learns that."""
        return self.run_as_root('podman', 'pull', '--cert-dir', self.registry.cert_dir,
                                f'{self.registry.name}/{image}').stdout

    def podman_login(self):
        done = self.run_as_root('podman', 'login', '--username', self.registry.user, '--password-stdin', '--cert-dir',
                                self.registry.cert_dir, self.registry.name, stdin=self.registry.token)
        self.assertEqual(done.returncode, 0, done.stdout)

    # ------------------------------------------------------------------------------------------------------- reboots

    def test_a_login_survives_a_reboot(self):
        self.podman_login()
        self.assertTrue(os.path.exists(SESSION_FILE), 'where podman itself puts it')
        self.assertTrue(self.succeed('podman')['changed'], 'it would not last')
        shutil.rmtree('/run/containers/0')
        self.assert_let_in(self.pull())
        self.assertFalse(self.succeed('podman')['changed'])
        self.assertEqual(self.entry(LASTING), self.right_entry())

    def test_a_stale_login_of_the_session_does_not_win(self):
        self.podman_login()
        self.secrets += [self.registry.token, self.registry.new_token()]
        answer = self.run_login('podman')
        self.assertTrue(answer['changed'])
        self.assertEqual(answer['warnings'], [
            f'"{SESSION_FILE}" had another entry for {self.registry.name} and is read first; it is removed'])
        self.assert_let_in(self.pull())
        self.assertFalse(self.succeed('podman')['changed'])

    def test_for_the_session_only(self):
        answer = self.succeed('podman', persist=False)
        self.assertEqual(answer['auth_files'], [SESSION_FILE])
        self.assertFalse(os.path.exists(LASTING))
        self.assert_let_in(self.pull())

    def test_logging_out_clears_both(self):
        self.succeed('podman')
        self.podman_login()
        answer = self.succeed('podman', state='absent')
        self.assertTrue(answer['changed'])
        self.assertIn('unauthorized', self.pull())
        for path in (SESSION_FILE, LASTING):
            self.assertEqual(json.loads(pathlib.Path(path).read_text())['auths'], {})

    def test_a_user_without_a_session(self):
        answer = self.succeed('podman', command=AS_USER)
        path = f'/home/{USER}/.config/containers/auth.json'
        self.addCleanup(shutil.rmtree, f'/home/{USER}/.config')
        self.addCleanup(end_processes_of_the_user)
        self.assertEqual(answer['auth_files'], [path])
        self.assertEqual(os.stat(path).st_uid, UID)

    # -------------------------------------------------------------------------------------- the family, files alone

    def test_buildah_and_skopeo(self):
        for engine in ('buildah', 'skopeo'):
            with self.subTest(engine):
                shutil.rmtree('/root/.config', ignore_errors=True)
                answer = self.succeed(engine, cert_dir=self.registry.cert_dir)
                self.assertTrue(answer['changed'])
                self.assertEqual(answer['auth_files'], [LASTING])
                who = self.run_as_root(engine, 'login', '--get-login', self.registry.name)
                self.assertEqual(who.stdout.strip(), self.registry.user)
                wrong = self.fail_to(engine, cert_dir=self.registry.cert_dir, password='wrong')
                self.assertEqual(wrong['reason'], 'credentials-refused', wrong)
        self.assert_let_in(self.run_as_root('skopeo', 'list-tags', '--cert-dir', self.registry.cert_dir,
                                            f'docker://{self.registry.name}/none').stdout)

    def test_a_file_for_a_kubelet(self):
        path = '/root/kubelet/config.json'
        asked = self.registry.requests()
        for changed in (True, False):
            answer = self.succeed('none', auth_file=path)
            self.assertEqual((answer['changed'], answer['engines'], answer['auth_files']), (changed, ['none'], [path]))
        self.assertEqual(self.registry.requests(), asked)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assert_let_in(self.run_as_root('skopeo', 'list-tags', '--authfile', path, '--cert-dir',
                                            self.registry.cert_dir, f'docker://{self.registry.name}/none').stdout)

    def test_namespaces(self):
        part = f'{self.registry.name}/acme'
        self.succeed('podman', registry=part)
        self.assertEqual(list(json.loads(pathlib.Path(LASTING).read_text())['auths']), [part])
        self.assert_let_in(self.pull('acme/none'))
        self.assertIn('unauthorized', self.pull('other/none'))
        whole = self.run_login('podman')
        self.assertEqual(whole['warnings'], [f'"{LASTING}" has an entry for "{part}", which podman uses for the images '
                                             'there instead'])
        self.assertIn('docker has no logins for a part of a registry', self.fail_to('docker', registry=part)['msg'])

    # ------------------------------------------------------------------------------------------- credential helpers

    def make_pass_store(self):
        """docker-credential-pass, with a key of its own and no passphrase."""
        key = 'Key-Type: eddsa\nKey-Curve: ed25519\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\nName-Real: test\n' \
              'Name-Email: test@example.org\nExpire-Date: 0\n%no-protection\n%commit\n'
        os.makedirs('/root/.gnupg', mode=0o700, exist_ok=True)
        self.addCleanup(shutil.rmtree, '/root/.gnupg', ignore_errors=True)
        self.addCleanup(shutil.rmtree, '/root/.password-store', ignore_errors=True)
        self.addCleanup(self.run_as_root, 'gpgconf', '--kill', 'gpg-agent')
        for command, stdin in ((('gpg', '--batch', '--gen-key'), key), (('pass', 'init', 'test@example.org'), '')):
            done = self.run_as_root(*command, stdin=stdin)
            self.assertEqual(done.returncode, 0, done.stdout)

    def kept(self):
        done = self.run_as_root('docker-credential-pass', 'get', stdin=self.registry.name)
        return json.loads(done.stdout)['Secret'] if done.returncode == 0 else ''

    def test_a_store(self):
        self.make_pass_store()
        for engine, path, settings in (('docker', AUTH_FILES['docker'], {'credsStore': 'pass'}),
                                       ('podman', LASTING, {'credHelpers': {self.registry.name: 'pass'}})):
            with self.subTest(engine):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                pathlib.Path(path).write_text(json.dumps(settings))
                os.chmod(path, 0o600)
                answer = self.succeed(engine)
                self.assertTrue(answer['changed'])
                self.assertEqual(answer['logins'][0]['helper'], 'docker-credential-pass')
                self.assertEqual(self.kept(), self.registry.token)
                self.assertNotIn('"auth":', pathlib.Path(path).read_text())
                self.assertFalse(self.succeed(engine)['changed'])
                if engine == 'podman':
                    self.assert_let_in(self.pull())
                gone = self.succeed(engine, state='absent')
                self.assertTrue(gone['changed'])
                self.assertEqual(self.kept(), '')

    def test_a_store_that_nobody_named(self):
        """docker takes one that it finds installed, as long as its file has no login."""
        self.make_pass_store()
        self.succeed('docker')
        self.assertEqual(self.kept(), '')
        self.assertEqual(self.entry(AUTH_FILES['docker']), self.right_entry())

    def test_docker_agrees(self):
        """What docker itself stores by a helper, and what it leaves in its file, is what we find right."""
        self.make_pass_store()
        path = AUTH_FILES['docker']
        os.makedirs(os.path.dirname(path))
        pathlib.Path(path).write_text('{"credsStore": "pass"}')
        os.chmod(path, 0o600)
        done = self.run_as_root('docker', 'login', '--username', self.registry.user, '--password-stdin',
                                self.registry.name, stdin=self.registry.token,
                                SSL_CERT_FILE=os.path.join(self.registry.cert_dir, 'ca.crt'))
        self.assertEqual(done.returncode, 0, done.stdout)
        by_docker = json.loads(pathlib.Path(path).read_text())
        self.assertFalse(self.succeed('docker')['changed'])
        self.succeed('docker', state='absent')
        self.succeed('docker')
        self.assertEqual(json.loads(pathlib.Path(path).read_text()), by_docker)

    def test_a_helper_that_fails(self):
        path = AUTH_FILES['docker']
        os.makedirs(os.path.dirname(path))
        for helper, says in (('pass', 'the credential helper "docker-credential-pass" failed to '),
                             ('nowhere', 'the credential helper "docker-credential-nowhere" is not installed')):
            before = json.dumps({'credsStore': helper})
            pathlib.Path(path).write_text(before)
            os.chmod(path, 0o600)
            answer = self.fail_to('docker')
            self.assertIn(says, answer['msg'])
            self.assertEqual(answer['reason'], 'credential-helper')
            self.assertEqual(pathlib.Path(path).read_text(), before, 'never a password beside a helper')

    # ------------------------------------------------------------------------------------------- several registries

    def test_several_at_once(self):
        other = Registry(os.path.join(self.temporary, 'other'))
        self.addCleanup(other.stop)
        self.secrets.append(other.token)
        entry = {'username': other.user, 'password': other.token, 'cert_dir': other.cert_dir}
        both = [{'registry': self.registry.name}, {'registry': other.name, **entry}]
        answer = self.succeed('podman', registry=None, registries=both)
        self.assertEqual([(login['registry'], login['action']) for login in answer['logins']],
                         [(self.registry.name, 'logged in'), (other.name, 'logged in')])
        self.assertEqual(list(json.loads(pathlib.Path(LASTING).read_text())['auths']), [self.registry.name, other.name])

        wrong = [{'registry': other.name, **entry, 'password': 'wrong'}, {'registry': self.registry.name, 'state': 'absent'}]
        answer = self.fail_to('podman', registry=None, registries=wrong)
        self.assertEqual(answer['msg'], f'podman: {other.name} refused the credentials (invalid username/password)')
        self.assertTrue(answer['changed'], 'the other one is done')
        self.assertEqual([login.get('failed', False) for login in answer['logins']], [True, False])
        self.assertEqual(answer['logins'][0]['reason'], 'credentials-refused')

    def test_unreachable_is_not_refused(self):
        short = Registry(os.path.join(self.temporary, 'short'))
        entry = {'registry': short.name, 'username': short.user, 'password': short.token, 'cert_dir': short.cert_dir}
        self.secrets.append(short.token)
        self.succeed('podman', **entry)
        short.stop()
        self.assertFalse(self.succeed('podman', **entry)['changed'])
        answer = self.fail_to('podman', **entry, validate='always')
        self.assertEqual(answer['reason'], 'unreachable')
        self.assertIn(short.name, pathlib.Path(LASTING).read_text())

    # --------------------------------------------------------------------------------------------------- login_info

    def info(self, command=(), **arguments):
        done = subprocess.run([*command, LOGIN_INFO], input=json.dumps(arguments), text=True, timeout=60,
                              stdout=subprocess.PIPE, env={'PATH': PATH})
        for secret in self.secrets:
            self.assertNotIn(secret, done.stdout)
        return json.loads(done.stdout)

    def test_info(self):
        self.assertEqual(self.info()['logins'], [])
        self.succeed('podman', persist=False)
        self.succeed('podman', auth_file=LASTING)
        self.succeed('docker')
        os.chmod(AUTH_FILES['docker'], 0o644)
        answer = self.info(registry=self.registry.name)
        self.assertFalse(answer['changed'])
        expected = [('podman', SESSION_FILE, True), ('podman', LASTING, False), ('podman', AUTH_FILES['docker'], False),
                    ('docker', AUTH_FILES['docker'], True)]
        self.assertEqual([(login['engine'], login['auth_file'], login['in_force']) for login in answer['logins']],
                         expected)
        self.assertEqual({login['username'] for login in answer['logins']}, {self.registry.user})
        files = {file['path']: file for file in answer['auth_files']}
        self.assertEqual(files[AUTH_FILES['docker']]['mode'], '0644')
        self.assertIn('chmod 600', files[AUTH_FILES['docker']]['warning'])
        self.assertEqual(files[AUTH_FILES['docker']]['engines'], ['podman', 'docker'])
        self.assertFalse(files['/root/.dockercfg']['exists'])
        self.assertEqual(self.info(registry='quay.io')['logins'], [])
        self.assertEqual([login['engine'] for login in self.info(engine='docker')['logins']], ['docker'])

    def test_what_lasts(self):
        disk = pathlib.Path(subprocess.check_output(['mktemp', '-d', '-p', '/var/tmp'], text=True).strip())
        self.addCleanup(shutil.rmtree, disk)
        for place, lasts in ((disk, True), (pathlib.Path('/root'), False)):  # a tmpfs, in this test's namespace
            path = str(place / 'config.json')
            self.succeed('none', auth_file=path)
            answer = self.info(engine='none', auth_file=path)
            self.assertEqual([login['lasts'] for login in answer['logins']], [lasts], path)
            self.assertEqual(answer['auth_files'][0]['in_memory'], not lasts)
            self.assertEqual(answer['auth_files'][0]['owner'], 'root')

    def test_info_of_what_is_broken_and_of_helpers(self):
        self.make_pass_store()
        self.succeed('podman')
        os.makedirs('/root/.docker')
        pathlib.Path(AUTH_FILES['docker']).write_text('{"credsStore": "pass"}')
        os.chmod(AUTH_FILES['docker'], 0o600)
        self.succeed('docker')
        pathlib.Path('/run/containers/0').mkdir(parents=True)
        pathlib.Path(SESSION_FILE).write_text('{"auths": [')
        answer = self.info()
        files = {file['path']: file for file in answer['auth_files']}
        self.assertIn('not valid JSON', files[SESSION_FILE]['problem'])
        docker = [login for login in answer['logins'] if login['engine'] == 'docker']
        self.assertEqual([(login['registry'], login['helper'], login['username'], login['lasts']) for login in docker],
                         [(self.registry.name, 'docker-credential-pass', self.registry.user, True)])


if __name__ == '__main__':
    main()

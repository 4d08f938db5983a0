"""`diagnose` with a registry and GitHub's API that answer (stand-ins under their own names: tests/support/internet.py),
and with what real engines say when they cannot pull."""

import base64
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import program

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / 'support'
sys.path.insert(0, str(SUPPORT))
from internet import Internet  # noqa: E402
from tokens import classic_token  # noqa: E402

APP, OPEN = 'ghcr.io/octo/app:1', 'ghcr.io/octo/open:1'
DENIED = b'Error response from daemon: Head "https://ghcr.io/v2/octo/%s/manifests/1": denied: denied\n'


class Diagnose(program.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix='regvault-diagnose-')
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.internet = Internet(folder, public=['octo/open'])
        cls.internet.__enter__()
        cls.addClassCleanup(cls.internet.__exit__)
        cls.good = cls.internet.add_user('octocat', {'octo/*': 'pull,push'}, scopes='write:packages', admin=True)
        cls.reader = cls.internet.add_user('reader', {'octo/*': 'pull'}, scopes='read:packages')
        cls.stranger = cls.internet.add_user('stranger', {'acme/*': 'pull'}, scopes='read:packages')
        cls.wrong = classic_token()
        for image in ('octo/app:1', 'octo/open:1'):
            cls.internet.registry.push(image, 'octocat')
            cls.internet.api.packages[image[:-2]] = {'visibility': 'private', 'repository': 'octo/app'}

    def setUp(self):
        super().setUp()
        self.environment |= self.internet.environment
        self.internet.connected.clear()
        self.internet.api.requests.clear()

    def log_in(self, login):
        (self.dir / '.docker').mkdir(exist_ok=True)
        file = self.dir / '.docker/config.json'
        file.write_text(json.dumps({'auths': {'ghcr.io': {'auth': base64.b64encode(login.encode()).decode()}}}))
        file.chmod(0o600)

    def diagnose(self, *arguments, stdin=b'', code=20):
        """The findings, the cause first."""
        result = self.run_program('diagnose', '--json', *arguments, stdin=stdin)
        said = (result.stdout + result.stderr).decode()
        self.assertEqual(result.returncode, code, said)
        for token in (self.good, self.reader, self.stranger, self.wrong):
            self.assertNotIn(token, said)
            self.assertNotIn(base64.b64encode(token.encode()).decode()[:20], said)
        answer = json.loads(result.stdout)
        wrong = [finding for finding in answer['findings'] if finding['weight'] != 'note']
        self.assertEqual(answer['cause'], wrong[0]['cause'] if wrong else None)
        return answer['findings']

    def causes(self, *arguments, **options):
        return [f['cause'] for f in self.diagnose(*arguments, **options) if f['weight'] != 'note']

    def test_nothing_is_wrong(self):
        self.log_in('octocat:' + self.good)
        self.assertEqual(self.causes(APP, code=0), [])
        self.assertEqual(self.causes(OPEN, code=0), [])
        self.assertEqual(self.causes(APP, '--push', code=0), [])

    def test_no_login(self):
        findings = self.diagnose(APP)
        self.assertIn(findings[0]['cause'], ('no-credentials', 'denied-or-missing'))
        self.assertEqual(findings[0]['where'], 'anonymous: ' + APP)
        self.assertEqual(self.causes(OPEN, code=0), [])

    def test_a_stored_login_that_is_refused(self):
        self.log_in('octocat:' + self.wrong)
        findings = self.diagnose(APP, '--text', '-', stdin=DENIED % b'app')
        self.assertEqual([(f['cause'], f['weight']) for f in findings[:1]], [('credentials-refused', 'fault')])
        self.assertTrue(findings[0]['where'].startswith('credentials: '), findings)
        self.assertIn(('credentials-refused', 'note', 'line 1'), [(f['cause'], f['weight'], f['where']) for f in findings])

    def test_a_bad_login_breaks_a_public_image(self):
        self.log_in('octocat:' + self.wrong)
        findings = self.diagnose(OPEN, '--text', '-', stdin=DENIED % b'open')
        self.assertEqual(findings[0]['cause'], 'credentials-refused')
        self.assertIn('the image is public', findings[0]['fix'])
        (self.dir / '.docker/config.json').unlink()
        findings = self.diagnose(OPEN, '--text', '-', stdin=DENIED % b'open')
        self.assertEqual(findings[0]['cause'], 'credentials-refused', 'somebody else has the login')
        self.assertIn('the image is public', findings[0]['fix'])

    def test_what_is_stored_explains_more_than_the_refusal(self):
        self.log_in('octocat:' + self.good + '\n')
        self.assertEqual(self.causes(APP, '--text', '-', stdin=DENIED % b'app')[0], 'newline-in-auth')
        self.log_in('octocat:' + self.good[:-3])
        self.assertEqual(self.causes(APP)[0], 'mistyped-token')

    def test_the_registry_knows_better_than_the_text(self):
        self.log_in('octocat:' + self.good)
        self.assertEqual(self.causes('ghcr.io/octo/app:2', '--text', '-', stdin=DENIED % b'app')[0], 'manifest-unknown')
        findings = self.diagnose(APP, '--text', '-', stdin=DENIED % b'app')
        self.assertEqual([(f['cause'], f['weight']) for f in findings],
                         [('credentials-refused', 'fault'), ('credentials-refused', 'note')])
        self.assertIn('asked now, the registry gives it', findings[1]['evidence'])

    def test_rights(self):
        self.assertEqual(self.causes(APP, '--stdin', stdin=self.reader.encode(), code=0), [])
        self.assertEqual(self.causes(APP, '--push', '--stdin', stdin=self.reader.encode())[0], 'missing-scope')
        cause = self.causes(APP, '--stdin', stdin=self.stranger.encode())[0]
        self.assertIn(cause, ('no-package-read', 'denied-or-missing'))
        self.assertEqual(self.causes(APP, '--stdin', '--anonymous', stdin=self.wrong.encode())[0], 'credentials-refused')

    def test_nobody_is_asked_in_vain(self):
        text = b'error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH'
        self.assertEqual(self.causes(APP, '--text', '-', stdin=text), ['helper-missing'])
        self.assertEqual(self.causes(APP, '--offline', '--text', '-', stdin=DENIED % b'app'), ['credentials-refused'])
        self.assertEqual(self.causes('--text', '-', stdin=DENIED % b'app'), ['credentials-refused'])
        self.assertEqual(self.internet.connected, [])

    def test_the_network(self):
        self.assertEqual(self.causes('127.0.0.1:1/octo/app'), ['unreachable'])
        self.assertEqual(self.causes('nowhere.example/octo/app'), ['proxy'])
        self.environment['SSL_CERT_FILE'] = '/dev/null'
        self.assertEqual(self.causes(APP), ['not-asked'])
        del self.environment['SSL_CERT_FILE']
        self.assertEqual(self.causes(APP), ['tls-unknown-authority'])

    def test_a_repository_s_permissions(self):
        workflow = self.dir / 'image.yml'
        workflow.write_text('on: push\njobs:\n  image:\n    steps:\n    - run: |\n'
                            '        echo ${{ secrets.GITHUB_TOKEN }} | docker login ghcr.io -u x --password-stdin\n'
                            '        docker push ghcr.io/octo/app:1\n')
        asked = ('--workflow', 'image.yml', '--repo', 'octo/app', '--stdin')
        for default, expected in (('read', ['workflow-permissions']), ('write', [])):
            self.internet.api.workflow['octo/app'] = default
            self.assertEqual(self.causes(*asked, stdin=self.good.encode(), code=20 if expected else 0), expected)
        del self.internet.api.workflow['octo/app']
        findings = self.diagnose(*asked, stdin=self.good.encode())
        self.assertEqual([f['weight'] for f in findings], ['warning', 'note'])
        self.assertIn('https://github.com/octo/app/settings/actions', findings[1]['fix'])

    def test_what_real_engines_say(self):
        for engine, *command in (('skopeo', 'inspect', 'docker://127.0.0.1:1/octo/app:1'),
                                 ('podman', 'pull', '--retry=0', '127.0.0.1:1/octo/app:1')):
            path = shutil.which(engine)
            self.assertIsNotNone(path, engine)
            helped = subprocess.run([path, 'pull', '--help'], capture_output=True, check=False).stdout
            command = [word for word in command if word != '--retry=0' or b'--retry ' in helped]
            said = subprocess.run([path, *command], capture_output=True, env=self.environment, cwd=self.dir, timeout=60,
                                  check=False)
            self.assertNotEqual(said.returncode, 0)
            self.assertEqual(self.causes('--text', '-', stdin=said.stdout + said.stderr), ['unreachable'])
        said = subprocess.run(['docker', 'pull', 'ghcr.io/Octo/App'], capture_output=True, env=self.environment, timeout=60,
                              check=False)
        self.assertEqual(self.causes('--text', '-', stdin=said.stdout + said.stderr), ['bad-reference'])


if __name__ == '__main__':
    program.main()

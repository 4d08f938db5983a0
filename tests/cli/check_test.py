"""`check` and `token` against real registries (tests/support/token_registry.py, registry.sh) and a stand-in for GitHub's
API, both under their own names: see tests/support/internet.py."""

import datetime
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time

import program
import terminal_test

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / 'support'
sys.path.insert(0, str(SUPPORT))
from github_api import GitHubApi, Request  # noqa: E402
from internet import Internet  # noqa: E402
from token_registry import TokenRegistry  # noqa: E402
from tokens import classic_token  # noqa: E402

APP, OPEN = 'ghcr.io/octo/app:1', 'ghcr.io/octo/open:1'


def in_days(days):
    """As GitHub writes it; half a day more, so that the test may take its time."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days, hours=12)).strftime(
        '%Y-%m-%d %H:%M:%S UTC')


class CheckCase(program.Case):
    def check(self, *arguments, token=None, **environment):
        """`token` is given on standard input."""
        if token is not None:
            arguments += ('--stdin',)
        self.environment |= environment
        result = self.run_program('check', *arguments, stdin=(token or '').encode())
        said = result.stdout.decode() + result.stderr.decode()
        self.assertNotIn(token or self.token, said)
        return result

    def marks(self, result):
        """{"pull": "✓", …}, of a table without several lines of one step."""
        return {line.split()[1]: line[0] for line in result.stdout.decode().splitlines() if not line.startswith(' ')}


class Ghcr(CheckCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix='regvault-check-')
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.internet = Internet(folder, public=['octo/open'])
        cls.internet.__enter__()
        cls.addClassCleanup(cls.internet.__exit__)
        cls.registry, cls.api = cls.internet.registry, cls.internet.api
        cls.owner = cls.internet.add_user('octocat', {'octo/*': 'pull,push'}, scopes='read:packages, write:packages',
                                          expires=in_days(60))
        cls.registry.push('octo/app:1', 'octocat')
        cls.registry.push('octo/open:1', 'octocat')
        cls.api.packages['octo/app'] = {'visibility': 'private', 'repository': 'octo/app'}

    def setUp(self):
        super().setUp()
        self.environment |= self.internet.environment
        self.api.requests.clear()
        self.registry.requests.clear()

    def test_all_is_well(self):
        (self.dir / 'vars.yml').write_text('ghcr_pat: x\n')
        self.vars = 'vars.yml'
        self.set('ghcr_pat', self.owner)
        result = self.check(APP, '--from', 'vars.yml:ghcr_pat', '--push')
        self.assertEqual(result.returncode, 0, result.stdout.decode() + result.stderr.decode())
        digest = result.stdout.decode().split('sha256:')[1][:64]
        self.assertEqual(result.stdout.decode(), f"""\
✓ token        classic personal access token: copied whole
✓ registry     ghcr.io: answers, and gives tokens
✓ anonymous    {APP}: it needs a login
✓ credentials  token: the registry takes them
✓ account      octocat: scopes: read:packages, write:packages; expires in 60 days
✓ pull         {APP}: sha256:{digest}
✓ package      ghcr.io/octo/app: private, linked to octo/app
               → access: https://github.com/users/octo/packages/container/app/settings
✓ push         ghcr.io/octo/app: an upload was opened, and cancelled
""")
        self.assertEqual(result.stderr, b'')
        self.assertNotIn(self.owner, result.stdout.decode())
        self.assertEqual(self.api.requests, [Request('GET', '/user', 'octocat'),
                                             Request('GET', '/users/octo/packages/container/app', 'octocat')])
        self.assertLessEqual(set(self.internet.connected), {'ghcr.io:443', 'api.github.com:443'})

    def test_ascii(self):
        result = self.check(APP, token=classic_token(), LANG='C')
        self.assertIn(b'\nNO credentials  token: the registry refused the credentials (403, DENIED: denied)\n'
                      b'                -> check the user name', result.stdout)
        self.assertTrue(result.stdout.isascii())

    def test_one_call_for_a_token_however_many_images(self):
        result = self.check(APP, OPEN, 'ghcr.io/octo/app:2', token=self.owner)
        self.assertEqual(result.returncode, 4, result.stdout.decode())
        self.assertEqual([request.path for request in self.api.requests].count('/user'), 1)

    def test_anonymous(self):
        self.assertEqual(self.check(OPEN, '--anonymous', '--quiet').returncode, 0)
        result = self.check(APP, '--anonymous')
        self.assertEqual(result.returncode, 10)
        self.assertIn(f'✗ anonymous    {APP}: not public: it needs a login, or is not there\n', result.stdout.decode())
        self.assertEqual(self.api.requests, [])
        self.assertEqual({request.user for request in self.registry.requests}, {''})

    def test_quiet(self):
        result = self.check(APP, '--quiet', token=self.owner)
        self.assertEqual((result.returncode, result.stdout), (0, b''))
        result = self.check('ghcr.io/octo/none:1', '--quiet', token=self.owner)
        self.assertEqual(result.returncode, 4)
        self.assertEqual(set(self.marks(result)), {'pull', 'package'})

    def test_a_wrong_token(self):
        result = self.check(APP, token=classic_token())
        self.assertEqual(result.returncode, 10)
        self.assertEqual(self.marks(result), {'token': '✓', 'registry': '✓', 'anonymous': '✓', 'credentials': '✗',
                                              'account': '✗', 'pull': '-'})
        self.assertEqual([request.status for request in self.registry.requests if request.user], [403])

    def test_a_mistyped_token_is_not_sent(self):
        token = self.owner[:-1]
        result = self.check(APP, token=token)
        self.assertEqual(result.returncode, 10)
        self.assertEqual(self.marks(result)['credentials'], '-')
        self.assertEqual(self.api.requests, [])
        self.assertEqual({request.user for request in self.registry.requests}, {''})
        self.assertEqual(self.marks(self.check(APP, '--force', token=token))['credentials'], '✗')

    def test_no_right_to_push(self):
        token = self.internet.add_user('reader', {'octo/app': 'pull'}, scopes='read:packages, write:packages')
        result = self.check(APP, '--push', '-u', 'reader', token=token)
        self.assertEqual(result.returncode, 10)
        self.assertIn('✗ push         ghcr.io/octo/app: this account may not write to the package '
                      '(403, DENIED: permission_denied: write_package)\n', result.stdout.decode())

    def test_no_right_to_pull(self):
        token = self.internet.add_user('stranger', {}, scopes='read:packages')
        result = self.check(APP, '-u', 'stranger', token=token)
        self.assertEqual(result.returncode, 10)
        self.assertIn(f'✗ pull         {APP}: this account may not read the package '
                      '(403, DENIED: permission_denied: read_package)\n', result.stdout.decode())

    def test_a_missing_scope(self):
        token = self.internet.add_user('scopeless', {'octo/app': 'pull'}, scopes='repo')
        result = self.check('-u', 'scopeless', '--json', token=token)
        self.assertEqual(result.returncode, 10)
        answer = json.loads(result.stdout)
        self.assertEqual((answer['passed'], answer['login'], answer['scopes']), (False, 'scopeless', ['repo']))
        self.assertEqual([f['cause'] for f in answer['findings'] if f['outcome'] == 'failed'], ['missing-scope'])

    def test_near_expiry(self):
        token = self.internet.add_user('soon', {'octo/app': 'pull'}, expires=in_days(10))
        result = self.check(APP, '-u', 'soon', '--json', token=token)
        self.assertEqual(result.returncode, 20)
        answer = json.loads(result.stdout)
        self.assertEqual((answer['passed'], answer['days_left']), (True, 10))
        self.assertEqual(self.check(APP, '-u', 'soon', '--warn-days', '9', token=token).returncode, 0)

    def test_single_sign_on(self):
        self.api.sign_on = 'https://github.com/orgs/octo/sso?authorization_request=A'
        try:
            result = self.check(token=self.owner)
        finally:
            self.api.sign_on = None
        self.assertEqual(result.returncode, 10)
        self.assertIn('→ authorize the token: https://github.com/orgs/octo/sso?authorization_request=A\n',
                      result.stdout.decode())

    def test_metrics(self):
        file = self.dir / 'regvault.prom'
        old_umask = os.umask(0o077)
        try:
            self.assertEqual(self.check('--prometheus', file, token=self.owner).returncode, 0)
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o644)
            text = file.read_text()
            self.assertIn('# TYPE regvault_check_success gauge\nregvault_check_success{registry="ghcr.io"} 1\n', text)
            self.assertIn('\nregvault_token_expiry_days{registry="ghcr.io",login="octocat"} 60\n', text)
            self.assertEqual(self.check('--prometheus', file, token=classic_token()).returncode, 10)
        finally:
            os.umask(old_umask)
        self.assertIn('regvault_check_success{registry="ghcr.io"} 0\n', file.read_text())
        self.assertNotIn('expiry', file.read_text())
        self.assertEqual(os.listdir(self.dir).count('regvault.prom'), 1)

    def test_waits_for_an_image(self):
        image = 'octo/late:1'
        pusher = threading.Timer(1.5, self.registry.push, (image, 'octocat'))
        pusher.start()
        self.addCleanup(pusher.join)
        result = self.check(f'ghcr.io/{image}', '--wait', '30s', token=self.owner)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(result.stderr.decode().count('regvault: not yet: '), 1, result.stderr)
        self.assertEqual([request.path for request in self.api.requests].count('/user'), 1)

    def test_waiting_honours_retry_after_and_ends(self):
        self.registry.busy(1, retry_after=2)
        begin = time.monotonic()
        self.assertEqual(self.check(OPEN, '--anonymous', '--wait', '20s').returncode, 0)
        self.assertGreater(time.monotonic() - begin, 1.9)
        self.registry.busy(1, retry_after=3600)
        begin = time.monotonic()
        self.assertEqual(self.check(OPEN, '--anonymous', '--wait', '5s').returncode, 9)
        self.assertLess(time.monotonic() - begin, 3)

    def test_waiting_does_not_repeat_a_refusal(self):
        begin = time.monotonic()
        self.assertEqual(self.check('--wait', '60s', token=classic_token()).returncode, 10)
        self.assertLess(time.monotonic() - begin, 10)

    def test_without_the_authority(self):
        del self.environment['SSL_CERT_FILE']
        result = self.check(OPEN, '--anonymous')
        self.assertEqual(result.returncode, 9)
        self.assertIn('✗ registry     ghcr.io: has a certificate of an unknown authority\n', result.stdout.decode())
        self.assertEqual(self.check(OPEN, '--anonymous', '--cert-dir', self.registry.cert_dir).returncode, 0)

    def test_openssl_started_as_it_always_is(self):
        """Without crypto/openssl_start.hpp's lean start, which every other test here has."""
        self.assertEqual(self.check(OPEN, '--anonymous', OPENSSL_CONF='/dev/null').returncode, 0)

    def test_the_proxy(self):
        result = self.check(OPEN, '--anonymous', HTTPS_PROXY='http://user:geheim@127.0.0.1:1')
        self.assertEqual(result.returncode, 9)
        self.assertIn('the proxy 127.0.0.1:1 cannot be reached (connection refused)', result.stdout.decode())
        self.assertNotIn(b'geheim', result.stdout + result.stderr)
        self.assert_fails(self.check(OPEN, '--anonymous', HTTPS_PROXY='socks5://127.0.0.1:1'), 2, 'HTTPS_PROXY')

    def test_what_makes_no_sense(self):
        for arguments, text in ((('ghcr.io/Octo/App',), 'it must be lower case'),
                                ((APP, 'quay.io/octo/app'), '"quay.io/octo/app:latest" is not an image of ghcr.io'),
                                ((APP, '--wait', 'long'), '"long" is no time to wait'),
                                ((APP, '--github-api', 'api.github.com'), 'not a URL that can be asked')):
            self.assert_fails(self.check(*arguments, token=self.owner), 2, text)
        self.assert_fails(self.check(APP), 2, 'no token is given, and there is no terminal to ask on')

    # ------------------------------------------------------------------------------------------------- token
    def test_revoke(self):
        token = self.internet.add_user('leaver', {'octo/app': 'pull'})
        self.assertEqual(self.check(APP, '-u', 'leaver', token=token).returncode, 0)
        result = self.run_program('token', 'revoke', '--stdin', stdin=token.encode())
        self.assert_fails(result, 2, 'revoking a token must be confirmed, and there is no terminal')
        self.assertEqual(self.api.revoked, [])
        self.api.on_revoke = lambda _: self.registry.remove_user('leaver')
        self.addCleanup(setattr, self.api, 'on_revoke', None)
        result = self.run_program('token', 'revoke', '--stdin', '--yes', stdin=token.encode())
        self.assertEqual((result.returncode, result.stderr), (0, b''))
        self.assertEqual(result.stdout, b'GitHub revokes the token, if it is one of its own\n')
        self.assertEqual(self.api.revoked, [token])
        self.assertEqual(self.api.requests[-1], Request('POST', '/credentials/revoke', ''))
        self.assertEqual(self.check(APP, '-u', 'leaver', token=token).returncode, 10)

    def test_revoke_asks(self):
        token = self.internet.add_user('doubter', {})
        for answer, exit_code, shown in (('n', 3, b'the token is not revoked'), ('y', 0, b'GitHub revokes the token')):
            talk = terminal_test.Terminal()
            talk.dir, talk.environment = self.dir, self.environment
            self.addCleanup(talk.doCleanups)
            talk.start('token', 'revoke')
            talk.expect('Token for revocation: ')
            talk.type(token + '\n')
            talk.expect('Revoke this token for good? [y/N] ')
            talk.type(answer + '\n')
            rest, status = talk.end()
            self.assertEqual(os.waitstatus_to_exitcode(status), exit_code)
            self.assertIn(shown, rest)
            self.assertNotIn(token.encode(), rest)
            self.assertEqual(token in self.api.revoked, answer == 'y')

    def test_revoke_when_github_is_busy(self):
        self.api.limited = 60
        try:
            result = self.run_program('token', 'revoke', '--stdin', '--yes', stdin=self.owner.encode())
        finally:
            self.api.limited = 0
        self.assert_fails(result, 9, 'GitHub does not revoke the token (403: You have exceeded a secondary rate limit')

    def test_url(self):
        for purpose, scopes in (('pull', 'read:packages'), ('push', 'write:packages'),
                                ('delete', 'read:packages,delete:packages')):
            self.assertEqual(self.ok('token', 'url', '--for', purpose, '--note', 'CI & co'),
                             f'https://github.com/settings/tokens/new?scopes={scopes}&description=CI%20%26%20co\n')
        self.assertEqual(self.ok('token', 'url', '--for', 'pull', '--note', 'x', '--github-url', 'https://git.acme.com/'),
                         'https://git.acme.com/settings/tokens/new?scopes=read:packages&description=x\n')
        self.assert_fails(self.run_program('token', 'url', '--for', 'all', '--note', 'x'), 2, '"all" is none of pull')
        self.assert_fails(self.run_program('token', 'url', '--for', 'pull'), 2, '--note')
        self.assert_fails(self.run_program('token'), 2)


class Others(CheckCase):
    """A plain docker-registry, with passwords, or with a token server of its own on another port."""

    def start(self, *options):
        folder = self.dir / 'registry'
        out = subprocess.run([SUPPORT / 'registry.sh', 'start', folder, *options], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
        self.addCleanup(subprocess.run, [SUPPORT / 'registry.sh', 'stop', folder], check=True)
        return dict(line.split('=', 1) for line in out.splitlines())

    def test_passwords(self):
        registry = self.start()
        name, token = registry['registry'], pathlib.Path(registry['registry_token_file']).read_text()
        self.environment['SSL_CERT_FILE'] = registry['registry_ca']
        arguments = ('--registry', name, '-u', 'octocat')
        result = self.check(*arguments, token=token)
        self.assertEqual(result.returncode, 0, result.stdout.decode() + result.stderr.decode())
        self.assertEqual(self.marks(result), {'token': '✓', 'registry': '✓', 'credentials': '✓'})
        result = self.check(*arguments, token='wrong')
        self.assertEqual(result.returncode, 10)
        self.assertIn('✗ credentials  octocat: the registry refused the credentials '
                      '(401, UNAUTHORIZED: authentication required)\n', result.stdout.decode())
        result = self.check(f'{name}/octo/none', '-u', 'octocat', '--push', token=token)
        self.assertEqual(result.returncode, 4)
        self.assertEqual((self.marks(result)['pull'], self.marks(result)['push']), ('✗', '✓'))

    def test_plain_http(self):
        registry = self.start('--plain-http')
        name, token = registry['registry'], pathlib.Path(registry['registry_token_file']).read_text()
        result = self.check('--registry', name, '-u', 'octocat', token=token)
        self.assertEqual(result.returncode, 9)
        self.assertIn(f'✗ registry     {name}: speaks plain HTTP, not HTTPS\n', result.stdout.decode())
        result = self.check('--registry', name, '-u', 'octocat', '--insecure', token=token)
        self.assertEqual(result.returncode, 0, result.stdout.decode())

    def test_tokens(self):
        with TokenRegistry(self.dir / 'registry', public=['octo/open']) as registry:
            token = registry.add_user('octocat', {'octo/*': 'pull,push'})
            reader = registry.add_user('reader', {'octo/app': 'pull'})
            registry.push('octo/app:1', 'octocat')
            self.environment['SSL_CERT_FILE'] = registry.ca_file
            result = self.check(f'{registry.name}/octo/app:1', '-u', 'octocat', '--push', token=token)
            self.assertEqual(result.returncode, 0, result.stdout.decode())
            result = self.check(f'{registry.name}/octo/app:1', '-u', 'reader', '--push', token=reader)
            self.assertEqual(result.returncode, 10, result.stdout.decode())
            self.assertEqual((self.marks(result)['pull'], self.marks(result)['push']), ('✓', '✗'))
            with GitHubApi(tls=registry) as api:  # GitHub Enterprise, say
                result = self.check(f'{registry.name}/octo/app:1', '-u', 'octocat', '--github-api', api.url, token=token)
            self.assertEqual((result.returncode, self.marks(result)['account']), (10, '✗'))

    def test_a_realm_elsewhere(self):
        registry = TokenRegistry(self.dir / 'registry')
        registry.realm_override = f'https://localhost:{registry.token_port}/token'  # another name than 127.0.0.1
        with registry:
            token = registry.add_user('octocat', {'octo/*': 'pull'})
            self.environment['SSL_CERT_FILE'] = registry.ca_file
            arguments = ('--registry', registry.name, '-u', 'octocat')
            result = self.check(*arguments, token=token)
            self.assertEqual(result.returncode, 10)
            self.assertIn(f'wants the credentials sent to https://localhost:{registry.token_port}, which is not its own '
                          'host\n', result.stdout.decode())
            self.assertEqual(registry.requests, [])
            self.assertEqual(self.check(*arguments, '--token-server', 'localhost', token=token).returncode, 0)


if __name__ == '__main__':
    program.main()

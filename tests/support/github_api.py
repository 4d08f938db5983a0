"""A stand-in for api.github.com: the calls that regvault makes, with the bodies that docs.github.com/rest documents.

    with GitHubApi() as api:                                   # http; GitHubApi(tls=registry) has a registry's certificate
        token = api.add_token('octocat', scopes='read:packages', expires='2026-06-03 19:52:44 UTC')
        api.packages['octo/app'] = {'visibility': 'private', 'repository': 'octo/app'}
        … '--github-api', api.url …
        api.requests                                           # [Request('GET', '/user', 'octocat'), …]

GET /user · GET /users|orgs/OWNER/packages/container/NAME (slashes as %2F) · GET /repos/O/R/actions/permissions/workflow
· POST /credentials/revoke. Everything else is 404. Tokens are classic ones with a right checksum, made at run time.
`api.organizations` are the owners that are no users; `api.workflow['octo/app'] = 'read'` what admins of it are told;
api.sign_on = 'https://…' makes every call answer as single sign-on does, api.limited = seconds as a rate limit does;
api.on_revoke is called with each token that is revoked.
"""

import json
import urllib.parse
from typing import NamedTuple

from token_registry import Handler, Server
from tokens import classic_token

DOCUMENTATION = 'https://docs.github.com/rest'


class Request(NamedTuple):
    method: str
    path: str
    login: str  # '' without Authorization, '?' with a token that is nobody's


class GitHubHandler(Handler):
    def say(self, status, message, headers=()):
        self.answer(status, {'message': message, 'documentation_url': DOCUMENTATION, 'status': str(status)}, headers)

    def account(self):
        kind, _, token = self.headers.get('Authorization', '').partition(' ')
        if kind.lower() not in ('bearer', 'token'):
            return None
        return self.server.owner.tokens.get(token, {'login': '?'})

    def stopped(self, account):
        """True when the call is answered already."""
        api = self.server.owner
        api.requests.append(Request(self.command, self.path, account['login'] if account else ''))
        if not self.headers.get('User-Agent'):
            self.answer(403, b'Request forbidden by administrative rules. Please make sure your request has a User-Agent'
                             b' header\r\n')
        elif api.limited:
            self.say(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
                     [('Retry-After', str(api.limited))])
        elif account and account['login'] == '?':
            self.say(401, 'Bad credentials')
        elif api.sign_on and account:
            self.say(403, 'Resource protected by organization SAML enforcement. You must grant your Personal Access '
                          'token access to this organization.', [('X-GitHub-SSO', f'required; url={api.sign_on}')])
        else:
            return False
        return True

    def do_GET(self):
        account = self.account()
        if self.stopped(account):
            return
        parts = [urllib.parse.unquote(part) for part in urllib.parse.urlsplit(self.path).path.strip('/').split('/')]
        if self.server.owner.prefix:
            parts = parts[len(self.server.owner.prefix.strip('/').split('/')):]
        if parts == ['user']:
            self.user(account)
        elif len(parts) == 5 and parts[0] in ('users', 'orgs') and parts[2:4] == ['packages', 'container']:
            self.package(account, parts[0], parts[1], parts[4])
        elif len(parts) == 6 and parts[0] == 'repos' and parts[3:] == ['actions', 'permissions', 'workflow']:
            self.workflow(account, f'{parts[1]}/{parts[2]}')
        else:
            self.say(404, 'Not Found')

    def token_headers(self, account):
        headers = [('X-OAuth-Scopes', account['scopes'])] if account['scopes'] is not None else []
        if account['expires']:
            headers.append(('github-authentication-token-expiration', account['expires']))
        return headers

    def user(self, account):
        if account is None:
            return self.say(401, 'Requires authentication')
        self.answer(200, {'login': account['login'], 'id': 583231, 'type': 'User', 'site_admin': False},
                    self.token_headers(account))

    def package(self, account, kind, owner, name):
        api = self.server.owner
        scopes = (account or {}).get('scopes') or ''
        if account is None:
            return self.say(401, 'Requires authentication')
        if 'packages' not in scopes:
            return self.say(403, 'You need at least read:packages scope to get a package.')
        package = api.packages.get(f'{owner}/{name}')
        if package is None or (kind == 'orgs') != (owner in api.organizations):
            return self.say(404, 'Package not found.')
        body = {'id': 197, 'name': name, 'package_type': 'container', 'visibility': package['visibility'],
                'owner': {'login': owner, 'type': 'Organization' if kind == 'orgs' else 'User'}, 'version_count': 1,
                'html_url': f'https://github.com/{kind}/{owner}/packages/container/package/{name}'}
        if package.get('repository'):
            body['repository'] = {'id': 216219492, 'full_name': package['repository'],
                                  'html_url': 'https://github.com/' + package['repository']}
        self.answer(200, body, self.token_headers(account))

    def workflow(self, account, repository):
        permissions = self.server.owner.workflow.get(repository)
        if account is None or permissions is None:
            return self.say(404, 'Not Found')
        if not account['admin']:
            return self.say(403, 'Must have admin rights to Repository.')
        self.answer(200, {'default_workflow_permissions': permissions, 'can_approve_pull_request_reviews': False})

    def do_POST(self):
        api = self.server.owner
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if self.stopped(self.account()):
            return
        if urllib.parse.urlsplit(self.path).path != api.prefix + '/credentials/revoke':
            return self.say(404, 'Not Found')
        try:
            tokens = json.loads(body)['credentials']
        except (ValueError, KeyError, TypeError):
            return self.say(400, 'Problems parsing JSON')
        if not tokens or not all(isinstance(token, str) for token in tokens):
            return self.say(422, 'Validation Failed')
        for token in tokens:
            api.tokens.pop(token, None)
            api.revoked.append(token)
            if api.on_revoke:
                api.on_revoke(token)
        self.answer(202, {})


class GitHubApi:
    def __init__(self, tls=None, prefix=''):
        """`tls`: something with .certificate and .key, such as a TokenRegistry. `prefix`: "/api/v3", as in Enterprise."""
        self.tokens, self.packages, self.workflow = {}, {}, {}
        self.organizations = set()
        self.requests, self.revoked = [], []
        self.sign_on = self.on_revoke = None
        self.limited = 0
        self.prefix = prefix
        self._server = Server(GitHubHandler, self)
        if tls:
            self._server.secure(tls.certificate, tls.key)
        self.port = self._server.port
        self.url = f'{"https" if tls else "http"}://127.0.0.1:{self._server.port}{prefix}'

    def add_token(self, login, scopes='read:packages', expires='', admin=False, token=None):
        """`scopes`: None for a kind of token that has none (fine-grained). Returns the token."""
        token = token or classic_token()
        self.tokens[token] = {'login': login, 'scopes': scopes, 'expires': expires, 'admin': admin}
        return token

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop()

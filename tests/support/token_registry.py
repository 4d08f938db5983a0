"""A real registry (docker-registry, TLS) that asks a token server who may do what, as ghcr.io and Docker Hub do.

    with TokenRegistry(directory, public=['octo/open']) as registry:
        password = registry.add_user('octocat', {'octo/app': 'pull,push', 'octo/*': 'pull'})
        registry.push('octo/app:1', 'octocat')
        … registry.name                 # "127.0.0.1:41235"
        … registry.ca_file              # SSL_CERT_FILE for our programs and Go's; registry.cert_dir: podman's --cert-dir

The token server is a stand-in (GHCR's and Docker Hub's are not to be had), on a port of its own of the same host. It
follows https://distribution.github.io/distribution/spec/auth/token/: GET /token with Basic credentials or none,
service=…, any number of scope=…; more parameters (account, client_id, offline_token) are accepted. It signs RS256 JWTs that the
registry verifies by its rootcertbundle. As GHCR does, it answers wrong credentials with 403 DENIED, and whoever asks for
a private repository without any with 401 UNAUTHORIZED; a user without rights gets a token that opens nothing.

`like_ghcr=True` puts a front before both, on one port, as ghcr.io has it: a token without the rights gets 403 DENIED
there (permission_denied: read_package, write_package), where the bare registry answers 401; and any user name will do.

For a test's mishaps: registry.busy(times, retry_after) answers the next token requests with 429; remove_user(),
new_password() end a password; registry.realm_override, set before start(), makes the challenge point elsewhere.
registry.requests lists what the token server was asked: TokenRequest(user, scopes, status).

Needs: docker-registry, openssl, htpasswd, skopeo, python3-jwt, python3-cryptography. Passwords are made at run time.
"""

import base64
import datetime
import fnmatch
import http.client
import http.server
import json
import os
import pathlib
import secrets
import ssl
import subprocess
import tempfile
import threading
import urllib.parse
from typing import NamedTuple

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

HERE = pathlib.Path(__file__).resolve().parent
ISSUER = SERVICE = 'regvault-test'  # as in registry.sh


class TokenRequest(NamedTuple):
    user: str  # '' without credentials
    scopes: tuple
    status: int


class Server(http.server.ThreadingHTTPServer):
    """On a free port of this machine, in threads. TLS once secure() was called."""
    daemon_threads = True

    def __init__(self, handler, owner):
        self.owner = owner
        super().__init__(('127.0.0.1', 0), handler)
        self.port = self.server_address[1]

    def secure(self, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # The handshake in the connection's own thread, not in the one that accepts.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def start(self):
        threading.Thread(target=self.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass  # a client that goes away, or does not trust us, is what some tests are about


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode() if not isinstance(body, bytes) else body
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(data)

    def refuse(self, status, code, message, headers=()):
        self.answer(status, {'errors': [{'code': code, 'message': message}]}, headers)

    def basic_credentials(self):
        """(user, password), or None."""
        kind, _, value = self.headers.get('Authorization', '').partition(' ')
        if kind.lower() != 'basic':
            return None
        user, _, password = base64.b64decode(value).decode().partition(':')
        return user, password


class TokenHandler(Handler):
    def do_GET(self):
        registry = self.server.owner
        url = urllib.parse.urlsplit(self.path)
        if url.path != '/token':
            return self.refuse(404, 'NOT_FOUND', 'not found')
        scopes = tuple(urllib.parse.parse_qs(url.query).get('scope', []))
        credentials = self.basic_credentials()
        status, body, headers = registry.decide(credentials, scopes)
        registry.requests.append(TokenRequest(credentials[0] if credentials else '', scopes, status))
        self.answer(status, body, headers)

    def do_POST(self):
        """OAuth 2, which neither GHCR nor we offer: clients go on with GET."""
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.refuse(405, 'UNSUPPORTED', 'method not allowed')


class FrontHandler(TokenHandler):
    """One origin for both, as ghcr.io: /token is the token server's, everything else goes to the registry."""

    def do_GET(self):
        if urllib.parse.urlsplit(self.path).path == '/token':
            return super().do_GET()
        self.forward()

    def forward(self):
        registry = self.server.owner
        body = self.rfile.read(int(self.headers.get('Content-Length', 0))) if 'chunked' not in self.headers.get(
            'Transfer-Encoding', '') else self.read_chunks()
        context = ssl.create_default_context(cafile=registry.ca_file)
        upstream = http.client.HTTPSConnection('127.0.0.1', registry.upstream_port, context=context, timeout=30)
        headers = {name: ', '.join(self.headers.get_all(name)) for name in self.headers  # skopeo sends Accept four times
                   if name.lower() not in ('connection', 'content-length', 'transfer-encoding')}
        upstream.request(self.command, self.path, body if body or self.command in ('PUT', 'POST', 'PATCH') else None, headers)
        response = upstream.getresponse()
        data = response.read()
        upstream.close()
        if response.status == 401 and self.headers.get('Authorization', '').startswith('Bearer '):
            what = 'read_package' if self.command in ('GET', 'HEAD') else 'write_package'
            return self.refuse(403, 'DENIED', f'permission_denied: {what}')
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ('connection', 'content-length', 'transfer-encoding', 'date'):
                self.send_header(name, value)
        self.send_header('Content-Length', response.getheader('Content-Length', str(len(data))))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(data)

    def read_chunks(self):
        out = b''
        while size := int(self.rfile.readline().split(b';')[0], 16):
            out += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return out

    do_HEAD = do_PUT = do_PATCH = do_DELETE = forward

    def do_POST(self):
        if urllib.parse.urlsplit(self.path).path == '/token':
            return super().do_POST()
        self.forward()


class TokenRegistry:
    def __init__(self, directory, public=(), like_ghcr=False, names=()):
        self.directory = pathlib.Path(directory)
        self.public = list(public)
        self.requests = []
        self.realm_override = None
        self.proxy = None  # for skopeo, when the realm is reached through one
        self._users = {}  # name → (password, {repository pattern: {'pull', …}})
        self._like_ghcr = like_ghcr
        self._names = names
        self._busy = (0, 0)
        self._server = Server(FrontHandler if like_ghcr else TokenHandler, self)
        self.token_port = self._server.port

    # ------------------------------------------------------------------------------------------------- life
    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        self._make_signer()
        realm = self.realm_override or f'https://127.0.0.1:{self._server.port}/token'
        options = [option for name in self._names for option in ('--name', name)]
        out = subprocess.run([HERE / 'registry.sh', 'start', self.directory, '--token-realm', realm,
                              '--token-certificate', self.directory / 'token.crt', *options],
                             check=True, text=True, stdout=subprocess.PIPE).stdout
        values = dict(line.split('=', 1) for line in out.splitlines())
        self.ca_file = values['registry_ca']
        self.cert_dir = str(pathlib.Path(self.ca_file).parent)
        self.log = pathlib.Path(values['registry_log'])
        self.certificate, self.key = str(self.directory / 'server.crt'), str(self.directory / 'server.key')
        self.upstream_port = int(values['registry_port'])
        self.port = self._server.port if self._like_ghcr else self.upstream_port
        self.name = f'127.0.0.1:{self.port}'
        self.token_url = f'https://127.0.0.1:{self._server.port}/token'
        self._server.secure(self.certificate, self.key)
        self._server.start()

    def stop(self):
        self._server.stop()
        subprocess.run([HERE / 'registry.sh', 'stop', self.directory], check=True)

    # ------------------------------------------------------------------------------------------------ users
    def add_user(self, name, rights, password=None):
        """`rights`: {repository, or a pattern of them: 'pull,push,delete'}. Returns the password."""
        password = password or 'tok-' + secrets.token_hex(16)
        self._users[name] = (password, {where: set(what.split(',')) for where, what in rights.items()})
        return password

    def new_password(self, name, password=None):
        """The next one; the old one stops working."""
        self._users[name] = (password or 'tok-' + secrets.token_hex(16), self._users[name][1])
        return self._users[name][0]

    def remove_user(self, name):
        del self._users[name]

    def busy(self, times, retry_after=1):
        """The next so many token requests are answered with 429."""
        self._busy = (times, retry_after)

    def push(self, image, user):
        """The tiny image of tiny_image.sh as REPOSITORY:TAG, by skopeo."""
        with tempfile.TemporaryDirectory() as scratch:
            subprocess.run([HERE / 'tiny_image.sh', f'{scratch}/image'], check=True)
            auth = base64.b64encode(f'{user}:{self._users[user][0]}'.encode()).decode()
            auth_file = pathlib.Path(scratch, 'auth.json')
            auth_file.write_text(json.dumps({'auths': {self.name: {'auth': auth}}}))
            subprocess.run(['skopeo', 'copy', '--quiet', '--dest-cert-dir', self.cert_dir, '--dest-authfile', auth_file,
                            f'oci:{scratch}/image:latest', f'docker://{self.name}/{image}'], check=True,
                           stdin=subprocess.DEVNULL, timeout=60,
                           env={**os.environ, 'SSL_CERT_FILE': self.ca_file, 'HTTPS_PROXY': self.proxy or ''})

    # ----------------------------------------------------------------------------------------------- tokens
    def decide(self, credentials, scopes):
        """(status, body, headers) of a token request."""
        times, retry_after = self._busy
        if times > 0:
            self._busy = (times - 1, retry_after)
            return 429, {'errors': [{'code': 'TOOMANYREQUESTS', 'message': 'toomanyrequests'}]}, [
                ('Retry-After', str(retry_after))]
        wanted = [self._parse_scope(scope) for text in scopes for scope in text.split(' ') if scope]
        if credentials is None:
            if any(kind == 'repository' and not self._is_public(name) for kind, name, _ in wanted):
                return 401, {'errors': [{'code': 'UNAUTHORIZED', 'message': 'authentication required'}]}, []
            return 200, {'token': self._token('', wanted)}, []
        user = self._user_of(*credentials)
        if user is None:
            return 403, {'errors': [{'code': 'DENIED', 'message': 'denied'}]}, []
        return 200, {'token': self._token(user, wanted)}, []

    def _user_of(self, name, password):
        """GHCR does not look at the name: the password says who it is."""
        for user, (known, _) in self._users.items():
            if (user == name or (self._like_ghcr and name)) and secrets.compare_digest(known, password):
                return user
        return None

    @staticmethod
    def _parse_scope(text):
        kind, name, actions = text.split(':', 1)[0], text.split(':', 1)[1].rsplit(':', 1)[0], text.rsplit(':', 1)[1]
        return kind, name, actions.split(',')

    def _is_public(self, name):
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in self.public)

    def _rights(self, user, name):
        rights = {'pull'} if self._is_public(name) else set()
        for pattern, actions in self._users.get(user, ('', {}))[1].items():
            if fnmatch.fnmatchcase(name, pattern):
                rights |= actions
        return rights

    def _token(self, user, wanted):
        access = [{'type': kind, 'name': name, 'actions': sorted(set(actions) & self._rights(user, name))}
                  for kind, name, actions in wanted if kind == 'repository']
        now = datetime.datetime.now(datetime.timezone.utc)
        claims = {'iss': ISSUER, 'sub': user, 'aud': SERVICE, 'iat': now, 'nbf': now - datetime.timedelta(seconds=10),
                  'exp': now + datetime.timedelta(minutes=5), 'jti': secrets.token_hex(8), 'access': access}
        return jwt.encode(claims, self._signer, algorithm='RS256', headers={'x5c': [self._signer_certificate]})

    def _make_signer(self):
        self._signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 'regvault test token server')])
        now = datetime.datetime.utcnow()
        certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
                       .public_key(self._signer.public_key()).serial_number(x509.random_serial_number())
                       .not_valid_before(now - datetime.timedelta(hours=1))
                       .not_valid_after(now + datetime.timedelta(days=2))
                       .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                       .sign(self._signer, hashes.SHA256()))
        (self.directory / 'token.crt').write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._signer_certificate = base64.b64encode(
            certificate.public_bytes(serialization.Encoding.DER)).decode()

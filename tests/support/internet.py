"""ghcr.io and api.github.com under their own names, as far as a program honours HTTPS_PROXY and SSL_CERT_FILE.

    with Internet(directory, public=['octo/open']) as internet:
        token = internet.add_user('octocat', {'octo/app': 'pull,push'}, scopes='write:packages')
        internet.registry.push('octo/app:1', 'octocat')
        subprocess.run([…, 'ghcr.io/octo/app:1'], env={…, **internet.environment})
        internet.connected             # the names the proxy was asked for: ['ghcr.io:443', …]

The proxy (CONNECT) leads to a TokenRegistry that is like GHCR, and to a GitHubApi, both labelled stand-ins of this
folder. Any other name it does not connect to (502).
"""

import select
import socket

from github_api import GitHubApi
from token_registry import Handler, Server, TokenRegistry


class ProxyHandler(Handler):
    def do_CONNECT(self):
        internet = self.server.owner
        internet.connected.append(self.path)
        port = internet.ports.get(self.path)
        if port is None:
            return self.refuse(502, 'UNKNOWN', 'no such host')
        with socket.create_connection(('127.0.0.1', port), timeout=30) as upstream:
            self.wfile.write(b'HTTP/1.1 200 Connection established\r\n\r\n')
            self.relay(upstream)
        self.close_connection = True

    def relay(self, upstream):
        sides = {self.connection: upstream, upstream: self.connection}
        while True:
            ready, _, _ = select.select(list(sides), [], [], 30)
            if not ready:
                return
            for side in ready:
                data = side.recv(65536)
                if not data:
                    return
                sides[side].sendall(data)


class Internet:
    def __init__(self, directory, public=()):
        self.registry = TokenRegistry(directory, public=public, like_ghcr=True, names=['ghcr.io', 'api.github.com'])
        self.registry.realm_override = 'https://ghcr.io/token'
        self.connected = []
        self._proxy = Server(ProxyHandler, self)

    def __enter__(self):
        self._proxy.start()
        proxy = f'http://127.0.0.1:{self._proxy.port}'
        self.registry.proxy = proxy
        self.registry.start()
        self.api = GitHubApi(tls=self.registry)
        self.api.__enter__()
        self.ports = {'ghcr.io:443': self.registry.port, 'api.github.com:443': self.api.port}
        self.environment = {'HTTPS_PROXY': proxy, 'SSL_CERT_FILE': self.registry.ca_file}
        return self

    def __exit__(self, *_):
        self.api.__exit__()
        self.registry.stop()
        self._proxy.stop()

    def add_user(self, login, rights, token=None, **account):
        """One token for both; `account` as GitHubApi.add_token takes it. Revoking it ends it at the registry, too."""
        token = self.api.add_token(login, token=token, **account)
        self.registry.add_user(login, rights, password=token)
        return token

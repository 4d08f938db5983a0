"""The filter regvault.registry.dockerconfigjson: the same bytes as kubectl's, and errors that show no secret."""

import base64
import json
import os
import subprocess
import unittest

from support import PlaybookTest, new_token

HUB = 'https://index.docker.io/v1/'


def kubectl(registry, username, password, email=None):
    """The .dockerconfigjson that `kubectl create secret docker-registry` makes, in base64."""
    command = ['kubectl', 'create', 'secret', 'docker-registry', 'name', '--dry-run=client', '-o', 'json',
               f'--docker-username={username}', f'--docker-password={password}']
    command += [f'--docker-server={registry}'] if registry else []
    command += [f'--docker-email={email}'] if email else []
    environment = {**os.environ, 'KUBECONFIG': '/dev/null'}
    made = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return json.loads(made.stdout)['data']['.dockerconfigjson']


class FilterTest(PlaybookTest):
    def filtered(self, credentials, options='b64=true', **keywords):
        """What the filter makes of `credentials`, a variable."""
        task = {'name': 'show', 'ansible.builtin.debug': {
            'msg': '{{ credentials | regvault.registry.dockerconfigjson' + (f'({options})' if options else '') +
                   ' | string }}'}}
        keywords.setdefault('vars', {'credentials': credentials})
        run = self.play([task], 'nowhere', **keywords)
        self.assertEqual('ok', run.status('show', 'nowhere'), run.output)
        return run.result('show', 'nowhere')['msg']

    def many(self, cases):
        """The same for many at once: name → credentials."""
        tasks = [{'name': name, 'ansible.builtin.debug': {
            'msg': '{{ credentials[item] | regvault.registry.dockerconfigjson(b64=true) }}'},
            'vars': {'item': name}, 'ignore_errors': True} for name in cases]
        return self.play(tasks, 'nowhere', vars={'credentials': cases})

    def test_the_same_bytes_as_kubectl(self):
        token = new_token()
        cases = {
            'plain': ('ghcr.io', 'octocat', token, None),
            'with an email': ('ghcr.io', 'octocat', token, 'a@b.c'),
            'a port': ('registry.example.org:5000', 'octocat', token, None),
            'a url stays one': ('https://registry.example.org/v2/', 'octocat', token, None),
            'a namespace': ('ghcr.io/acme', 'octocat', token, None),
            'long: no line is wrapped': ('ghcr.io', 'an-organisation-with-a-long-name', token * 4, None),
            'escaped for html': ('ghcr.io', 'o<c>t&o', f'<{token}>&"\'/\\', 'a&b@c.d'),
            'line separators': ('ghcr.io', 'octocat', f'a\u2028{token}\u2029b', None),
            'other scripts': ('ghcr.io', 'öcto猫', f'pä\U0001f511{token}', None),
        }
        run = self.many({name: {registry: {'username': user, 'password': password, 'email': email}}
                         for name, (registry, user, password, email) in cases.items()})
        for name, case in cases.items():
            with self.subTest(name):
                self.assertEqual(kubectl(*case), run.result(name, 'nowhere')['msg'])

    def test_docker_hub_is_kubectls_default_server(self):
        token = new_token()
        run = self.many({name: [{'registry': name, 'username': 'octocat', 'password': token}]
                         for name in ('docker.io', 'index.docker.io', 'registry-1.docker.io', HUB)})
        for name in ('docker.io', 'index.docker.io', 'registry-1.docker.io', HUB):
            with self.subTest(name):
                self.assertEqual(kubectl(None, 'octocat', token), run.result(name, 'nowhere')['msg'])

    def test_several_registries_in_order(self):
        registries = [{'registry': name, 'username': f'user of {name}', 'password': new_token()}
                      for name in ('quay.io', 'docker.io', 'ghcr.io')]
        mapping = {entry['registry']: {key: entry[key] for key in ('username', 'password')} for entry in registries}
        text = self.filtered(registries, options='')
        self.assertEqual(self.filtered(mapping, options=''), text)
        self.assertEqual(['ghcr.io', HUB, 'quay.io'], list(json.loads(text)['auths']))  # as Go sorts a map's keys
        self.assertEqual(base64.b64encode(text.encode()).decode(), self.filtered(registries))
        single = kubectl('quay.io', 'user of quay.io', registries[0]['password'])
        self.assertIn(base64.b64decode(single).decode()[len('{"auths":{'):-1], text)

    def test_values_from_an_inline_vault(self):
        token, key = new_token(), self.scratch / 'key'
        key.write_text(new_token())
        block = subprocess.run(['ansible-vault', 'encrypt', '--vault-password-file', key], input=token,
                               capture_output=True, text=True, check=True).stdout
        variables = self.scratch / 'vars.yml'
        variables.write_text('credentials:\n  ghcr.io:\n    username: octocat\n    password: !vault |\n' +
                             ''.join(f'      {line}\n' for line in block.splitlines()))
        keywords = {'vars': {}, 'vars_files': [str(variables)], 'arguments': ('--vault-password-file', str(key))}
        self.assertEqual(kubectl('ghcr.io', 'octocat', token), self.filtered(None, **keywords))

    def test_mistakes_are_told_without_the_secret(self):
        token = new_token()
        right = {'username': 'octocat', 'password': token}
        forms = 'it takes {registry: {username, password}} or a list of {registry, username, password}, not '
        cases = {
            'not a mapping': ({'ghcr.io': token},
                              '"ghcr.io" must be a mapping with username and password, not a string'),
            'nothing at all': (None, forms + 'nothing'),
            'a text': (token, forms + 'a string'),
            'empty': ({}, 'there are no credentials in it'),
            'an entry that is a text': ([token],
                                        'entry 1 must be a mapping with registry, username and password, not a string'),
            'no registry': ([right], 'entry 1 names no registry'),
            'an empty registry': ([{'registry': '', **right}], 'entry 1 (""): registry is empty, or not UTF-8'),
            'registry twice': ({'ghcr.io': {'registry': 'x', **right}}, '"ghcr.io" holds "registry" once more'),
            'no username': ({'ghcr.io': {'password': token}}, '"ghcr.io" has no username'),
            'no password': ([{'registry': 'ghcr.io', 'username': 'octocat'}], 'entry 1 ("ghcr.io") has no password'),
            'password null': ({'ghcr.io': {**right, 'password': None}},
                              '"ghcr.io": password must be a string, not nothing'),
            'password a list': ({'ghcr.io': {**right, 'password': [token]}},
                                '"ghcr.io": password must be a string, not a list'),
            'password a fraction': ({'ghcr.io': {**right, 'password': 1.5}},
                                    '"ghcr.io": password came as a number, which is not what was typed'),
            'password empty': ({'ghcr.io': {**right, 'password': ''}}, '"ghcr.io": password is empty, or not UTF-8'),
            'a line end': ({'ghcr.io': {**right, 'password': token + '\n'}},
                           '"ghcr.io": password begins or ends with white space, such as a line end: trim it'),
            'a colon': ({'ghcr.io': {**right, 'username': 'octo:cat'}},
                        '"ghcr.io": username holds a colon, which separates it from the password'),
            'a typo': ({'ghcr.io': {'pasword': token, 'username': 'octocat'}},
                       '"ghcr.io" holds an unknown key "pasword": there are username, password, email'),
            'twice': ([{'registry': 'docker.io', **right}, {'registry': HUB, **right}], f'"{HUB}" is there twice'),
            'in the url': ([{'registry': f'https://octocat:{token}@ghcr.io', **right}],
                           'the name of a registry holds a user or a password'),
            'in the key': ({f'octocat:{token}@ghcr.io': token}, 'the name of a registry holds a user or a password'),
        }
        run = self.many({name: credentials for name, (credentials, _) in cases.items()})
        for name, (_, message) in cases.items():
            with self.subTest(name):
                self.assertEqual('failed', run.status(name, 'nowhere'))
                said = str(run.result(name, 'nowhere')['msg'])
                self.assertIn(f'regvault.registry.dockerconfigjson: {message}', said)
                self.assertNotIn(token, said)
        self.assertNotIn(token, run.output)

    def test_what_is_undefined_is_named(self):
        for credentials in ('{{ nothing }}', {'ghcr.io': '{{ nothing }}'},
                            {'ghcr.io': {'username': 'octocat', 'password': '{{ nothing }}'}}):
            run = self.many({'undefined': credentials})
            self.assertIn("'nothing' is undefined", run.result('undefined', 'nowhere')['msg'])

    def test_a_number_is_taken_as_it_reads(self):
        self.assertEqual(kubectl('ghcr.io', '1001', '123456'),
                         self.filtered({'ghcr.io': {'username': 1001, 'password': 123456}}))


if __name__ == '__main__':
    unittest.main()

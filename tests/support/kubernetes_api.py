"""A stand-in for a Kubernetes API server: as much of it as kubectl needs for secrets, service accounts and pods.

It is NOT Kubernetes. It speaks plain HTTP on loopback, asks for no login, forgets everything at its end, and follows
the documented bodies: discovery, namespaces, optimistic concurrency (resourceVersion, 409), merge and JSON patches of
what we send, Status objects for errors, server-side dry run. A pod's image is pulled as `images` says.

    with KubernetesApi(namespaces=['default', 'argowf']) as api:
        subprocess.run(['kubectl', '--kubeconfig', api.kubeconfig(folder), 'get', 'secrets'])
"""

import base64
import contextlib
import http.server
import json
import pathlib
import threading
import urllib.parse

RESOURCES = {'namespaces': ('Namespace', False), 'secrets': ('Secret', True), 'serviceaccounts': ('ServiceAccount', True),
             'pods': ('Pod', True), 'events': ('Event', True)}
SHORT_NAMES = {'serviceaccounts': ['sa'], 'pods': ['po'], 'namespaces': ['ns']}


class Failure(Exception):
    def __init__(self, code, reason, message, **details):
        super().__init__(message)
        self.body = {'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Failure', 'message': message,
                     'reason': reason, 'details': details, 'code': code}


def not_found(kind, name):
    return Failure(404, 'NotFound', f'{kind} "{name}" not found', name=name, kind=kind)


class KubernetesApi:
    def __init__(self, namespaces=('default',)):
        self.objects = {}  # (resource, namespace, name) -> object
        self.version = 0
        self.lock = threading.RLock()
        self.requests = []      # (method, path)
        self.before_write = []  # functions that are called once each, before a change: what somebody else does
        self.forbidden = set()  # (method, resource)
        self.refused = {}       # resource -> the message with which the validation of a change refuses it
        self.images = {}        # image -> None: can be pulled; a text: the kubelet's message; 'slow': no answer
        for name in namespaces:
            self.store('namespaces', '', {'metadata': {'name': name}})
            self.store('serviceaccounts', name, {'metadata': {'name': 'default', 'namespace': name}})

    # ------------------------------------------------------------------------------------------------------ objects

    def store(self, resource, namespace, obj):
        with self.lock:
            self.version += 1
            name = obj['metadata']['name']
            obj.update(apiVersion='v1', kind=RESOURCES[resource][0])
            obj['metadata'].update(resourceVersion=str(self.version), uid=f'uid-{resource}-{namespace}-{name}')
            if namespace:
                obj['metadata']['namespace'] = namespace
            self.objects[resource, namespace, name] = obj
            return obj

    def find(self, resource, namespace, name):
        try:
            return self.objects[resource, namespace, name]
        except KeyError:
            raise not_found(resource, name) from None

    def secret_config(self, namespace, name):
        return json.loads(base64.b64decode(self.find('secrets', namespace, name)['data']['.dockerconfigjson']))

    def pull_secrets(self, namespace, account='default'):
        return [entry['name'] for entry in self.find('serviceaccounts', namespace, account).get('imagePullSecrets', [])]

    # ------------------------------------------------------------------------------------------------------ requests

    def check_secret(self, obj, old=None):
        data = obj.setdefault('data', {})
        for key, value in obj.pop('stringData', {}).items():
            data[key] = base64.b64encode(value.encode()).decode()
        if old and obj.get('type') != old.get('type'):
            raise Failure(422, 'Invalid', f'Secret "{obj["metadata"]["name"]}" is invalid: type: Invalid value: '
                          f'"{obj.get("type")}": field is immutable', kind='Secret')
        if obj.get('type') == 'kubernetes.io/dockerconfigjson' and '.dockerconfigjson' not in data:
            raise Failure(422, 'Invalid', f'Secret "{obj["metadata"]["name"]}" is invalid: data[.dockerconfigjson]: '
                          'Required value', kind='Secret')

    def create(self, resource, namespace, obj, dry_run):
        if namespace and ('namespaces', '', namespace) not in self.objects:
            raise not_found('namespaces', namespace)
        name = obj['metadata']['name']
        if (resource, namespace, name) in self.objects:
            raise Failure(409, 'AlreadyExists', f'{resource} "{name}" already exists', name=name, kind=resource)
        if resource == 'secrets':
            self.check_secret(obj)
        if dry_run:
            return obj
        self.store(resource, namespace, obj)
        if resource == 'pods':
            self.run_pod(namespace, obj)
        return obj

    def replace(self, resource, namespace, name, obj, dry_run):
        old = self.find(resource, namespace, name)
        version = obj['metadata'].get('resourceVersion')
        if version and version != old['metadata']['resourceVersion']:
            raise Failure(409, 'Conflict', f'Operation cannot be fulfilled on {resource} "{name}": the object has been '
                          'modified; please apply your changes to the latest version and try again', name=name,
                          kind=resource)
        if resource == 'secrets':
            self.check_secret(obj, old)
        return obj if dry_run else self.store(resource, namespace, obj)

    def patch(self, resource, namespace, name, patch, dry_run):
        def merged(old, new):
            if not isinstance(new, dict):
                return new
            out = dict(old) if isinstance(old, dict) else {}
            for key, value in new.items():
                if value is None:
                    out.pop(key, None)
                else:
                    out[key] = merged(out.get(key), value)
            return out
        old = self.find(resource, namespace, name)
        new = json.loads(json.dumps(merged(old, patch)))
        return self.replace(resource, namespace, name, new, dry_run)

    def run_pod(self, namespace, pod):
        """What scheduler and kubelet would do, at once."""
        name, container = pod['metadata']['name'], pod['spec']['containers'][0]
        result = self.images.get(container['image'], 'not in the registry')

        def event(reason, message, kind='Normal'):
            self.store('events', namespace, {
                'metadata': {'name': f'{name}.{self.version}'}, 'reason': reason, 'message': message, 'type': kind,
                'involvedObject': {'kind': 'Pod', 'name': name, 'namespace': namespace}})
        pod['spec'].setdefault('nodeName', 'node-1')
        for secret in pod['spec'].get('imagePullSecrets', []):
            if ('secrets', namespace, secret['name']) not in self.objects:
                event('FailedToRetrieveImagePullSecret', 'Unable to retrieve some image pull secrets '
                      f'({secret["name"]}); attempting to pull the image may not succeed.', 'Warning')
        state = {'waiting': {'reason': 'ContainerCreating'}}
        status = {'name': container['name'], 'image': container['image'], 'imageID': ''}
        event('Pulling', f'Pulling image "{container["image"]}"')
        if result is None:
            event('Pulled', f'Successfully pulled image "{container["image"]}" in 1.1s')
            state = {'terminated': {'exitCode': 0, 'reason': 'Completed'}}
            status['imageID'] = container['image'].split(':')[0] + '@sha256:' + '0' * 64
        elif result != 'slow':
            event('Failed', f'Failed to pull image "{container["image"]}": {result}', 'Warning')
            state = {'waiting': {'reason': 'ImagePullBackOff', 'message': f'Back-off pulling image "{container["image"]}"'}}
        pod['status'] = {'phase': 'Pending', 'containerStatuses': [{**status, 'state': state}]}

    # ---------------------------------------------------------------------------------------------------------- http

    def answer(self, method, path, query, body):
        parts = [part for part in path.split('/') if part]
        if parts == ['api']:
            return {'kind': 'APIVersions', 'versions': ['v1']}
        if parts == ['apis']:
            return {'kind': 'APIGroupList', 'apiVersion': 'v1', 'groups': []}
        if parts == ['version']:
            return {'major': '1', 'minor': '32', 'gitVersion': 'v1.32.0-stand-in'}
        if parts == ['api', 'v1']:
            verbs = ['create', 'delete', 'get', 'list', 'patch', 'update']
            return {'kind': 'APIResourceList', 'apiVersion': 'v1', 'groupVersion': 'v1', 'resources': [
                {'name': name, 'singularName': kind.lower(), 'namespaced': namespaced, 'kind': kind, 'verbs': verbs,
                 'shortNames': SHORT_NAMES.get(name, [])} for name, (kind, namespaced) in RESOURCES.items()]}
        if parts[:2] != ['api', 'v1']:
            raise Failure(404, 'NotFound', 'the server could not find the requested resource')
        parts = parts[2:]
        namespace = ''
        if parts[0] == 'namespaces' and len(parts) > 2:
            namespace, parts = parts[1], parts[2:]
        resource, name = parts[0], parts[1] if len(parts) > 1 else None
        return self.change(method, resource, namespace, name, query, body)

    def change(self, method, resource, namespace, name, query, body):
        dry_run = query.get('dryRun') == 'All'
        if (method, resource) in self.forbidden:
            raise Failure(403, 'Forbidden', f'{resource} is forbidden: User "bot" cannot {method.lower()} resource '
                          f'"{resource}" in API group "" in the namespace "{namespace}"', kind=resource)
        if method != 'GET' and resource in self.refused:
            raise Failure(400, 'BadRequest', self.refused[resource], kind=resource)
        if method != 'GET' and self.before_write:
            self.before_write.pop(0)()
        with self.lock:
            if method == 'GET' and name:
                return self.find(resource, namespace, name)
            if method == 'GET':
                return {'kind': RESOURCES[resource][0] + 'List', 'apiVersion': 'v1', 'metadata': {},
                        'items': [obj for (kind, where, _), obj in self.objects.items()
                                  if kind == resource and where == namespace and self.selected(obj, query)]}
            if method == 'POST':
                return self.create(resource, namespace, body, dry_run)
            if method == 'PUT':
                return self.replace(resource, namespace, name, body, dry_run)
            if method == 'PATCH':
                return self.patch(resource, namespace, name, body, dry_run)
            obj = self.find(resource, namespace, name)
            del self.objects[resource, namespace, name]
            return obj

    @staticmethod
    def selected(obj, query):
        for condition in filter(None, query.get('fieldSelector', '').split(',')):
            path, wanted = condition.split('=', 1)
            value = obj
            for key in path.split('.'):
                value = value.get(key, {})
            if value != wanted:
                return False
        return True

    def __enter__(self):
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def handle_any(self):
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                size = int(self.headers.get('Content-Length') or 0)
                body = json.loads(self.rfile.read(size) or b'null')
                api.requests.append((self.command, url.path))
                try:
                    code, answer = (201 if self.command == 'POST' else 200,
                                    api.answer(self.command, url.path, query, body))
                except Failure as failure:
                    code, answer = failure.body['code'], failure.body
                text = json.dumps(answer).encode()
                self.send_response(code)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):
                    self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that was killed
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()

    def kubeconfig(self, folder, namespace='default'):
        """A configuration with two contexts: "here", and "elsewhere", which leads nowhere."""
        path = pathlib.Path(folder) / 'kubeconfig'
        port = self.server.server_address[1]
        clusters = {'here': f'http://127.0.0.1:{port}', 'elsewhere': 'http://127.0.0.1:1'}
        path.write_text(json.dumps({
            'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'here', 'users': [{'name': 'bot', 'user': {}}],
            'clusters': [{'name': name, 'cluster': {'server': url}} for name, url in clusters.items()],
            'contexts': [{'name': name, 'context': {'cluster': name, 'user': 'bot', 'namespace': namespace}}
                         for name in clusters]}))
        return str(path)

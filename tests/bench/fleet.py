"""fleet.sh's measurements: what one task costs, and what a whole ansible-playbook costs for so many hosts.

Both modules log root in to one registry, with podman and one auth file, as `become: true` does it over ssh: deploy, then
sudo. Tasks take turns within one play, plays take turns within one run, so that a slow minute of the machine meets all
of them.
"""

import statistics
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'ansible'))
from fleet_rig import AUTH_FILE, Rig  # noqa: E402
from measure import figure, quick, table  # noqa: E402
from support import collections  # noqa: E402

REGVAULT, PODMAN, NOTHING = 'regvault.registry.login', 'containers.podman.podman_login', 'ansible.builtin.raw'


class Case(NamedTuple):
    """One kind of task. `before`: what is taken from the host first."""
    title: str
    module: str
    pipelining: bool = True
    before: str = ''
    more: dict = {}

    @property
    def name(self):
        return f'{self.title}, {"pipelining" if self.pipelining else "no pipelining"}'

    def task(self, rig):
        arguments = '/bin/true' if self.module == NOTHING else {**rig.credentials, 'authfile': AUTH_FILE, **self.more}
        return {'name': self.name, self.module: arguments, 'vars': {'ansible_pipelining': self.pipelining}}


LOGOUT, FORGET = f'rm -f {AUTH_FILE}', 'rm -rf /root/.ansible/regvault'
CASES = [
    Case('`raw: /bin/true`', NOTHING),
    *(Case(f'{title}', REGVAULT, pipelining, before, more)
      for title, before, more in (('login, entry right', '', {}), ('login, no entry yet', LOGOUT, {}),
                                  ('login, `validate: always`', '', {'validate': 'always'}),
                                  ('login, no binary and no entry yet', f'{LOGOUT}; {FORGET}', {}))
      for pipelining in (True, False)),
    *(Case(f'{title}', PODMAN, pipelining, before)
      for title, before in (('podman_login, entry right', ''), ('podman_login, no entry yet', LOGOUT))
      for pipelining in (True, False)),
]
BY_NAME = {case.name: case for case in CASES}
FLEET = [case for case in CASES if 'validate' not in case.title and (case.pipelining or 'no binary' not in case.title)
         and case.title != 'login, no entry yet']


def median(costs, what):
    return statistics.median(cost[what] for cost in costs)


def one_task(rig, rounds):
    """Case name → cost of every round. All within one play on one host, connected already."""
    rounds = 2 if quick() else rounds
    tasks = []
    for _ in range(1 + rounds):  # the first of all brings hosts, caches and entries into the state the names promise
        for case in CASES:
            tasks.append({'name': 'prepare', NOTHING: case.before or '/bin/true'})
            tasks.append(case.task(rig))
    marks = rig.play(tasks, 1).marks
    return {case.name: costs_of(case.name, marks)[1:] for case in CASES}


def costs_of(name, marks):
    return [{key: following[key] - mark[key] for key in ('wall', 'cpu', 'main_cpu', 'sent', 'received')}
            for mark, following in zip(marks, marks[1:]) if mark['task'] == name]


def print_tasks(rig):
    costs = one_task(rig, 20)
    trips = rig.round_trips([case.task(rig) for case in CASES], [case.before for case in CASES])
    rows = []
    for case, (commands, files) in zip(CASES, trips):
        mine = costs[case.name]
        wall = median(mine, 'wall')
        peer = median(costs[Case('podman_login, entry right', PODMAN, case.pipelining).name], 'wall')
        quarters = statistics.quantiles([cost['wall'] * 1000 for cost in mine], n=4)
        rows.append([case.title, 'on' if case.pipelining else 'off', f'{commands} + {files}', figure(wall * 1000),
                     f'{figure(quarters[0])}–{figure(quarters[2])}', f'{wall / peer:.2f}',
                     figure(median(mine, 'cpu') * 1000),
                     *(f'{median(mine, key):,.0f}' for key in ('sent', 'received'))])
    table(['task', 'pipelining', 'ssh commands + files', 'ms', 'quartiles', '× podman_login, entry right',
           'controller CPU, ms', 'bytes to the host', 'back'], rows)
    return {name: median(cost, 'wall') for name, cost in costs.items()}


def print_far_tasks(rig):
    costs = one_task(rig, 7)
    rows = []
    for case in CASES:
        wall = median(costs[case.name], 'wall')
        peer = median(costs[Case('podman_login, entry right', PODMAN, case.pipelining).name], 'wall')
        rows.append([case.title, 'on' if case.pipelining else 'off', figure(wall * 1000), f'{wall / peer:.2f}'])
    table(['task', 'pipelining', 'ms', '× podman_login, entry right'], rows)


def print_goals(wall):
    def ratio(mine, peer, pipelining=True, peer_pipelining=True):
        return (wall[Case(mine, REGVAULT, pipelining).name] / wall[Case(peer, PODMAN, peer_pipelining).name])

    right, mine, first = 'podman_login, entry right', 'login, entry right', 'login, no binary and no entry yet'
    goals = [('warm, both with pipelining', ratio(mine, right), 0.45),
             ('warm, both without', ratio(mine, right, False, False), 0.2),
             ('cold, podman_login without pipelining',
              ratio(first, 'podman_login, no entry yet', True, False), 1.0)]
    table(['goal', '× podman_login', 'at most', ''],
          [[name, f'{value:.2f}', f'{most:.2f}', 'reached' if value <= most else '**not reached**']
           for name, value, most in goals])


def print_fleet(rig, count, forks):
    """Two tasks a play: one that connects, and the case. What the second cost is known apart from the whole."""
    runs = 1 if quick() else (3 if count > 10 else 5)
    connect = {'name': 'connect', NOTHING: '/bin/true'}
    costs = {case.name: [] for case in FLEET}
    rig.play([Case('login, entry right', REGVAULT).task(rig)], count)
    for _ in range(runs):
        for case in FLEET:
            rig.prepare(count, without_entry=LOGOUT in case.before, without_binary=FORGET in case.before)
            played = rig.play([connect, case.task(rig)], count, forks)
            [task] = costs_of(case.name, played.marks)
            costs[case.name].append({**task, 'whole': played.cost['wall'], 'whole_cpu': played.cost['cpu'],
                                     'busy': played.cost['busy']})
    rows = []
    for case in FLEET:
        mine = costs[case.name]
        peer = costs[Case('podman_login, entry right', PODMAN, case.pipelining).name]
        rows.append([case.title, 'on' if case.pipelining else 'off', f'{median(mine, "wall"):.2f}',
                     f'{median(mine, "wall") / median(peer, "wall"):.2f}',
                     *(figure(median(mine, key) / count * 1000) for key in ('cpu', 'main_cpu')),
                     *(f'{median(mine, key) / count / 1000:,.1f}' for key in ('sent', 'received')),
                     f'{median(mine, "whole"):.2f}', figure(median(mine, 'whole_cpu') / count * 1000),
                     f'{median(mine, "busy"):.1f}'])
    table(['task', 'pipelining', 'the task, s', '× podman_login, entry right', 'controller CPU a host, ms',
           'of it the main process', 'kB to a host', 'back', 'the whole, s', 'controller CPU a host, ms', 'cores busy'],
          rows)


def print_forks(rig, count):
    case = Case('login, entry right', REGVAULT)
    costs = {forks: [] for forks in sorted({min(count, forks) for forks in (1, 5, 10, 25, 50)})}
    for _ in range(1 if quick() else 3):
        for forks in costs:
            costs[forks].append(rig.play([case.task(rig)], count, forks).cost)
    rows = [[str(forks), f'{median(mine, "wall"):.2f}', f'{count / median(mine, "wall"):.1f}',
             figure(median(mine, 'cpu') / count * 1000), f'{median(mine, "memory"):,.0f}']
            for forks, mine in costs.items()]
    table(['forks', 's', 'hosts a second', 'controller CPU a host, ms', 'largest process, MB'], rows)


def print_ansible_alone(rig):
    rows = []
    for count in (10, 100) if quick() else (100, 1000, 10000):
        played = rig.play_without_hosts(count, 10)
        [task] = costs_of('debug', played.marks)
        rows.append([f'{count:,}', f'{played.cost["wall"] - task["wall"]:.1f}', f'{task["wall"]:.1f}',
                     figure(task['wall'] / count * 1000), figure(task['main_cpu'] / count * 1000),
                     figure(task['cpu'] / count * 1000), f'{played.cost["memory"]:,.0f}'])
    table(['hosts', 'before and after the task, s', 'the task, s', 'ms a host', 'CPU of the main process a host, ms',
           'controller CPU a host, ms', 'largest process, MB'], rows)


def main(counts):
    with Rig(collections()) as rig:
        print(f'{rig.machine()}\n\n### One task, one host\n')
        wall = print_tasks(rig)
        print('\n### Goals\n')
        print_goals(wall)
        print('\n### One task, one host 50 ms away\n')
        with rig.far_away(50):
            print_far_tasks(rig)
        if not counts:
            return
        for count in counts:
            forks = min(count, 10)
            print(f'\n### A whole ansible-playbook: {count} host{"s" if count > 1 else ""}, forks {forks}\n')
            print_fleet(rig, count, forks)
        if counts[-1] >= 5:
            print(f'\n### Forks: login, entry right, {counts[-1]} hosts\n')
            print_forks(rig, counts[-1])
        print('\n### Ansible alone: a `debug` task, forks 10\n')
        print_ansible_alone(rig)


if __name__ == '__main__':
    main(sorted(int(count) for count in sys.argv[1:]))

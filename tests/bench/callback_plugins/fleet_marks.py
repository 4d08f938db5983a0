"""For fleet.py: what the clock, the processor and the network say at the start of every task, and which task failed.

One JSON object a line in $REGVAULT_BENCH_MARKS. What a task cost is the difference to the next line.
"""

import json
import os
import resource
import time
from pathlib import Path

from ansible.plugins.callback import CallbackBase


def traffic():
    """Of the controller's end of the bridge that tests/support/hosts.sh makes."""
    for line in Path('/proc/net/dev').read_text().splitlines():
        name, _, numbers = line.partition(':')
        if name.strip() == 'hosts':
            return {'received': int(numbers.split()[0]), 'sent': int(numbers.split()[8])}
    raise RuntimeError('there is no bridge "hosts"')



class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'aggregate'
    CALLBACK_NAME = 'fleet_marks'

    def _mark(self, task, **more):
        own, others = (sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        line = {'task': task, 'wall': time.monotonic(), 'main_cpu': own, 'cpu': own + others, **traffic(), **more}
        with open(os.environ['REGVAULT_BENCH_MARKS'], 'a') as file:
            file.write(json.dumps(line) + '\n')

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._mark(task.get_name())

    def v2_playbook_on_stats(self, stats):
        self._mark('')

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._mark('', failed=f'{result._host}: {result._result.get("msg")}')

    def v2_runner_on_unreachable(self, result):
        self.v2_runner_on_failed(result)

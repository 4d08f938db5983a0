"""Writes every task's result to $REGVAULT_TEST_RESULTS, one JSON object a line, before anything is filtered for print."""

import json
import os

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'aggregate'
    CALLBACK_NAME = 'record'

    def _record(self, status, result):
        line = {'host': result._host.get_name(), 'task': result._task.get_name().split(' : ')[-1], 'status': status,
                'result': {key: value for key, value in result._result.items() if not key.startswith('_ansible_')}}
        with open(os.environ['REGVAULT_TEST_RESULTS'], 'a') as file:
            file.write(json.dumps(line, default=str) + '\n')

    def v2_runner_on_ok(self, result):
        self._record('changed' if result._result.get('changed') else 'ok', result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._record('failed', result)

    def v2_runner_on_unreachable(self, result):
        self._record('unreachable', result)

    def v2_runner_on_skipped(self, result):
        self._record('skipped', result)

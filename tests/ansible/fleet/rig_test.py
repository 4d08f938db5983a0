"""tests/support/hosts.sh leaves nothing behind, whatever ends it."""

import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

HOSTS_SH = Path(__file__).resolve().parents[2] / 'support/hosts.sh'
LONGEST = 30  # seconds


def processes_of(namespace):
    found = []
    for process in Path('/proc').glob('[0-9]*'):
        try:
            if os.readlink(process / 'ns/pid') == namespace:
                found.append((process / 'cmdline').read_bytes().replace(b'\0', b' ').decode())
        except OSError:  # it has ended meanwhile
            pass
    return found


class RigTest(unittest.TestCase):
    def start(self):
        """Two hosts beside a command that waits, in a process group of its own; returns their pid namespace, too."""
        run = subprocess.Popen([HOSTS_SH, 'run', '2', 'sh', '-c', 'echo up; exec sleep 600'],
                               stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.kill)
        self.assertEqual('up\n', run.stdout.readline())
        [child] = Path(f'/proc/{run.pid}/task/{run.pid}/children').read_text().split()
        return run, os.readlink(f'/proc/{child}/ns/pid')

    def assert_nothing_is_left(self, namespace, links):
        end = time.monotonic() + LONGEST
        while processes_of(namespace) and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual([], processes_of(namespace))
        self.assertNotIn('regvault-tests/hosts', Path('/proc/self/mountinfo').read_text())
        self.assertEqual(links, os.listdir('/sys/class/net'))
        cache = Path(os.environ.get('REGVAULT_TEST_CACHE', '/var/cache/regvault-tests'))
        self.assertEqual([], os.listdir(cache / 'hosts'))

    def test_ctrl_c_hang_up_and_kill(self):
        def ctrl_c(run):
            os.killpg(run.pid, signal.SIGINT)

        ends = {'Ctrl-C': ctrl_c, 'SIGHUP': lambda run: run.send_signal(signal.SIGHUP), 'SIGKILL': lambda run: run.kill()}
        for name, end in ends.items():
            with self.subTest(name):
                links = os.listdir('/sys/class/net')
                run, namespace = self.start()
                self.assertGreaterEqual(len(processes_of(namespace)), 3)  # two sshd and the command
                end(run)
                self.assertNotEqual(0, run.wait(LONGEST))
                self.assert_nothing_is_left(namespace, links)

    def test_the_exit_code_is_the_commands(self):
        for code in (0, 7):
            done = subprocess.run([HOSTS_SH, 'run', '1', 'sh', '-c', f'exit {code}'], stdin=subprocess.DEVNULL)
            self.assertEqual(code, done.returncode)

    def test_too_many(self):
        """The network has no more addresses."""
        done = subprocess.run([HOSTS_SH, 'run', '245', 'true'], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((1, 'hosts.sh: COUNT is a number from 1 to 244\n'), (done.returncode, done.stderr))


if __name__ == '__main__':
    unittest.main()

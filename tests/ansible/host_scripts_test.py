"""The shell commands of the collection's host cache, in dash, bash and busybox, against everything that may lie there.

The "binary" is a small script; what matters is when it runs. Needs root, to play users and to own files of others.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / 'ansible_module/collection/plugins/plugin_utils/host_scripts.py'
specification = importlib.util.spec_from_file_location('host_scripts', SOURCE)
scripts = importlib.util.module_from_spec(specification)
specification.loader.exec_module(scripts)

ME, OTHER = 4711, 4712  # users without an entry in the user database
BINARY = b'#!/bin/sh\necho "ran as $(id -u), told $(cat), with $GREETING"\n'
SHA256 = hashlib.sha256(BINARY).hexdigest()
MACHINE = '-'.join(os.uname()[i] for i in (0, 4))
RAN = f'ran as {ME}, told news, with \n'


class HostScriptsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if os.getuid() != 0:
            raise RuntimeError('this test plays several users: run it as root')
        cls.top = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.top)
        cls.top.chmod(0o755)
        applets = cls.top / 'busybox'
        applets.mkdir()
        busybox = shutil.which('busybox')
        subprocess.run([busybox, '--install', '-s', applets], check=True)
        usual = '/usr/bin:/bin'
        cls.shells = {
            'dash': ([shutil.which('dash'), '-c'], usual),
            'bash': ([shutil.which('bash'), '--posix', '-c'], usual),
            'busybox': ([busybox, 'sh', '-c'], str(applets)),
        }

    def setUp(self):
        self.home = Path(tempfile.mkdtemp(dir=self.top))
        os.chown(self.home, ME, ME)
        self.cache = self.home / 'the "cache" of $HOME'

    def each_shell(self, names=('dash', 'bash', 'busybox')):
        for name in names:
            self.shell = name
            yield name
            shutil.rmtree(self.home)
            self.setUp()

    def _formatMessage(self, msg, standardMsg):
        return f'in {self.shell}: ' + super()._formatMessage(msg, standardMsg)

    def execute(self, script, stdin=b'news', user=ME, home=None, through_sudo_i=False):
        """(word, detail) when the script stopped, ('', output) when the program ran."""
        command, path = self.shells[self.shell]
        words = [*command, script + ' && sleep 0']
        if through_sudo_i:  # the command as it comes to the login shell
            words = [*command, ' '.join(re.sub(r'[^\w$-]', r'\\\g<0>', word) for word in words)]
        done = subprocess.run(words, input=stdin, capture_output=True, cwd='/',
                              user=user, group=user, extra_groups=(),
                              env={'PATH': path, 'HOME': str(home or self.home)})
        text = done.stdout.decode()
        if text.startswith(scripts.MARKER):
            self.assertEqual(0, done.returncode)
            _, word, machine, detail = text.rstrip('\n').split(' ', 3)
            self.assertEqual(MACHINE, machine)
            return word, detail
        return '', text + done.stderr.decode()

    def run_cached(self, cache=None, environment='', **keywords):
        return self.execute(scripts.run_cached(str(cache or self.cache), {MACHINE: SHA256}, environment), **keywords)

    def store(self, cache=None, content=BINARY, **keywords):
        return self.execute(scripts.store_in_cache(str(cache or self.cache), SHA256), content, **keywords)

    def make_cache(self, owner=ME, mode=0o700, file_owner=ME, file_mode=0o700, content=BINARY):
        self.cache.mkdir()
        (self.cache / SHA256).write_bytes(content)
        os.chown(self.cache / SHA256, file_owner, file_owner)
        (self.cache / SHA256).chmod(file_mode)
        os.chown(self.cache, owner, owner)
        self.cache.chmod(mode)

    # --- the straight way

    def test_missing_then_stored_then_run(self):
        for _ in self.each_shell():
            self.assertEqual(('missing', ''), self.run_cached())
            self.assertEqual(('stored', str(self.cache)), self.store())
            self.assertEqual(('', RAN), self.run_cached())
            self.assertEqual([0o40700, 0o100700],
                             [self.cache.stat().st_mode, (self.cache / SHA256).stat().st_mode])
            self.assertEqual([SHA256], os.listdir(self.cache))

    def test_the_environment_is_for_the_program_only(self):
        for _ in self.each_shell():
            self.make_cache()
            self.assertEqual(('', f'ran as {ME}, told news, with a b\n'),
                             self.run_cached(environment="GREETING='a b' HOME=/nonexistent"))

    def test_sudo_with_a_login_shell(self):
        for _ in self.each_shell():
            self.cache = self.home / 'the "cache"'  # its own "$" would not survive
            self.assertEqual(('missing', ''), self.run_cached(through_sudo_i=True))
            self.assertEqual(('stored', str(self.cache)), self.store(through_sudo_i=True))
            self.assertEqual(('', RAN), self.run_cached(through_sudo_i=True))
            parents = ['/nonexistent', str(self.home)]
            word, directory = self.execute(scripts.store_temporarily(parents), BINARY, through_sudo_i=True)
            self.assertEqual('stored', word)
            run = scripts.run_temporary(directory, '')
            self.assertEqual(('', RAN), self.execute(run, through_sudo_i=True))
            self.assertFalse(Path(directory).exists())

    def test_another_machine(self):
        for _ in self.each_shell():
            word, _ = self.execute(scripts.run_cached(str(self.cache), {'Linux-pdp11': SHA256}, ''))
            self.assertEqual('machine', word)

    def test_the_two_newest_are_kept(self):
        for _ in self.each_shell():
            self.make_cache()
            (self.cache / SHA256).unlink()
            for age, digit in enumerate('abcd'):
                old = self.cache / (digit * 64)
                old.touch()
                os.utime(old, (1_000_000 - age, 1_000_000 - age))
            (self.cache / 'notes').touch()
            self.store()
            self.assertEqual({SHA256, 'a' * 64, 'notes'}, set(os.listdir(self.cache)))

    def test_a_broken_upload_leaves_nothing(self):
        for _ in self.each_shell():
            self.make_cache(content=b'old')
            leftover = self.cache / f'new.{os.uname().nodename}.4194305'  # above the largest process id
            elsewhere = self.cache / 'new.another-host.1'
            leftover.touch()
            elsewhere.touch()
            self.assertEqual(('unusable', f'the binary did not arrive whole in {self.cache}'),
                             self.store(content=BINARY[:-1]))
            self.assertEqual({SHA256, elsewhere.name}, set(os.listdir(self.cache)))
            self.assertEqual(b'old', (self.cache / SHA256).read_bytes())

    # --- files that are not run, and are replaced

    def damaged(self, name, prepare):
        for _ in self.each_shell():
            prepare()
            self.assertEqual(('damaged', ''), self.run_cached(), name)
            self.assertEqual(('stored', str(self.cache)), self.store(), name)
            self.assertEqual(('', RAN), self.run_cached(), name)
            self.assertEqual([SHA256], os.listdir(self.cache), name)

    def test_damaged_files(self):
        def link_to(target):
            def prepare():
                self.make_cache()
                (self.cache / SHA256).unlink()
                (self.cache / SHA256).symlink_to(target)
            return prepare

        def directory():
            self.make_cache()
            (self.cache / SHA256).unlink()
            (self.cache / SHA256).mkdir()

        def hard_link():
            self.make_cache()
            (self.cache / SHA256).unlink()
            theirs = self.home / 'theirs'
            theirs.write_bytes(BINARY)
            theirs.chmod(0o700)
            os.chown(theirs, OTHER, OTHER)
            os.link(theirs, self.cache / SHA256)

        real = self.top / 'real'
        real.write_bytes(BINARY)
        real.chmod(0o700)
        os.chown(real, ME, ME)
        for name, prepare in {
            'other content': lambda: self.make_cache(content=BINARY + b'#'),
            'empty': lambda: self.make_cache(content=b''),
            'another owner': lambda: self.make_cache(file_owner=OTHER, file_mode=0o755),
            'root as the owner': lambda: self.make_cache(file_owner=0, file_mode=0o755),
            'group may write': lambda: self.make_cache(file_mode=0o770),
            'all may read': lambda: self.make_cache(file_mode=0o755),
            'all may write': lambda: self.make_cache(file_mode=0o777),
            'set-user-id': lambda: self.make_cache(file_mode=0o4700),
            'a link to the right content': link_to(real),
            'a dangling link': link_to('/nonexistent'),
            'a link to a directory': link_to('/tmp'),
            'a hard link to a file of somebody else': hard_link,
            'a directory': directory,
        }.items():
            with self.subTest(name):
                self.damaged(name, prepare)

    def test_a_hard_link_to_the_own_file(self):
        """Another name changes nothing: it is this user's file under every name."""
        for _ in self.each_shell():
            self.make_cache()
            os.link(self.cache / SHA256, self.home / 'another name')
            self.assertEqual(('', RAN), self.run_cached())

    # --- directories nothing is run from, and nothing is written to

    def test_refused_directories(self):
        for name, keywords in {
            'all may write': {'mode': 0o777},
            'sticky': {'mode': 0o1777},
            'group may write': {'mode': 0o770},
            'all may read': {'mode': 0o755},
            'set-group-id': {'mode': 0o2700},
            'another owner': {'owner': OTHER, 'mode': 0o755},
            'another owner, all may write': {'owner': OTHER, 'mode': 0o777},
            'root as the owner': {'owner': 0, 'mode': 0o755},
        }.items():
            for shell in self.each_shell():
                with self.subTest(name):
                    self.make_cache(**keywords)
                    for word, detail in (self.run_cached(), self.store()):
                        self.assertEqual('refused', word, (name, shell))
                        self.assertIn(f'{self.cache} must belong to ', detail)
                        self.assertIn('with mode 0700', detail)
                    self.assertEqual([SHA256], os.listdir(self.cache))

    def test_a_directory_of_somebody_else_alone(self):
        for _ in self.each_shell():
            self.make_cache(owner=OTHER)
            self.assertEqual(('missing', ''), self.run_cached())
            self.assertEqual(('unusable', f'{self.cache} cannot be entered'), self.store())

    def test_links_on_the_way(self):
        for _ in self.each_shell():
            self.make_cache()
            link = self.home / 'link'
            link.symlink_to(self.cache)
            self.assertEqual(('', RAN), self.run_cached(link))
            os.chown(self.cache, OTHER, OTHER)
            self.cache.chmod(0o755)
            self.assertEqual('refused', self.run_cached(link)[0])

    def test_a_directory_that_cannot_be_made(self):
        for _ in self.each_shell():
            for place in ('/proc/regvault', str(self.home / 'file/below')):
                (self.home / 'file').touch()
                self.assertEqual('missing', self.run_cached(place)[0])
                self.assertEqual(('unusable', f'{place} cannot be made'), self.store(place))

    def test_home_is_the_one_of_the_user_database(self):
        for _ in self.each_shell():
            # Root's HOME names another user's home here, as sudo without -H leaves it, with a valid cache in it.
            own = self.home / 'regvault-test/cache'
            own.mkdir(parents=True)
            (own / SHA256).write_bytes(BINARY)
            (own / SHA256).chmod(0o700)
            own.chmod(0o700)
            self.assertEqual(('missing', ''), self.run_cached('~/regvault-test/cache', user=0))
            # A user the database does not know has nothing but HOME.
            for path in (own, own / SHA256):
                os.chown(path, ME, ME)
            self.assertEqual(('', RAN), self.run_cached('~/regvault-test/cache'))

    def test_a_directory_swapped_under_the_run(self):
        """Somebody else swaps a link in the path between the safe directory and a trap, as fast as they can."""
        for _ in self.each_shell(['dash']):
            self.make_cache()
            trap = self.home / 'trap'
            trap.mkdir()
            (trap / SHA256).write_bytes(b'#!/bin/sh\necho trapped\n')
            (trap / SHA256).chmod(0o755)
            os.chown(trap / SHA256, OTHER, OTHER)
            os.chown(trap, OTHER, OTHER)
            link, stop = self.home / 'link', threading.Event()

            def swap():
                while not stop.is_set():
                    for target in (self.cache, trap):
                        (self.home / 'next').symlink_to(target)
                        os.replace(self.home / 'next', link)

            link.symlink_to(self.cache)
            swapper = threading.Thread(target=swap)
            swapper.start()
            try:
                answers = [self.run_cached(link) for _ in range(150)]
            finally:
                stop.set()
                swapper.join()
            self.assertEqual({('', RAN)}, {answer for answer in answers if answer[0] != 'refused'})
            self.assertIn('refused', {word for word, _ in answers})

    # --- without a cache

    def test_temporary(self):
        for _ in self.each_shell():
            closed, opened = self.home / 'closed', self.home / 'it\'s open'
            closed.mkdir(mode=0o755)
            opened.mkdir()
            opened.chmod(0o1777)
            word, directory = self.execute(
                scripts.store_temporarily([str(self.home / 'none'), str(closed), str(opened)]), BINARY)
            self.assertEqual(('stored', opened), (word, Path(directory).parent))
            self.assertEqual(0o40700, Path(directory).stat().st_mode)
            self.assertEqual(('', RAN), self.execute(scripts.run_temporary(directory, '')))
            self.assertEqual([], os.listdir(opened))

    def test_temporary_nowhere(self):
        for _ in self.each_shell():
            self.assertEqual(
                ('unusable', 'programs cannot be written and run in any of these directories'),
                self.execute(scripts.store_temporarily(['/proc', str(self.home / 'none')]), BINARY))

    def test_the_temporary_directory_of_somebody_else(self):
        for _ in self.each_shell():
            self.make_cache(owner=OTHER, mode=0o755)
            self.assertEqual('unusable', self.execute(scripts.run_temporary(str(self.cache), ''))[0])

    def test_argument_file(self):
        for _ in self.each_shell():
            program, arguments = self.home / 'program', self.home / 'arguments'
            program.write_bytes(b'#!/bin/sh\n[ "$1" = --remove-arguments ] && pwd && cat "$2"; exit 3\n')
            program.chmod(0o755)
            self.assertEqual('stored', self.execute(scripts.make_argument_file(str(arguments)))[0])
            self.assertEqual(0o100600, arguments.stat().st_mode)
            arguments.write_text('news\n')
            script = scripts.run_with_argument_file(str(program), str(arguments), '')
            self.assertEqual(('', '/\nnews\n'), self.execute(script))
            self.assertFalse(arguments.exists())

    # --- async: async_wrapper here is a shell script that says what it was given

    WRAPPER = b"""#!/bin/sh
        cat; echo "job $1 $2 in $ANSIBLE_ASYNC_DIR from $(pwd)"
        stat -c "%U %a" "${3%/*}" "${4#* }"; echo "${4%% *}"; cat "${4#* }"; exit 0"""

    def assert_started(self, answer, directory, exit_code=0):
        """The program's directory, which is left to async_wrapper."""
        self.assertEqual('job j1 60 in /jobs from /\nUNKNOWN 700\nUNKNOWN 600\n--remove-arguments\nnews', answer[1])
        [made] = directory.iterdir()
        self.assertRegex(made.name, '^regvault-tmp-')
        self.assertEqual({'program', 'async_wrapper', 'arguments'}, set(os.listdir(made)))

    def test_a_job(self):
        for _ in self.each_shell():
            _, directory = self.execute(scripts.store_temporarily([str(self.home)]), BINARY)
            self.assertEqual(('stored', directory),
                             self.execute(scripts.store_wrapper(directory, 'sh'), self.WRAPPER))
            command = scripts.wrapper_command('sh', 'j1', 60)
            self.assert_started(
                self.execute(scripts.start_job(directory, command, 'ANSIBLE_ASYNC_DIR=/jobs')), self.home)

    def test_a_copied_job(self):
        for _ in self.each_shell():
            sent, own = self.home / 'sent', self.home / 'own'
            sent.mkdir()
            own.mkdir()
            os.chown(own, ME, ME)
            for name, content in (('program', BINARY), ('async_wrapper', self.WRAPPER), ('arguments', b'news')):
                (sent / name).write_bytes(content)
            command = scripts.wrapper_command('sh', 'j1', 60)
            script = scripts.start_copied_job([str(own)], f'{sent}/', 'sh', command, 'ANSIBLE_ASYNC_DIR=/jobs')
            self.assert_started(self.execute(script), own)

    def test_a_job_that_cannot_start(self):
        for _ in self.each_shell():
            for interpreter, wrapper, word in (('/nonexistent/python3 -E', self.WRAPPER, 'missing'),
                                               ('sh', b'exit 4', '')):
                _, directory = self.execute(scripts.store_temporarily([str(self.home)]), BINARY)
                answer = self.execute(scripts.store_wrapper(directory, interpreter), wrapper)
                if not word:
                    command = scripts.wrapper_command(interpreter, 'j1', 60)
                    answer = self.execute(scripts.start_job(directory, command, ''))
                self.assertEqual(word, answer[0])
                self.assertEqual([], os.listdir(self.home))

    def test_a_job_in_a_place_with_spaces(self):
        """async_wrapper would split there."""
        for _ in self.each_shell():
            parent = self.home / 'a b'
            parent.mkdir()
            os.chown(parent, ME, ME)
            _, directory = self.execute(scripts.store_temporarily([str(parent)]), BINARY)
            self.execute(scripts.store_wrapper(directory, 'sh'), self.WRAPPER)
            word, detail = self.execute(scripts.start_job(directory, scripts.wrapper_command('sh', 'j1', 60), ''))
            self.assertEqual(('unusable', f'a job cannot run in {directory}'), (word, detail))
            self.assertEqual([], os.listdir(parent))


if __name__ == '__main__':
    unittest.main()

"""Editors and pagers: the plaintext is in memory while they run, and nowhere before or after, however they end."""

import os
import pathlib
import pty
import select
import signal
import stat
import subprocess
import time

import faces
import terminal
import vaults
from faces import ANSIBLE_VAULT, EDITED, FACES, OLD, REGVAULT, TEXT

SCRATCH = pathlib.Path("/dev/shm")
VIMRC = """\
set nocompatible
silent! call mkdir($HOME . "/kept", "p")
set swapfile updatecount=1 updatetime=100 directory=~/kept//
set undofile undodir=~/kept
set backup writebackup backupdir=~/kept backupskip= patchmode=.orig
set history=100
"""


class Editing(faces.Case):
    def setUp(self):
        super().setUp()
        self.put(vaults.make(TEXT, OLD))
        os.utime(self.file, (1_000_000_000, 1_000_000_000))
        self.before = self.file.read_bytes(), self.file.stat().st_mtime_ns, self.file.stat().st_ino

    def now(self):
        return self.file.read_bytes(), self.file.stat().st_mtime_ns, self.file.stat().st_ino

    def edit(self, face, *words):
        return self.run_here(face.command("edit", *words, "vault.yml"))

    def assert_untouched(self, about=""):
        self.assertEqual(self.now(), self.before, about)
        self.assertEqual(self.listing(), ["vault.yml"])
        self.assert_clean()

    def assert_clean(self):
        self.assertEqual(os.listdir(SCRATCH), [])
        self.assert_nothing_in_the_clear(besides=[self.dir / "edited"])

    # --------------------------------------------------------------------------------------------------- how they end

    def test_failing_editors(self):
        for name, script in [("fails", 'echo more >> "$1"; exit 3'), ("is killed", 'echo more >> "$1"; kill -9 $$'),
                             ("deletes the file", 'rm "$1"'), ("makes it a link", 'ln -sf /etc/hostname "$1"'),
                             ("makes it a directory", 'rm "$1"; mkdir "$1"'),
                             ("makes it a pipe", 'rm "$1"; mkfifo "$1"')]:
            for face in FACES:
                with self.subTest(name, face=face.name):
                    self.environment["EDITOR"] = self.editor("bad", script)
                    self.assertNotEqual(self.edit(face).returncode, 0)
                    self.assert_untouched()

    def test_unchanged(self):
        for name, script in [("looked at", "sleep 1.1"), ("touched", 'sleep 1.1; touch "$1"'),
                             ("written again", 'sleep 1.1; cp "$1" "$1.new"; mv "$1.new" "$1"')]:
            for face in FACES:
                with self.subTest(name, face=face.name):
                    self.environment["EDITOR"] = self.editor("looks", script)
                    result = self.edit(face)
                    self.assertEqual((result.returncode, result.stderr), (0, b""))
                    self.assert_untouched()

    def test_back_at_once(self):
        """As `code` without --wait: the user is told, not left to wonder."""
        self.environment["EDITOR"] = "true"
        for face in FACES:
            result = self.edit(face)
            self.assertEqual(result.returncode, 0)
            self.assertIn(b"the editor was back at once and nothing was changed: some need an option to wait, as in "
                          b"\"code --wait\"", result.stderr)
            self.assert_untouched()

    def test_more_files_are_wiped_too(self):
        script = 'd=$(dirname "$1"); cp "$1" "$d/copy"; mkdir "$d/more"; cp "$1" "$d/more/copy"; ln -s "$1" "$d/link"'
        self.environment["EDITOR"] = self.editor("litters", script)
        for face in FACES:
            self.assertEqual(self.edit(face).returncode, 0)
            self.assert_untouched()

    def test_the_scratch_is_private_and_in_memory(self):
        script = ('stat -c %a "$1" "$(dirname "$1")" > ../about; stat -f -c %T "$1" >> ../about; '
                  'basename "$1" >> ../about; env > ../environment; tr "\\0" "\\n" < /proc/$PPID/cmdline >> ../about')
        self.environment["EDITOR"] = self.editor("looks", script)
        for face in FACES:
            os.umask(0)
            self.assertEqual(self.edit(face).returncode, 0)
            about = (self.dir / "about").read_text()
            self.assertTrue(about.startswith("600\n700\ntmpfs\nvault.yml\n"), about)
            self.assertNotIn(OLD, about + (self.dir / "environment").read_text())
            self.assert_untouched()

    def test_no_tmpfs(self):
        """regvault refuses before the editor is run; ansible-vault's face does as ansible-vault, and wipes the disk."""
        disk = pathlib.Path(subprocess.check_output(["mktemp", "-d", "-p", "/var/tmp"], text=True).strip())
        self.addCleanup(subprocess.run, ["rm", "-r", str(disk)])
        self.assertNotEqual(subprocess.check_output(["stat", "-f", "-c", "%T", disk]), b"tmpfs\n")
        script = 'for d in /tmp /dev/shm /run; do mount --bind "$0" $d || exit 99; done; exec "$@"'
        self.environment["EDITOR"] = self.editor("writes", 'touch ../ran; cat ../edited > "$1"')
        for face in FACES:
            result = self.run_here(face.command("edit", "vault.yml"), "unshare", "-m", "sh", "-c", script, str(disk))
            if face is REGVAULT:
                self.assertEqual(result.returncode, 7, result.stderr)
                self.assertIn(b"there is no directory in memory (tmpfs) for the plaintext", result.stderr)
                self.assertFalse((self.dir / "ran").exists())
                self.assert_untouched()
            else:
                self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(os.listdir(disk), [])
        self.assert_clean()

    def test_which_editor(self):
        """The first that is set; each name writes itself."""
        for name in ("VISUAL", "EDITOR", "ANSIBLE_EDITOR", "configured", "vi"):
            self.editor(name, f'echo {name} > ../ran')
        (self.dir / "ansible.cfg").write_text(f"[defaults]\neditor = {self.dir}/configured\n")
        self.environment |= {name: f"{self.dir}/{name}" for name in ("VISUAL", "EDITOR", "ANSIBLE_EDITOR")}
        self.environment |= {"ANSIBLE_CONFIG": str(self.dir / "ansible.cfg"),
                             "PATH": f"{self.dir}:{self.environment['PATH']}"}
        orders = {REGVAULT: ["VISUAL", "EDITOR", "ANSIBLE_EDITOR", "configured", "vi"],
                  ANSIBLE_VAULT: ["EDITOR", "ANSIBLE_EDITOR", "configured", "vi"]}
        everything = dict(self.environment)
        for face, order in orders.items():
            self.environment = dict(everything)
            for name in order:
                self.assertEqual(self.edit(face).returncode, 0)
                self.assertEqual((self.dir / "ran").read_text().strip(), name, face.name)
                self.environment.pop("ANSIBLE_CONFIG" if name == "configured" else name, None)
                if name == "EDITOR" and face is ANSIBLE_VAULT:
                    self.assertIn("VISUAL", self.environment)

    # ------------------------------------------------------------------------------------------------------- signals

    def test_signals_while_the_editor_is_open(self):
        """Whether it ends as asked, or has to be killed."""
        scripts = {"ends": 'echo more >> "$1"; touch ../ready; sleep 20',
                   "ignores signals": 'trap "" TERM HUP INT; echo more >> "$1"; touch ../ready; sleep 20; sleep 20'}
        for name, script in scripts.items():
            self.environment["EDITOR"] = self.editor("waits", script)
            for face in FACES:
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
                    with self.subTest(name, face=face.name, signal=number.name):
                        self.interrupt(face, number)

    def interrupt(self, face, number):
        ready = self.dir / "ready"
        ready.unlink(missing_ok=True)
        process = subprocess.Popen(face.command("edit", "vault.yml"), cwd=self.work, env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.wait_for(ready.exists)
        self.assertEqual(len(os.listdir(SCRATCH)), 1)
        process.send_signal(number)
        process.communicate(timeout=10)  # to the end of the pipes: the editor has ended, too
        is_message = number == signal.SIGINT and face is ANSIBLE_VAULT
        self.assertEqual(process.returncode, 99 if is_message else -number)
        self.assert_untouched()

    def wait_for(self, condition, seconds=10):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    # ---------------------------------------------------------------------------------------------- vim and neovim

    def set_up_vim(self, editor):
        """A user whose settings keep everything."""
        self.environment["EDITOR"] = editor
        (self.home / ".vimrc").write_text(VIMRC + "set viminfo='100,<1000,n~/kept/viminfo\n")
        neovim = self.home / ".config/nvim/init.vim"
        neovim.parent.mkdir(parents=True, exist_ok=True)
        neovim.write_text(VIMRC + "set shada='100,<1000,n~/kept/shada\n")

    def test_vim_and_neovim_leave_nothing(self):
        for editor in ("vim", "nvim"):
            for face in FACES:
                with self.subTest(editor, face=face.name):
                    self.set_up_vim(editor)
                    self.put(self.before[0])
                    # In the registers, the undo tree and the history; written once in between.
                    talk = [("octocat", ":%s/old/edited/\r"), ("edited text", "yyp:w\r"), ("written", "dd:wq\r")]
                    code, _, _, shown = self.on_terminal(face.command("edit", "vault.yml"), talk)
                    self.assertEqual(code, 0, shown)
                    self.assertEqual(vaults.tell(self.file.read_bytes()), vaults.tell(vaults.make(EDITED, OLD)))
                    self.assertEqual(self.listing(), ["vault.yml"])
                    self.assert_vim_left_nothing()

    def assert_vim_left_nothing(self):
        self.assert_clean()
        kept = self.home / "kept"
        self.assertEqual(os.listdir(kept) if kept.exists() else [], [])
        names = {path.name for path in self.home.rglob("*") if path.is_file()}
        self.assertLessEqual(names, {".vimrc", "init.vim", "log", ".netrwhist"})

    def test_vim_and_neovim_that_are_quit(self):
        for editor in ("vim", "nvim"):
            for face in FACES:
                with self.subTest(editor, face=face.name):
                    self.set_up_vim(editor)
                    code, _, _, shown = self.on_terminal(face.command("edit", "vault.yml"),
                                                         [("octocat", "yyp:w\r"), ("written", ":cq\r")])
                    self.assertNotEqual(code, 0, shown)
                    self.assert_untouched()
                    self.assert_vim_left_nothing()

    def on_terminal(self, command, talk, streams="012"):
        return terminal.run(command, streams, talk, b"", cwd=self.work, env=self.environment)

    def test_vim_and_neovim_and_signals(self):
        """SIGTERM to us, and the terminal's end."""
        for editor in ("vim", "nvim"):
            for face in FACES:
                for accident in ("terminated", "hung up"):
                    with self.subTest(editor, face=face.name, accident=accident):
                        self.set_up_vim(editor)
                        self.end_while_open(face, accident)
                        self.assert_untouched()
                        self.assert_vim_left_nothing()

    def end_while_open(self, face, accident):
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(self.work)
            command = face.command("edit", "vault.yml")
            os.execve(command[0], command, self.environment)
        shown = b""
        while b"octocat" not in shown:
            self.assertTrue(select.select([master], [], [], 10)[0], shown)
            shown += os.read(master, 4096)
        os.write(master, b"yyp:w\r")
        while b"written" not in shown:
            self.assertTrue(select.select([master], [], [], 10)[0], shown)
            shown += os.read(master, 4096)
        if accident == "hung up":
            os.close(master)
        else:
            os.kill(pid, signal.SIGTERM)
            drain(master)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        self.assertEqual(status, -signal.SIGHUP if accident == "hung up" else -signal.SIGTERM)


def drain(master):
    try:
        while os.read(master, 4096):
            pass
    except OSError:  # EIO: no one has the terminal any more
        os.close(master)


class Viewing(faces.Case):
    def view(self, face, streams="012", talk=(), content=TEXT):
        self.put(vaults.make(content, OLD))
        code, output, error, shown = terminal.run(face.command("view", "vault.yml"), streams, list(talk), b"",
                                                  cwd=self.work, env=self.environment)
        self.assertEqual((code, error), (0, b""), shown)
        self.assertEqual(self.listing(), ["vault.yml"])
        self.assert_nothing_in_the_clear(besides=[self.dir / "edited"])
        return shown, output

    def test_which_pager(self):
        for name in ("PAGER", "ANSIBLE_PAGER", "configured", "less"):
            self.editor(name, f"echo by {name}; cat")
        (self.dir / "ansible.cfg").write_text(f"[defaults]\npager = {self.dir}/configured\n")
        everything = self.environment | {name: f"{self.dir}/{name}" for name in ("PAGER", "ANSIBLE_PAGER")}
        everything |= {"ANSIBLE_CONFIG": str(self.dir / "ansible.cfg"),
                       "PATH": f"{self.dir}:{self.environment['PATH']}"}
        for face in FACES:
            self.environment = dict(everything)
            for name in ("PAGER", "ANSIBLE_PAGER", "configured", "less"):
                self.assertEqual(self.view(face)[0], f"by {name}\n".encode() + TEXT, face.name)
                self.environment.pop("ANSIBLE_CONFIG" if name == "configured" else name, None)

    def test_the_real_less(self):
        for face in FACES:
            shown, _ = self.view(face)
            self.assertIn(b"octocat", shown)
            shown, _ = self.view(face, talk=[("line 10", "G"), ("line 99999", "q")],
                                 content=b"".join(b"line %d\n" % number for number in range(100_000)))
            self.assertIn(b"line 99999", shown)

    def test_a_pager_that_does_not_read(self):
        self.environment["PAGER"] = "true"
        for face in FACES:
            self.view(face, content=TEXT * 10_000)

    def test_no_pager_where_output_is_no_terminal(self):
        self.environment["PAGER"] = "echo paged; cat"
        for face in FACES:
            self.assertEqual(self.view(face, "02"), (b"", TEXT))


if __name__ == "__main__":
    faces.main()

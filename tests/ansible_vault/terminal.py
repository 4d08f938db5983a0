"""A program on a pseudo terminal, talked to as a person would."""

import os
import pty
import select
import subprocess
import termios
import time

# Makes the terminal named first the controlling one of the new session, then becomes the program.
TAKE_TERMINAL = ["/bin/sh", "-c", ': <>"$0"; exec "$@"']


class Conversation:
    """Reads all that the program shows and writes, and answers `talk`: pairs (text to wait for, what is typed)."""

    def __init__(self, process, master, talk, seconds):
        pipes = [pipe.fileno() for pipe in (process.stdout, process.stderr) if pipe]
        self.process, self.master = process, master
        self.streams = {stream: b"" for stream in [master, *pipes]}
        self.open = set(self.streams)
        self.seen = {stream: 0 for stream in self.streams}
        self.talk = [(wait.encode(), typed.encode()) for wait, typed in talk]
        self.deadline = time.monotonic() + seconds

    def run(self):
        """Till the program has ended and nothing is left to read."""
        while True:
            self.answer()
            ready, _, _ = select.select(list(self.open), [], [], 0.02)
            if not ready and self.process.poll() is not None:
                return self.streams
            if time.monotonic() > self.deadline:
                raise TimeoutError(f"waiting for {self.talk[:1]}, shown: {self.streams}")
            for stream in ready:
                self.read(stream)

    def read(self, stream):
        piece = os.read(stream, 65536)
        self.streams[stream] += piece
        if not piece:
            self.open.discard(stream)

    def answer(self):
        while self.talk:
            wait, typed = self.talk[0]
            found = [stream for stream, data in self.streams.items() if data.find(wait, self.seen[stream]) >= 0]
            if not found:
                return
            self.seen[found[0]] = self.streams[found[0]].find(wait, self.seen[found[0]]) + len(wait)
            del self.talk[0]
            time.sleep(0.05)  # a prompt may come a moment before its echo is off
            os.write(self.master, typed)


def run(command, on_terminal, talk, stdin, seconds=20, **options):
    """Runs `command` with a controlling terminal; "0", "1", "2" in `on_terminal` are the streams that are it too, the
    others are pipes. Returns the exit code, standard output, standard error, and what the terminal showed.
    """
    master, slave = pty.openpty()
    settings = termios.tcgetattr(slave)
    settings[3] &= ~termios.ECHOCTL  # "^C" is shown at a moment of its own
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    streams = {name: slave if digit in on_terminal else subprocess.PIPE
               for digit, name in zip("012", ("stdin", "stdout", "stderr"))}
    with subprocess.Popen([*TAKE_TERMINAL, os.ttyname(slave), *command], start_new_session=True, **streams,
                          **options) as process:
        try:
            if process.stdin:
                process.stdin.write(stdin)
                process.stdin.close()
            shown = Conversation(process, master, talk, seconds).run()
        finally:
            process.kill()
            os.close(master)
            os.close(slave)
        output, error = (shown[pipe.fileno()] if pipe else b"" for pipe in (process.stdout, process.stderr))
        return process.wait(), output, error, shown[master].replace(b"\r\n", b"\n")

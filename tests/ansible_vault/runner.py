"""Runs one case with one program, in a folder of its own, and says what came of it."""

import os
import pathlib
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import tempfile

import terminal
import vaults
from case import FILES

LONG_AGO = 1_000_000_000 * 10**9  # every file's time before the run: what has another one after it was written
FLAG = re.compile(rb"(?<![\w-])--?[a-zA-Z][\w-]*")
MESSAGE = re.compile(r" ?(?:ERROR!|\[ERROR\]:|\[WARNING\]:|Encryption successful|Decryption successful).*\n")
FIELDS = ("code", "stdout", "files", "shown")


def put(work, name, what):
    path = work / name
    if isinstance(what, int):
        path.mkdir(exist_ok=True)
        path.chmod(what)
    elif isinstance(what, str):
        kind, target = what.split(" ", 1)
        path.symlink_to(target) if kind == "->" else path.hardlink_to(work / target)
    else:
        mode, content = what if isinstance(what, tuple) else (0o644, what)
        path.write_bytes(content)
        path.chmod(mode)


def lay_out(root, case):
    work = root / "work"
    work.mkdir()
    for name, what in (FILES | case.files).items():
        if what is not None:
            put(work, name, what)
    for path in root.rglob("*"):
        if case.nobody:
            os.chown(path, *nobody(), follow_symlinks=False)
        os.utime(path, ns=(LONG_AGO, LONG_AGO), follow_symlinks=False)
    work.chmod(case.cwd_mode)
    if case.nobody:
        for path in (root, work):
            os.chown(path, *nobody())
    return work


def nobody():
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    return user.pw_uid, user.pw_gid


def snapshot(root):
    """name -> (what it is, bytes, time). The empty folders that ansible-vault makes for itself are not told."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root)).removeprefix("work/")
        about = path.lstat()
        mode = f"{stat.S_IMODE(about.st_mode):04o}"
        if stat.S_ISLNK(about.st_mode):
            found[name] = (f"-> {os.readlink(path)}", b"", 0)
        elif stat.S_ISDIR(about.st_mode):
            if name not in ("work", "home/.ansible", "home/.ansible/tmp"):
                found[name] = (f"{mode} folder", b"", 0)
        else:
            owner = "" if about.st_uid in (os.getuid(), nobody()[0]) else f" of {about.st_uid}"
            found[name] = (mode + owner, path.read_bytes() if stat.S_ISREG(about.st_mode) else b"", about.st_mtime_ns)
    return found


def effects(before, after):
    """What the run did to the files: name -> what is there now, or "gone"."""
    done = {name: "gone" for name in before if name not in after}
    for name, now in after.items():
        if before.get(name) != now:
            told = vaults.tell(now[1])
            done[name] = f"{now[0]} {told}" if now[1] else now[0]
    return done


def environment(root, case):
    base = {"PATH": f"{root}/bin:/usr/bin:/bin", "HOME": str(root / "home"), "LANG": "C.UTF-8", "TERM": "dumb",
            "TMPDIR": str(root / "tmp")}
    merged = base | case.env
    return {name: value for name, value in merged.items() if value is not None}


def run_without_terminal(command, case, options):
    if not case.nonblocking:
        done = subprocess.run(command, input=case.stdin, capture_output=True, start_new_session=True, timeout=60,
                              **options)
        return done.returncode, done.stdout, done.stderr, b""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with os.fdopen(reader, "rb") as output:
        done = subprocess.run(command, input=case.stdin, stdout=writer, stderr=subprocess.PIPE, timeout=60,
                              start_new_session=True, **options)
        os.close(writer)
        return done.returncode, output.read(), done.stderr, b""


def told_output(case, output):
    if case.compare == "flags":
        return " ".join(sorted(flag.decode() for flag in set(FLAG.findall(output)) if not flag.startswith(b"-vv")))
    if case.compare == "version":
        return re.sub(r" [\d.]+\]$", " X]", output.decode().split("\n", 1)[0])
    return vaults.tell(output)


def told_terminal(case, shown, code):
    """What the terminal shows, but for messages, where they go there: their words and their place are not the same in
    all versions."""
    told = vaults.tell(shown)
    if "2" in case.terminal:
        told = MESSAGE.sub("", told)
    return told.rstrip("\n") if code else told


def run(program, case):
    """{"code", "stdout", "files", "shown", "stderr"}"""
    root = pathlib.Path(tempfile.mkdtemp(prefix="differential-"))
    try:
        work = lay_out(root, case)
        before = snapshot(root)
        command = [program, *shlex.split(case.command)]
        options = {"cwd": work, "env": environment(root, case)}
        if case.nobody and os.getuid() == 0:
            options |= {"user": nobody()[0], "group": nobody()[1], "extra_groups": []}
        if case.terminal is None:
            code, output, error, shown = run_without_terminal(command, case, options)
        else:
            code, output, error, shown = terminal.run(command, case.terminal, case.talk, case.stdin, **options)
        here = str(root).encode()
        output, error, shown = (text.replace(here, b"<ROOT>") for text in (output, error, shown))
        if case.terminal and "2" in case.terminal:
            error += shown
        shown = told_terminal(case, shown, code) if case.terminal is not None else ""
        return {"code": code, "stdout": told_output(case, output), "shown": shown,
                "files": effects(before, snapshot(root)), "stderr": error.decode(errors="backslashreplace")}
    finally:
        shutil.rmtree(root, ignore_errors=True)

# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The POSIX shell commands HostBinary runs on a host: nothing but a shell, coreutils or busybox is needed there.

Each function returns one command line (no comments, no line ends: it is shown by -vvv as it is). All of them run as
the executing user, so after `become`. A script that ends without running the program prints one line

    regvault-host: WORD SYSTEM-MACHINE DETAIL        for example: regvault-host: missing Linux-x86_64

and exits with 0 (Ansible's ssh says "Failed to connect" to anything else, at -vvv). WORD is one of

    machine    no binary is offered for SYSTEM-MACHINE
    unusable   the cache cannot work here, DETAIL says why (no sha256sum, no home, a directory that cannot be made)
    refused    the cache directory could have been written by somebody else, DETAIL says why
    missing    the directory does not hold the binary (or is not there); for a job: there is no Python
    damaged    it holds a file of that name which is not the binary, or not safely ours
    stored     what was sent is in place; DETAIL is its directory

Variables are written ${m}, never $m: `sudo -i` and `sudo -s` put a backslash before every character but letters,
digits, "_", "-" and "$" (sudo(8)), so that the login shell they hand the command to would expand $m, but not $\\{m\\}.

Why it is safe to run what lies in the directory: `cd -P` pins it, so no path is walked again; the directory itself
must belong to the effective user with mode 0700 exactly, the file likewise and be regular (0x41c0 and 0x81c0 are
st_mode of those two); then only this user and root can change either between the check and the `exec`. A symbolic
link, a foreign owner, an open mode or a wrong hash is never run.
"""

from __future__ import annotations

from shlex import quote
from typing import Mapping, Sequence

MARKER = 'regvault-host:'

# `say WORD DETAIL`: ends the (sub)shell. An upload in progress is read to its end first: a connection whose peer
# stops reading would be reported as broken.
_SAY = f'm=$(uname -sm); m=${{m%% *}}-${{m##* }}; say() {{ echo "{MARKER} ${{1}} ${{m}} ${{2}}"; exit 0; }};'
_SAY_AFTER_INPUT = _SAY.replace('echo', 'cat >/dev/null; echo')

# The home of the executing user as the user database has it: sudo without -H, su and `environment:` leave another
# user's in HOME. The name goes through eval, hence the list of allowed characters.
_HOME = (
    'n=$(id -un 2>/dev/null);'
    ' case ${n} in ""|[!A-Za-z_]*|*[!A-Za-z0-9._-]*) p=${HOME};; *) eval "p=~${n}";; esac;'
    ' case ${p} in /*) ;; *) p=${HOME};; esac;'
)
_EXPAND = _HOME + ' case ${d} in "~/"*) d=${p}/${d#??};; esac;'

_CHECK_DIRECTORY = (
    'u=$(id -u);'
    ' [ "$(stat -c "%u %f" .)" = "${u} 41c0" ]'
    ' || say refused "${d} must belong to ${n:-${u}} with mode 0700 (its owner and mode: $(stat -c "%U %a" .))";'
)


def _single_line(*parts: str) -> str:
    """One subshell, so that `exec`, `exit` and a following `&& …` all mean what they look like."""
    return '( ' + ' '.join(part for part in parts if part) + ' )'


def _exports(environment: str) -> str:
    """`environment` is Ansible's own quoted "A=1 B=2"; it is for the program, not for the checks before it."""
    return f'export {environment};' if environment else ''


def run_cached(directory: str, hashes: Mapping[str, str], environment: str) -> str:
    """Checks and runs the binary out of the cache. `hashes`: "Linux-x86_64" → sha256, the file's name too."""
    choices = ' '.join(f'{machine}) h={sha256};;' for machine, sha256 in sorted(hashes.items()))
    return _single_line(
        _SAY,
        f'case ${{m}} in {choices} *) say machine;; esac;',
        'command -v sha256sum >/dev/null && command -v stat >/dev/null || say unusable "sha256sum or stat is missing";',
        f'd={quote(directory)};', _EXPAND,
        'cd -P -- "${d}" 2>/dev/null || say missing;',
        # Each program started here costs every warm task time. So both are looked at in one, and only if something is
        # not as it must be one by one, to say what.
        'u=$(id -u); set -- $(stat -c "%u %f" . "${h}" 2>/dev/null);',
        'if [ "${*}" != "${u} 41c0 ${u} 81c0" ]; then',
        _CHECK_DIRECTORY,
        '[ -e "${h}" ] || [ -L "${h}" ] || say missing; say damaged; fi;',
        '[ "$(sha256sum <"${h}")" = "${h}  -" ] || say damaged;',
        _exports(environment),
        'exec "./${h}";',
    )


def store_in_cache(directory: str, sha256: str) -> str:
    """Takes the binary from stdin into the cache: written beside, proven, renamed; the two newest are kept.

    The temporary name holds host and process: a home may be shared by many hosts that all do this at once. Those of
    this host whose process is gone are left over from a broken connection.
    """
    return _single_line(
        _SAY_AFTER_INPUT, 'umask 077;',
        f'h={sha256}; d={quote(directory)};', _EXPAND,
        '[ -d "${d}" ] || { mkdir -p -- "${d}" && chmod u=rwx,go=,g-s "${d}"; } 2>/dev/null',
        '|| say unusable "${d} cannot be made";',
        'cd -P -- "${d}" 2>/dev/null || say unusable "${d} cannot be entered";',
        _CHECK_DIRECTORY,
        'o=new.$(uname -n);',
        'for f in "${o}".*; do kill -0 "${f##*.}" 2>/dev/null || rm -f -- "${f}"; done;',
        't=${o}.$$;',
        'cat >"${t}" && chmod 700 "${t}" && [ "$(sha256sum <"${t}")" = "${h}  -" ]',
        '|| { rm -f -- "${t}"; say unusable "the binary did not arrive whole in ${d}"; };',
        'if [ -L "${h}" ] || [ -d "${h}" ]; then rm -rf -- "${h}"; fi;',
        'mv -f -- "${t}" "${h}" || say unusable "${d} cannot be written";',
        'k=1; for f in $(ls -t); do',
        'case ${f} in "${h}"|*[!0-9a-f]*) continue;; esac; [ ${#f} = 64 ] || continue;',
        'k=$((k+1)); [ "${k}" -le 2 ] || rm -f -- "${f}"; done;',
        'say stored "${d}";',
    )


# Sets t to a new private directory under the first of `parents` that lets programs run. "-tmp-" in its name is what
# Ansible's async_wrapper asks of a directory it is to remove.
def _make_private_directory(parents: Sequence[str]) -> str:
    candidates = ' '.join(quote(parent) for parent in parents)
    return ' '.join([
        'umask 077; t=;',
        f'for d in {candidates}; do', _HOME,
        # Only a directory in the own home is made: a shared one made here, 0700, would shut out the other users.
        'case ${d} in "~/"*) d=${p}/${d#??}; mkdir -p -- "${d}" 2>/dev/null;; esac;',
        't=$(mktemp -d "${d}/regvault-tmp-XXXXXXXX" 2>/dev/null) || continue;',
        ': >"${t}/program" && chmod 700 "${t}/program" && [ -x "${t}/program" ] && break;',
        'rm -rf -- "${t}"; t=; done;',
        '[ -n "${t}" ] || say unusable "programs cannot be written and run in any of these directories";',
    ])


def _enter(directory: str) -> str:
    return f'cd -P -- {quote(directory)} && [ -O . ] || say unusable {quote(directory)};'


def store_temporarily(parents: Sequence[str]) -> str:
    """Takes the binary from stdin into `program` in a new private directory."""
    return _single_line(
        _SAY_AFTER_INPUT, _make_private_directory(parents),
        'cat >"${t}/program" || { rm -rf -- "${t}"; say unusable "${t} cannot be written"; };',
        'say stored "${t}";',
    )


def run_temporary(directory: str, environment: str) -> str:
    """Runs the binary store_temporarily() left in `directory`, and removes both."""
    return _single_line(
        _SAY, _enter(directory),
        _exports(environment),
        f'./program; r=$?; cd /; rm -rf -- {quote(directory)};', 'exit ${r};',
    )


def make_argument_file(path: str) -> str:
    """An empty file for the arguments, before they are put into it: not every connection's put_file asks for 0600."""
    return _single_line(_SAY, 'umask 077;', f': >{quote(path)} && say stored;', 'exit 1;')


def run_with_argument_file(program: str, arguments: str, environment: str) -> str:
    """Runs `program` with its arguments in a file, which is gone when the program has read it, or could not run.

    In /: podman refuses to start where its user may not be, such as the home of the user who connected.
    """
    file = quote(arguments)
    return _single_line(
        _exports(environment), 'cd /;',
        f'{quote(program)} --remove-arguments {file}; r=$?; rm -f -- {file};', 'exit ${r};',
    )


# --- async: Ansible's async_wrapper.py starts the program and answers before it has ended. It removes the directory it
# finds the program in when that has ended; the program removes its argument file when it has read it.

def _give_up(directory: str) -> str:
    d = quote(directory)
    return f'{{ cd /; rm -rf -- {d}; say unusable {d}" cannot be written"; }};'


def store_wrapper(directory: str, interpreter: str) -> str:
    """Takes async_wrapper.py from stdin to beside a binary store_temporarily() left, if there is a Python to run it."""
    return _single_line(
        _SAY_AFTER_INPUT, _enter(directory), 'umask 077;',
        f'command -v {interpreter.split()[0]} >/dev/null || {{ cd /; rm -rf -- {quote(directory)}; say missing; }};',
        f'cat >async_wrapper && say stored {quote(directory)};', _give_up(directory),
    )


def start_job(directory: str, wrapper: str, environment: str) -> str:
    """Starts what store_temporarily() and store_wrapper() left, the arguments on stdin. `wrapper`: wrapper_command()"""
    return _single_line(
        _SAY_AFTER_INPUT, _enter(directory), 't=${PWD}; umask 077; cat >arguments ||', _give_up(directory),
        _start(wrapper, environment),
    )


def start_copied_job(parents: Sequence[str], directory: str, interpreter: str, wrapper: str, environment: str) -> str:
    """Starts what was put into `directory`: program, async_wrapper and arguments.

    A copy of them, in a directory of the user who runs it: async_wrapper could not remove one of the user who connects.
    """
    return _single_line(
        _SAY, f'command -v {interpreter.split()[0]} >/dev/null || say missing;',
        _make_private_directory(parents),
        f'for f in program async_wrapper arguments; do cat <{quote(directory)}/"${{f}}" >"${{t}}/${{f}}"',
        '|| { rm -rf -- "${t}"; say unusable "${t} cannot be written"; }; done;',
        'cd -P -- "${t}" && t=${PWD};', _start(wrapper, environment),
    )


def wrapper_command(interpreter: str, job: str, seconds: int) -> str:
    """async_wrapper splits "PROGRAM ARGUMENTS" at spaces, as a shell would."""
    command = f'{interpreter} "${{t}}/async_wrapper" {job} {seconds}'
    return command + ' "${t}/program" "--remove-arguments ${t}/arguments"'


def _start(wrapper: str, environment: str) -> str:
    return (
        'case ${t} in *[!A-Za-z0-9/._-]*) cd /; rm -rf -- "${t}"; say unusable "a job cannot run in ${t}";; esac;'
        f' cd /; {_exports(environment)} {wrapper} </dev/null; r=$?;'
        ' [ "${r}" = 0 ] || rm -rf -- "${t}"; exit ${r};'
    )

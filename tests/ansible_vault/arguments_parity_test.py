"""What the parser makes of a command line, compared with what the installed ansible-vault makes of it: the values, or
the exit code, the usage and the message.

The real parser is run inside this process, where its values can be seen; a few lines go through /usr/bin/ansible-vault,
to show that this is the same. An ansible-core older than 2.16 is given the two options that came then.

Usage: arguments_parity_test.py SHOW_ARGUMENTS [unittest arguments]
"""

import contextlib
import io
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
# argparse wraps for this width, and Ansible reads no configuration of this machine.
HOME = tempfile.TemporaryDirectory(prefix="regvault-")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": HOME.name, "COLUMNS": "80", "LC_ALL": "C.UTF-8",
               "ANSIBLE_LOCAL_TEMP": HOME.name}
os.environ.clear()
os.environ.update(ENVIRONMENT)
os.chdir(HOME.name)

from ansible.cli.vault import VaultCLI  # noqa: E402 (the environment first)

# As in a shell, without the program's name.
LINES = """
view
view a b
view -
view ''
view -- -v --help
view a -- -b
view -- a -- b
view - -- - --
view --
edit a
decrypt --output - a
decrypt --output=out a
decrypt --out out a
decrypt --o=a=b a
decrypt --output a --output b
encrypt --encrypt-vault-id dev --vault-id dev@x --vault-id y a
encrypt --enc dev a
encrypt --output '' a
encrypt --vault-id= a
encrypt --vault-i x --vault-i=y a
encrypt --vault-id 'a b' '--x y' '-x y'
encrypt --vault-id -5 -5 -.5 -1.5
encrypt -5.
encrypt --vault-id - a
encrypt -v -v --verbose --verb -vvv a
-vvv encrypt a
-v --verb encrypt -v a
encrypt --ask-vault-pass a
encrypt --ask-vault-password --ask-vault-pass a
encrypt --ask-vault-passw a
encrypt -J
encrypt -Jv
encrypt -vJ
encrypt --vault-password-file x --vault-pass-file y --vault-passw z --vault-pass-f=w a
encrypt --vault-password-file=- a
create --skip-tty-check a
create a --skip
create --encrypt-vault-id x a
create a b
edit --encrypt-vault-id x a
rekey --new-vault-id a@b c
rekey --new-vault-password-file b c
rekey --new-vault-p=b --encrypt-vault-id d c
rekey --new-vault-id a --new-vault-id b c
encrypt_string
encrypt_string a b
encrypt_string -p
encrypt_string -pn x
encrypt_string -pnx
encrypt_string -pn=x
encrypt_string -nx a
encrypt_string -n=x a
encrypt_string -nx=y a
encrypt_string -n '' a
encrypt_string -n x -n y --name z --na=w a b
encrypt_string --stdin-name x
encrypt_string --std x
encrypt_string --show-input --prompt
encrypt_string --sh --pr
encrypt_string '-n x' a
encrypt_string --name=-v
encrypt_string --name -
encrypt_string --name -x\\ y
encrypt_string größe

-h
--help
--he
-vh
-h nonsense
--foo -h
view -h
view --help
view --he
view -vh --foo
view a -h --vault-id
--foo view -h
view --vault-id -h
view -hv
create -h
decrypt -h
edit -h
encrypt -h
encrypt_string -h
rekey -h
view --ask-vault-pass -h --vault-pass-file x

''
-v
--
-v --
--foo
-- view a
-- -h
view --version
vie
nonsense -h
"it's"
'say "it"'
--vault-id pw view a
--vault-id=pw view a
--vault-id=pw view --foo a -x=1
-x view
-xv view
-vx view
-hx
--version=3
--verbose=3 view
--v view
--ver
--vers=x view
view --ver
view --v=x
view -h --ver
view --vers
view -- --ver
view --=x
view -=x
view ---
view --vault
view --vault-pass x
view --ask
view --ask-vault-p
view --vault-id
view --vault-id -v
view --vault-id -- a
view --vault-id -J a
view --vault-password-file
view --ask-vault-pass=yes
view -vx
view -vvx
view -v=
view -v=3
view --verbose=
view --verb=x
view -hunter2
view -hvx
view -Jx
view --foo
view --foo=bar
view --foo a
view --output x
view -n x
view -p
view --new-vault-id x
view --skip-tty-check
rekey --new-vault
rekey --new-vault-id a --new-vault-password-file b
rekey --new-vault-password-file b --new-vault-id a
rekey --new-vault-id a --new-vault-id b --new-vault-password-file c
view --ask-vault-pass --vault-pass-file x
view --vault-password-file x --ask-vault-password
view --vault-password-file x -J -h
view -Jv --vault-password-file=x
encrypt_string --s
encrypt_string -hpn
encrypt_string -pnn
encrypt_string -pxn
encrypt_string --name
encrypt_string -n -p
encrypt --prompt
"""

# Operands behind an option behind an operand are unrecognized arguments to argparse, which repeats them. Ours takes
# operands wherever they stand, and repeats none.
TAKEN_BY_OURS = {
    "encrypt a --output b c": {"output_file": "b", "args": ["a", "c"]},
    "encrypt_string a -n x b -n y c": {"encrypt_string_names": ["x", "y"], "args": ["a", "b", "c"]},
    "view a -v -- -b": {"verbosity": 1, "args": ["a", "-b"]},
}
NOT_REPEATED_BY_OURS = {"view a --foo b": "--foo b", "encrypt_string --foo a -x b": "--foo -x b"}

LISTS = {"args", "vault_ids", "vault_password_files", "encrypt_string_names"}
PATHS = {"vault_password_files", "output_file", "new_vault_password_file"}


def lines():
    return [line for line in LINES.splitlines() if line]



def brought_up_to_date(parser):
    """With the options that ansible-core 2.16 brought, in their places; the installed one may have them."""
    (actions,) = parser._subparsers._group_actions
    for name, action_parser in actions.choices.items():
        known = action_parser._option_string_actions
        if "-J" not in known:
            ask = known["-J"] = known["--ask-vault-password"]  # one object, in all parsers
            ask.option_strings = ["-J", "--ask-vault-password", "--ask-vault-pass"]
        if name == "create" and "--skip-tty-check" not in known:
            action_parser.add_argument("--skip-tty-check", dest="skip_tty_check", action="store_true")


class RealCLI(VaultCLI):
    def init_parser(self):
        super().init_parser()
        brought_up_to_date(self.parser)

    def post_process_args(self, options):  # what comes behind argparse
        self.values = vars(options)
        return options


def real(words):
    """(exit code, standard output, standard error, values)"""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    cli = RealCLI(["ansible-vault", *words])
    # its help names the program that was started
    with unittest.mock.patch("sys.argv", ["ansible-vault"]), contextlib.redirect_stdout(out), \
            contextlib.redirect_stderr(err):
        try:
            cli.parse()
        except SystemExit as exit:
            code = exit.code
    return code, out.getvalue(), err.getvalue(), getattr(cli, "values", None)


def ours(words):
    result = subprocess.run([PROGRAM, *words], capture_output=True, env=ENVIRONMENT, timeout=20)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def shown(values):
    """The real values as ours are shown: the defaults left out."""
    return {name: value for name, value in values.items() if value and name not in ("func", "version")}


def values_of(output):
    values = {}
    for line in output.splitlines():
        name, _, value = line.partition("\t")
        if name in LISTS:
            values.setdefault(name, []).append(value)
        else:
            values[name] = {"True": True}.get(value, int(value) if name == "verbosity" else value)
    return values


def with_paths(values):
    """The real ones made their paths absolute while they parsed."""
    def path(value):
        return value if value == "-" else os.path.normpath(os.path.join(HOME.name, value))

    values = dict(values)
    for name in PATHS & values.keys():
        value = values[name]
        values[name] = [path(v) for v in value] if isinstance(value, list) else path(value)
    return {name: value for name, value in values.items() if value != ""}


def without_words(text):
    """A help's layout: usage, headings, the names of the actions and options; not the explanations."""
    usage, _, rest = text.partition("\n\n")
    heads = re.findall(r"^(?:\S.*:$|  -.*?(?=  |$)|    \w+|  \{.*)", rest, re.MULTILINE)
    end = re.findall(r"^See '.*\n.*", rest, re.MULTILINE)
    return [usage, *heads, *end]


class Parity(unittest.TestCase):
    maxDiff = None

    def assert_same_texts(self, our_text, real_text):
        """Usage, message and the line with one blank are the same, and the help's layout."""
        our_head, our_blank, our_help = our_text.rpartition("\n \n")
        real_head, real_blank, real_help = real_text.rpartition("\n \n")
        self.assertEqual(our_head + our_blank, real_head + real_blank)
        self.assertEqual(without_words(our_help), without_words(real_help))

    def test_every_line(self):
        for line in lines():
            with self.subTest(line):
                words = shlex.split(line)
                code, out, err, values = real(words)
                our_code, our_out, our_err = ours(words)
                self.assertEqual((our_code, bool(our_out), bool(our_err)), (code, bool(out or values), bool(err)))
                if values:
                    self.assertEqual(with_paths(values_of(our_out)), with_paths(shown(values)))
                self.assert_same_texts(our_err, err)
                if not values:
                    self.assertEqual(without_words(our_out), without_words(out))

    def test_there_are_enough_of_each_kind(self):
        results = [real(shlex.split(line)) for line in lines()]
        self.assertGreater(sum(r[3] is not None for r in results), 60)
        self.assertGreater(sum(r[0] == 2 for r in results), 60)
        self.assertGreater(sum(r[0] == 0 and r[3] is None for r in results), 15)

    def test_version_begins_with_the_line_that_programs_read(self):
        for line in ("--version", "-v --vers nonsense", "--version view -h"):
            for code, out, err in (real(shlex.split(line))[:3], ours(shlex.split(line))):
                self.assertEqual((code, err), (0, ""))
                self.assertRegex(out, r"\Aansible-vault \[core \d+\.\d+\.\d+\]\n")

    def test_operands_that_only_ours_takes(self):
        for line, values in TAKEN_BY_OURS.items():
            with self.subTest(line):
                words = shlex.split(line)
                self.assertEqual(real(words)[0], 2)
                code, out, err = ours(words)
                self.assertEqual((code, err), (0, ""))
                self.assertEqual(values_of(out), {"action": words[0], **values})

    def test_operands_are_not_repeated(self):
        for line, unrecognized in NOT_REPEATED_BY_OURS.items():
            with self.subTest(line):
                words = shlex.split(line)
                self.assertIn(f"error: unrecognized arguments: {unrecognized}\n", real(words)[2])
                options = " ".join(w for w in unrecognized.split() if w.startswith("-"))
                code, out, err = ours(words)
                self.assertEqual((code, out), (2, ""))
                self.assertIn(f"\nansible-vault: error: unrecognized arguments: {options}\n \nusage: ", err)

    def test_the_real_program_says_the_same(self):
        """Of lines whose usage and names are the same in all versions: the main parser's."""
        for line in ("", "--", "vie", "\"it's\"", "-- view", "--vault-id pw view a", "--vault-id=pw view --foo",
                     "view --ver", "-hx", "--foo view --bar a", "-h", "-v --help x"):
            with self.subTest(line):
                words = shlex.split(line)
                result = subprocess.run(["/usr/bin/ansible-vault", *words], capture_output=True, env=ENVIRONMENT,
                                        stdin=subprocess.DEVNULL, start_new_session=True, timeout=60)
                code, out, err = ours(words)
                self.assertEqual(code, result.returncode)
                self.assert_same_texts(err, result.stderr.decode())
                self.assertEqual(without_words(out), without_words(result.stdout.decode()))


if __name__ == "__main__":
    unittest.main()

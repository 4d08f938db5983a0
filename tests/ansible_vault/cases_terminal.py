"""Prompts, to the letter: they are what expect scripts, AWX and pexpect wait for."""

from case import case
from vaults import FIRST, make

OLD = "Vault password: "
NEW = "New Vault password: "
AGAIN = "Confirm New Vault password: "
NAME = "Variable name (enter for no name): "
HIDDEN = "String to encrypt (hidden): "
BOTH = ((NEW, "typed words\n"), (AGAIN, "typed words\n"))
STRING = "encrypt_string --vault-id pw"
READING = "Reading plaintext input from stdin. (ctrl-d to end input, twice if your content does not already have"


def talk(command, note, *lines, terminal="01", **options):
    return case(command, note, terminal=terminal, talk=lines, **options)


def string(arguments, note, *lines, terminal="012", **options):
    return talk(f"{STRING} {arguments}", note, *lines, terminal=terminal, **options)


CASES = [
    # asking for a password
    talk("decrypt vault", "asked", (OLD, "first words\n"), says="Decryption successful"),
    talk("decrypt --ask-vault-pass vault", "asked", (OLD, "first words\n")),
    talk("decrypt --ask-vault-password vault", "asked", (OLD, "first words\n")),
    talk("decrypt -J vault", "asked", (OLD, "first words\n")),
    talk("decrypt vault", "asked, white space is dropped", (OLD, "  first words \t\n")),
    talk("decrypt --vault-id dev@prompt dev", "asked", ("Vault password (dev): ", "dev words\n")),
    talk("decrypt --vault-id prompt vault", "asked", ("Vault password (default): ", "first words\n")),
    talk("decrypt --vault-id dev@prompt_ask_vault_pass dev", "asked", (OLD, "dev words\n")),
    talk("decrypt --vault-id a@prompt --vault-id b@prompt dev", "asked for both",
         ("Vault password (a): ", "first words\n"), ("Vault password (b): ", "dev words\n")),
    talk("decrypt --vault-id pw-other --ask-vault-pass vault", "asked as well", (OLD, "first words\n")),
    talk("decrypt vault", "a wrong password", (OLD, "wrong\n"),
         says="Decryption failed (no vault secrets were found that could decrypt)"),
    talk("decrypt vault", "an empty password", (OLD, "\n"), says="Invalid vault password was provided"),
    talk("decrypt vault", "a blank password", (OLD, "  \n")),
    talk("decrypt vault", "Ctrl-D", (OLD, "\x04"), says="EOFError (ctrl-d) on prompt"),
    talk("decrypt vault", "Ctrl-C", (OLD, "fir\x03"), says="User interrupted execution"),
    talk("decrypt --vault-id dev@prompt --vault-id pw vault", "a failing prompt ends it", ("(dev): ", "\n"),
         says="Invalid vault password was provided"),
    talk("view --ask-vault-pass vault", "everything else a pipe", (OLD, "first words\n"), terminal=""),
    talk("encrypt --ask-vault-pass", "the plaintext by a pipe", *BOTH, terminal="", stdin=b"hello\n"),
    talk("view vault", "asked, then paged", (OLD, "first words\n"), env={"PAGER": "cat"}),
    talk("view --vault-id pw vault", "all on the terminal", terminal="012", env={"PAGER": "cat"}),
    talk("view vault", "ask_vault_pass of the configuration", (OLD, "first words\n"), env={"PAGER": "cat"},
         files={"ansible.cfg": b"[defaults]\nask_vault_pass = true\nvault_password_file = pw-other\n"}),
    talk("edit vault", "asked", (OLD, "first words\n"), env={"EDITOR": "sed -i s/1/2/"}),

    # a new password
    talk("encrypt plain", "asked twice", *BOTH, says="Encryption successful"),
    talk("encrypt --vault-id prod@prompt plain", "asked twice", ("New vault password (prod): ", "typed words\n"),
         ("Confirm new vault password (prod): ", "typed words\n")),
    talk("encrypt --vault-id prompt plain", "asked twice", ("New vault password (default): ", "typed words\n"),
         ("Confirm new vault password (default): ", "typed words\n")),
    talk("encrypt plain", "two different ones", (NEW, "typed words\n"), (AGAIN, "other words\n"),
         says="Passwords do not match"),
    talk("encrypt plain", "an empty one", (NEW, "\n"), says="Invalid vault password was provided"),
    talk("encrypt plain", "a blank one", (NEW, "  \n"), (AGAIN, "  \n")),
    talk("encrypt plain", "the second one empty", (NEW, "typed words\n"), (AGAIN, "\n")),
    talk("encrypt plain", "Ctrl-C at the second", (NEW, "typed words\n"), (AGAIN, "\x03"),
         says="User interrupted execution"),
    talk("encrypt plain", "Ctrl-D at the second", (NEW, "typed words\n"), (AGAIN, "\x04")),
    talk("create new", "asked twice", *BOTH, env={"EDITOR": "sh -c 'echo new >>\"$0\"'"}),
    talk("rekey vault", "old, new, new", (OLD, "first words\n"), *BOTH, says="Rekey successful"),
    talk("rekey --vault-id pw vault", "new, new", *BOTH, says="Rekey successful"),
    talk("rekey --vault-id pw --new-vault-id prod@prompt vault", "new, new",
         ("New vault password (prod): ", "typed words\n"), ("Confirm new vault password (prod): ", "typed words\n")),
    talk("rekey --vault-id pw vault", "two different ones", (NEW, "typed words\n"), (AGAIN, "other words\n"),
         says="Passwords do not match"),
    talk("rekey --ask-vault-pass --new-vault-password-file pw-new vault", "a new one is asked for all the same",
         (OLD, "first words\n"), *BOTH),
    talk("rekey --vault-id dev@pw-dev --vault-id prod@pw-new --encrypt-vault-id prod dev", "a new one is asked for",
         *BOTH),

    # plaintext and ciphertext typed
    talk("encrypt --vault-id pw", "typed", ("Reading plaintext input from stdin", "hello\n\x04"),
         says="Encryption successful"),
    talk("encrypt --vault-id pw -", "typed, no notice for -", ("", "hello\n\x04")),
    talk("encrypt --vault-id pw", "typed, standard output a pipe", ("Reading plaintext", "hello\n\x04"), terminal="0"),
    talk("decrypt --vault-id pw", "typed", ("Reading ciphertext input from stdin", "hello\n\x04"),
         says="not vault encrypted data"),
    talk("decrypt --vault-id pw --output - vault", "to a terminal", says="Decryption successful"),
    talk("decrypt --vault-id pw --output - vault2", "no newline, to a terminal", says="Decryption successful"),
    talk("decrypt --vault-id pw", "by a pipe, to a terminal", terminal="1", stdin=make(b"x\n", FIRST)),
    talk("encrypt --vault-id pw plain", "standard output a pipe", terminal="02"),

    # encrypt_string; Python's input() asks by standard error, unless that is a terminal, too
    string("-p word", "asked as well", (NAME, "foo\n"), (HIDDEN, "prompted\n")),
    string("-p word", "no name", (NAME, "\n"), (HIDDEN, "prompted\n")),
    string("-p word", "nothing typed", (NAME, "foo\n"), (HIDDEN, "\n"),
           says="The plaintext provided from the prompt was empty, not encrypting"),
    string("-p --show-input word", "shown", (NAME, "foo\n"), ("String to encrypt:", "prompted\n")),
    string("-p word", "Ctrl-C", (NAME, "foo\n"), (HIDDEN, "\x03"), says="User interrupted execution"),
    string("-p word", "spaces are kept", (NAME, " foo \n"), (HIDDEN, " a b \n")),
    string("-p", "alone", (NAME, "foo\n"), (HIDDEN, "prompted\n")),
    string("--prompt --name bar word", "and a name for the other", (NAME, "foo\n"), (HIDDEN, "prompted\n")),
    string("-p word", "standard output a pipe", (NAME, "foo\n"), (HIDDEN, "prompted\n"), terminal="0"),
    talk(f"{STRING}", "typed", (READING, "hello\n\x04"), says="Encryption successful"),
    talk(f"{STRING}", "typed, no newline", (READING, "hello\x04\x04")),
    talk(f"{STRING} --stdin-name foo", "typed", (READING, "hello\n\x04")),
    talk(f"{STRING}", "nothing typed", (READING, "\x04"), says="stdin was empty, not encrypting"),
    talk(f"{STRING} word", "to a terminal", says="Encryption successful"),
    talk("encrypt_string word", "asked twice", *BOTH),
]

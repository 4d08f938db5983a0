"""Where passwords come from: files, scripts, client scripts, vaulted files, labels and the order of them all."""

from case import case
from vaults import DEV, FIRST, OTHER, make

WRONG = "Decryption failed (no vault secrets were found that could decrypt)"
MANY = "are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id"


def script(text, mode=0o755):
    return {"it": (mode, b"#!/bin/sh\n" + text)}


CASES = [
    # labels and sources
    case("encrypt --vault-id dev@pw-dev plain"),
    case("encrypt --vault-id default@pw plain"),
    case("encrypt --vault-id @pw plain", "an empty label"),
    case("encrypt --vault-id 'two words@pw' plain"),
    case("encrypt --vault-id dév@pw plain"),
    case("encrypt --vault-id a@b@pw plain", "the first @ parts", files={"b@pw": b"first words"}),
    case("view --vault-id dev@pw-dev dev"),
    case("view --vault-id prod@pw-dev dev", "a label that does not match is tried"),
    case("view --vault-id pw-dev dev", "no label is tried"),
    case("view --vault-id dev@pw vault", "a labelled password is tried"),
    case("view --vault-id dev@pw dev", "the label right, the password wrong", says=WRONG),
    case("view --vault-id dev@pw --vault-id prod@pw-dev dev", "the labels the wrong way round"),
    case("view --vault-id pw --vault-id pw-other --vault-id dev@pw-dev vault vault-other dev"),
    case("decrypt --vault-id prod@pw-other --vault-id dev@pw-dev dev"),

    # which one encrypts
    case("encrypt --vault-id a@pw --vault-id b@pw-other plain", says=f"The vault-ids a,b {MANY}"),
    case("encrypt --vault-id pw --vault-id pw-other plain", says=f"The vault-ids default,default {MANY}"),
    case("encrypt --vault-password-file pw plain", "and one of the environment",
         env={"ANSIBLE_VAULT_PASSWORD_FILE": "pw-other"}, says=f"The vault-ids default,default {MANY}"),
    case("encrypt --vault-password-file pw plain", "and the same of the environment",
         env={"ANSIBLE_VAULT_PASSWORD_FILE": "pw"}, says=f"The vault-ids default,default {MANY}"),
    case("encrypt --encrypt-vault-id b --vault-id a@pw --vault-id b@pw-other plain"),
    case("encrypt --encrypt-vault-id zz --vault-id a@pw plain",
         says="Did not find a match for --encrypt-vault-id=zz in the known vault-ids"),
    case("encrypt --encrypt-vault-id zz --vault-id a@pw --vault-id b@pw-other plain",
         says="Did not find a match for --encrypt-vault-id=zz"),
    case("encrypt --encrypt-vault-id a --vault-id a@pw --vault-id a@pw-other plain", "the first of that label"),
    case("encrypt --encrypt-vault-id default --vault-id a@pw --vault-id pw-other plain"),
    case("encrypt --encrypt-vault-id '' --vault-id a@pw plain", "an empty one is none"),
    case("encrypt_string --encrypt-vault-id b --vault-id a@pw --vault-id b@pw-other word"),
    case("encrypt_string --vault-id a@pw --vault-id b@pw-other word", says=f"The vault-ids a,b {MANY}"),

    # password files
    case("view --vault-id ./pw vault"),
    case("view --vault-password-file '~/pw' vault", files={"../home/pw": b"first words"}),
    case("view --vault-id '~/pw' vault", files={"../home/pw": b"first words"}),
    case("view --vault-id '$HOME/pw' vault", files={"../home/pw": b"first words"}),
    case("view --vault-id dev@~/pw dev", files={"../home/pw": b"dev words"}),
    case("view --vault-id it vault", "white space around it", files={"it": b"\n\t first words \r\n\n"}),
    case("encrypt --vault-id it plain", "white space within it", files={"it": b"first\nwords\n"}),
    case("view --vault-id it vault", "a byte order mark", files={"it": b"\xef\xbb\xbffirst words\n"}, says=WRONG),
    case("view --vault-id it --vault-id pw vault", "bytes that are not UTF-8", files={"it": b"caf\xe9\n"}),
    case("view --vault-id nowhere vault", says="<ROOT>/work/nowhere"),
    case("view --vault-password-file nowhere vault", says="was not found"),
    case("view --vault-password-file - vault", "not standard input", stdin=b"first words\n", says="was not found"),
    case("view --vault-password-file /dev/stdin vault", stdin=b"first words\n"),
    case("view --vault-id /dev/fd/0 vault", stdin=b"first words\n"),
    case("view --vault-id folder vault"),
    case("view --vault-id folder --vault-id pw vault"),
    case("view --vault-id pw-empty vault", says="<ROOT>/work/pw-empty"),
    case("view --vault-id nowhere --vault-id pw vault", "the next one is tried", says="was not found"),
    case("view --vault-id pw-empty --vault-id pw vault", "the next one is tried", says="<ROOT>/work/pw-empty"),
    case("encrypt --vault-id dev@nowhere --vault-id pw plain", "one is left", says="was not found"),
    case("view --vault-id link-to-pw vault", files={"link-to-pw": "-> pw"}),
    case("view --vault-id it vault", "unreadable", files={"it": (0, b"first words")}, nobody=True),

    # encrypted password files
    case("view --vault-id pw --vault-id it vault-other", "a vaulted password file",
         files={"it": make(b"other words\n", FIRST)}),
    case("view --vault-id it --vault-id pw vault-other", "a vaulted password file before its password",
         files={"it": make(b"other words\n", FIRST)}),
    case("view --vault-id it vault", "a vaulted password file without its password",
         files={"it": make(b"first words\n", OTHER)}),
    case("view --vault-id dev@pw-dev --vault-id it vault", "a vaulted password file with a label",
         files={"it": make(b"first words\r\n", DEV, "dev")}),

    # scripts
    case("view --vault-id script vault"),
    case("view --vault-password-file ./script vault"),
    case("encrypt --vault-id dev@script plain"),
    case("encrypt --vault-id it plain", "a script keeps its spaces", files=script(b"printf ' first words '\n")),
    case("encrypt --vault-id it --vault-id pw plain", "no interpreter", files={"it": (0o755, b"first words\n")},
         says="<ROOT>/work/it"),
    case("view --vault-id it vault", "no interpreter", files={"it": (0o755, b"first words\n")},
         says="<ROOT>/work/it"),
    case("view --vault-id it vault", "newlines around it", files=script(b"printf '\\n\\r\\nfirst words\\r\\n\\n'\n")),
    case("view --vault-id it vault", "returns 3", files=script(b"echo first words; exit 3\n"),
         says="<ROOT>/work/it"),
    case("view --vault-id it vault", "prints nothing", files=script(b"true\n"), says="<ROOT>/work/it"),
    case("view --vault-id it vault", "its standard error is ours", files=script(b"echo noise >&2; echo first words\n"),
         says="noise"),
    case("view --vault-id it vault", "its folder, its arguments, its standard input",
         files=script(b'echo "$# $0"; pwd; cat; echo "$HOME"; exit 0\n'), stdin=b"input\n", says=WRONG),
    case("view --vault-id it vault", "executable for others only", files=script(b"echo first words\n", 0o745)),
    case("view --vault-id tool vault", "run by the name of its link",
         files={"it": (0o755, b'#!/bin/sh\necho "${0##*/} words"\n'), "tool": "-> it", "first": "-> it"}, says=WRONG),
    case("view --vault-id first vault", "run by the name of its link",
         files={"it": (0o755, b'#!/bin/sh\necho "${0##*/} words"\n'), "first": "-> it"}),
    case("view --vault-password-file first vault", "run by the name of its link",
         files={"it": (0o755, b'#!/bin/sh\necho "${0##*/} words"\n'), "first": "-> it"}),

    # client scripts
    case("view --vault-id dev@any-client dev"),
    case("encrypt --vault-id dev@any-client plain"),
    case("view --vault-password-file any-client vault", "asked for default"),
    case("view --vault-id any-client vault", "without a label it gets no arguments"),
    case("view --vault-id dev@it-client.py dev", "with a suffix", files={"it-client.py": "-> any-client"}),
    case("view --vault-id dev@it-client.tar.gz dev", "with two suffixes", files={"it-client.tar.gz": "-> any-client"}),
    case("view --vault-id dev@it-CLIENT dev", "in upper case", files={"it-CLIENT": "-> any-client"}),
    case("view --vault-id zz@any-client vault", says=("did not find a secret", "no such id")),
    case("view --vault-id broken@any-client vault", says="the keyring is locked"),
    case("view --vault-id zz@any-client --vault-id dev@any-client dev", "the next one is tried"),
    case("view --vault-id pw-client vault", "a plain file of such a name", files={"pw-client": b"first words\n"}),
]

"""rekey: which password it ends with, what header, and what stays as it was."""

from case import case
from vaults import FIRST, make

TO_NEW = "--new-vault-id pw-new"
DONE = "Rekey successful"
TWO = "rekey --vault-id dev@pw-dev --vault-id prod@pw-new --encrypt-vault-id prod"


def same_password(command, note, **options):
    return case(command, note, env={"ANSIBLE_VAULT_PASSWORD_FILE": "pw"}, **options)


CASES = [
    case(f"rekey --vault-id pw {TO_NEW} vault", says=DONE),
    case("rekey --vault-password-file pw --new-vault-password-file pw-new vault", says=DONE),
    case("rekey --vault-id pw --new-vault-id=prod@pw-new vault", says=DONE),
    case("rekey --vault-id pw --new-vault-id default@pw-new vault"),
    case("rekey --vault-id dev@pw-dev --new-vault-id dev@pw-new dev"),
    case(f"rekey --vault-id dev@pw-dev {TO_NEW} dev", "the label is lost"),
    case("rekey --vault-id dev@pw-dev --new-vault-password-file pw-new dev", "the label is lost"),
    case(f"rekey --vault-id pw --vault-id dev@pw-dev {TO_NEW} vault dev"),
    case(f"rekey --vault-id pw {TO_NEW} vault vault-other vault2", "the middle one fails",
         says="Decryption failed (no vault secrets were found that could decrypt)"),
    case(f"rekey --vault-id pw {TO_NEW} link", "a symbolic link is kept"),
    case(f"rekey --vault-id pw {TO_NEW} it", "the mode is kept", files={"it": (0o640, make(b"x\n", FIRST))}),
    case(f"rekey --vault-id pw {TO_NEW} it", "read only", files={"it": (0o444, make(b"x\n", FIRST))}),
    case(f"rekey --vault-id pw {TO_NEW} it", "by its owner", files={"it": (0o664, make(b"x\n", FIRST))}, nobody=True),
    case(f"rekey --vault-id pw {TO_NEW} -", "standard input", stdin=make(b"x\n", FIRST)),
    case("rekey --vault-id pw --new-vault-password-file script vault", "the new one of a script"),
    case("rekey --vault-id pw --new-vault-id new@any-client vault", "the new one of a client"),
    case("rekey --vault-id pw --new-vault-password-file any-client vault", "a client is asked for default"),
    case("rekey --vault-id pw --new-vault-id nowhere vault", says="was not found"),
    case("rekey --vault-id pw --new-vault-password-file nowhere vault", says="was not found"),
    case("rekey --vault-id pw --new-vault-password-file - vault", stdin=b"new words\n"),
    case("rekey --vault-id pw --new-vault-password-file '~/new' vault", files={"../home/new": b"new words\n"}),
    case("rekey --vault-id pw --new-vault-id '~/new' vault", files={"../home/new": b"new words\n"}),
    case("rekey --vault-id pw --new-vault-id pw-empty vault"),
    case("rekey --vault-id pw --new-vault-id 'a;b@pw-new' vault", "a ; in the new label"),

    # what comes from elsewhere
    same_password("rekey vault", "no new password: the old one again", says=DONE),
    same_password("rekey --new-vault-password-file pw-new vault", "the new one before the environment's"),
    same_password(f"rekey {TO_NEW} vault", "the new one before the environment's"),
    same_password("rekey --new-vault-id nowhere vault", "the new one is missing: the environment's again"),
    same_password("rekey --new-vault-id prod@pw-new --encrypt-vault-id default vault", "the environment's by name"),
    same_password("rekey --new-vault-id prod@pw-new --encrypt-vault-id prod vault", "the new one by name"),
    case("rekey vault", "the configuration's", files={"ansible.cfg": b"[defaults]\nvault_password_file = pw\n"}),
    case("rekey --vault-id pw --new-vault-id prod@pw-new --encrypt-vault-id zz vault",
         says="Did not find a match for --encrypt-vault-id=zz"),
    case("rekey --encrypt-vault-id dev vault", "an identity list and a name",
         env={"ANSIBLE_VAULT_IDENTITY_LIST": "pw,dev@pw-dev"}, says=DONE),
    case(f"rekey {TO_NEW} vault", "an identity list", env={"ANSIBLE_VAULT_IDENTITY_LIST": "pw,dev@pw-dev"}),
    case("rekey --new-vault-id dev@pw-new vault", "an identity list and an encrypt identity",
         env={"ANSIBLE_VAULT_IDENTITY_LIST": "pw,dev@pw-dev", "ANSIBLE_VAULT_ENCRYPT_IDENTITY": "dev"}),
    case(f"{TWO} dev", "the named one is not taken: a new one is asked for", stdin=b"new words\n" * 2,
         says="Did not find a match for --encrypt-vault-id=prod"),
    case("rekey --vault-id pw vault", "no terminal: standard input is asked", stdin=b"new words\n" * 2, says=DONE),
    case("rekey --vault-id pw vault", "no terminal, two different ones", stdin=b"new words\nother words\n",
         says="Passwords do not match"),
    case(f"rekey {TO_NEW} vault", "no old password: it is asked for", stdin=b"first words\n"),
]

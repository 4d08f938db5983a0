"""ansible.cfg and the environment: which file is read, how, and what its settings do."""

from case import case
from vaults import FIRST, make

DEFAULTS = b"[defaults]\n"
PASSWORD = DEFAULTS + b"vault_password_file = pw\n"
IDENTITIES = DEFAULTS + b"vault_identity_list = pw, dev@pw-dev , 'other@pw-other'\n"
IN_HOME = "../home/.ansible.cfg"
WORLD = "ansible.cfg"
WRONG = "Decryption failed (no vault secrets were found that could decrypt)"


def view(note, cfg, **options):
    return case("view vault", note, files={"ansible.cfg": cfg}, **options)


def matching(value, command="view --vault-id prod@pw-dev dev", **options):
    return case(command, f"ANSIBLE_VAULT_ID_MATCH={value}", env={"ANSIBLE_VAULT_ID_MATCH": value}, **options)


CASES = [
    # which file
    view("./ansible.cfg", PASSWORD),
    case("view vault", "~/.ansible.cfg", files={IN_HOME: PASSWORD, "../home/pw": b"first words"}),
    case("view vault", "only one file is read", files={"ansible.cfg": DEFAULTS, IN_HOME: PASSWORD}, says=WRONG,
         stdin=b"wrong\n"),
    case("view vault", "$ANSIBLE_CONFIG", files={"my.cfg": PASSWORD}, env={"ANSIBLE_CONFIG": "my.cfg"}),
    case("view vault", "$ANSIBLE_CONFIG before ./ansible.cfg", env={"ANSIBLE_CONFIG": "my.cfg"},
         files={"my.cfg": PASSWORD, "ansible.cfg": DEFAULTS + b"vault_password_file = nowhere\n"}),
    case("view vault", "$ANSIBLE_CONFIG is a folder", env={"ANSIBLE_CONFIG": "folder"},
         files={"folder/ansible.cfg": DEFAULTS + b"vault_password_file = ../pw\n"}),
    case("view vault", "$ANSIBLE_CONFIG is missing: the next", files={"ansible.cfg": PASSWORD},
         env={"ANSIBLE_CONFIG": "nowhere.cfg"}),
    case("view vault", "$ANSIBLE_CONFIG in the home folder", env={"ANSIBLE_CONFIG": "~/my.cfg"},
         files={"../home/my.cfg": PASSWORD, "../home/pw": b"first words"}),
    case("view vault", "$ANSIBLE_CONFIG of another type", files={"my.yaml": PASSWORD},
         env={"ANSIBLE_CONFIG": "my.yaml"}),
    case("view vault", "$ANSIBLE_CONFIG is an .ini", files={"my.ini": PASSWORD}, env={"ANSIBLE_CONFIG": "my.ini"}),
    case("view vault", "a world writable folder", files={"ansible.cfg": PASSWORD}, cwd_mode=0o777, says=(WORLD, WRONG),
         stdin=b"wrong\n"),
    case("view --vault-id pw vault", "a sticky world writable folder", files={"ansible.cfg": b"[broken"},
         cwd_mode=0o1777, says=WORLD),
    case("view --vault-id pw vault", "a world writable folder without ansible.cfg", cwd_mode=0o777),
    case("view vault", "a group writable folder", files={"ansible.cfg": PASSWORD}, cwd_mode=0o775),
    case("view vault", "a world writable folder, but named", files={"ansible.cfg": PASSWORD}, cwd_mode=0o777,
         env={"ANSIBLE_CONFIG": "ansible.cfg"}),

    # how it is read
    view("upper case and a colon", b"[defaults]\nVAULT_Password_File: pw\n"),
    view("an inline comment by ;", b"[defaults]\nvault_password_file = pw ; here\n"),
    view("no inline comment by #", b"[defaults]\nvault_password_file = pw # here\n", says="was not found"),
    view("quoted", b"[defaults]\nvault_password_file = 'pw'\n"),
    view("double quotes", b"[defaults]\nvault_password_file = \"pw\"\n"),
    view("in another section", b"[vault]\nvault_password_file = pw\n", stdin=b"first words\n"),
    view("a comment line", b"# a comment\n; another\n[defaults]\n\nvault_password_file=pw\n"),
    view("CRLF", PASSWORD.replace(b"\n", b"\r\n")),
    view("a percent sign", b"[defaults]\nvault_password_file = %(x)s\n", says="was not found"),
    view("a variable", b"[defaults]\nvault_password_file = $HOME/../work/pw\n"),
    view("the home folder", b"[defaults]\nvault_password_file = ~/../work/pw\n"),
    view("an empty value", b"[defaults]\nvault_password_file =\n", stdin=b"first words\n"),
    view("no section", b"vault_password_file = pw\n", says="Error reading config file"),
    view("a key twice", PASSWORD + b"vault_password_file = pw\n", says="Error reading config file"),
    view("a section twice", PASSWORD + DEFAULTS, says="Error reading config file"),
    view("a byte order mark", b"\xef\xbb\xbf" + PASSWORD, says="Error reading config file"),
    view("not UTF-8", b"[defaults]\nx = caf\xe9\n" + PASSWORD[11:]),
    view("no value at all", PASSWORD + b"nonsense\n", says="Error reading config file"),
    view("a section not closed", b"[defaults\n", says="Error reading config file"),
    case("encrypt --vault-id pw plain", "a broken configuration", files={"ansible.cfg": b"[defaults\n"},
         says="Error reading config file"),
    case("--version", "a broken configuration", files={"ansible.cfg": b"[defaults\n"}, compare="version"),
    case("view vault", "unreadable: the next", files={"ansible.cfg": (0, PASSWORD), IN_HOME: DEFAULTS}, nobody=True,
         stdin=b"first words\n"),

    # what its settings do
    case("view vault", "vault_password_file is relative to the file", env={"ANSIBLE_CONFIG": "folder/ansible.cfg"},
         files={"folder/ansible.cfg": PASSWORD, "folder/pw": b"first words\n", "pw": b"wrong"}),
    case("view vault", "vault_identity_list is relative to the working folder",
         env={"ANSIBLE_CONFIG": "folder/ansible.cfg"},
         files={"folder/ansible.cfg": IDENTITIES, "folder/pw": b"wrong\n"}),
    case("view vault dev vault-other", "an identity list", files={"ansible.cfg": IDENTITIES}),
    case("view vault dev vault-other", "an identity list over lines",
         files={"ansible.cfg": DEFAULTS + b"vault_identity_list = pw,\n  dev@pw-dev,\n  other@pw-other\n"}),
    case("view vault dev", "an identity list in the environment",
         env={"ANSIBLE_VAULT_IDENTITY_LIST": "pw, dev@pw-dev"}),
    case("encrypt plain", "an identity list needs a choice", files={"ansible.cfg": IDENTITIES},
         says="The vault-ids default,dev,other are available to encrypt."),
    case("encrypt plain", "an encrypt identity",
         files={"ansible.cfg": IDENTITIES + b"vault_encrypt_identity = dev\n"}),
    case("encrypt --encrypt-vault-id other plain", "before the encrypt identity",
         files={"ansible.cfg": IDENTITIES + b"vault_encrypt_identity = dev\n"}),
    case("encrypt plain", "an encrypt identity in the environment", files={"ansible.cfg": IDENTITIES},
         env={"ANSIBLE_VAULT_ENCRYPT_IDENTITY": "other"}),
    case("encrypt plain", "an encrypt identity nobody has",
         files={"ansible.cfg": IDENTITIES + b"vault_encrypt_identity = zz\n"},
         says="Did not find a match for --encrypt-vault-id=zz in the known vault-ids"),
    case("encrypt_string word", "an encrypt identity", files={"ansible.cfg": IDENTITIES},
         env={"ANSIBLE_VAULT_ENCRYPT_IDENTITY": "dev"}),
    case("encrypt --vault-id pw plain", "vault_identity", env={"ANSIBLE_VAULT_IDENTITY": "team"}),
    case("encrypt --vault-id default@pw plain", "vault_identity", env={"ANSIBLE_VAULT_IDENTITY": "team"}),
    case("view vault", "ANSIBLE_VAULT_PASSWORD_FILE", env={"ANSIBLE_VAULT_PASSWORD_FILE": "pw"}),
    case("view vault", "ANSIBLE_VAULT_PASSWORD_FILE before the file", files={"ansible.cfg": PASSWORD},
         env={"ANSIBLE_VAULT_PASSWORD_FILE": "pw-other"}, says=WRONG),
    case("view vault", "ANSIBLE_VAULT_PASSWORD_FILE is empty", env={"ANSIBLE_VAULT_PASSWORD_FILE": ""}),
    case("view dev", "ANSIBLE_VAULT_PASSWORD_FILE is a client", env={"ANSIBLE_VAULT_PASSWORD_FILE": "any-client"},
         says=WRONG),
    matching("1", says=WRONG),
    matching("false", says=WRONG),
    matching("0", says=WRONG),
    matching(""),
    matching("1", "view --vault-id dev@pw-dev --vault-id pw dev vault"),
    matching("1", "view --vault-id a@pw vault", says=WRONG),
    case("view --vault-id prod@pw-dev dev", "vault_id_match", files={"ansible.cfg": DEFAULTS + b"vault_id_match = no\n"},
         says=WRONG),
    case("view vault", "ask_vault_pass", files={"ansible.cfg": DEFAULTS + b"ask_vault_pass = yes\n"},
         stdin=b"first words\n"),
    case("view --vault-id pw vault", "ask_vault_pass is false", env={"ANSIBLE_ASK_VAULT_PASS": "false"}),
    case("encrypt --vault-id pw plain", "a salt", files={"ansible.cfg": DEFAULTS + b"vault_encrypt_salt = salty\n"}),
    case("encrypt --vault-id pw plain", "a salt in the environment", env={"ANSIBLE_VAULT_ENCRYPT_SALT": "salty"}),
    case("encrypt --vault-id pw plain", "an empty salt", env={"ANSIBLE_VAULT_ENCRYPT_SALT": ""}),
    case("view --vault-id pw vault", "an editor that is not there",
         files={"ansible.cfg": DEFAULTS + b"editor = nowhere\n", "vault": make(b"x\n", FIRST)}),
]

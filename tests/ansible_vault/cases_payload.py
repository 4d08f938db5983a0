"""What stands in a vault: what is taken for one, what is wrong with it, and what a plaintext may be."""

import binascii

from case import case
from vaults import DEV, FIRST, OTHER, make, pad, seal, wrap

SALT = b"0123456789abcdef0123456789abcdef"
GOOD = wrap(seal(pad(b"hello\n"), FIRST, SALT))
HEADER, BODY = GOOD.split(b"\n", 1)
ONE_LINE = BODY.replace(b"\n", b"")
INNER = binascii.unhexlify(ONE_LINE).split(b"\n")
WRONG = "Decryption failed (no vault secrets were found that could decrypt)"
NO_VAULT = "not vault encrypted data"
BAD_HEX = "Vault format unhexlify error: Non-hexadecimal digit found"
ALL_BYTES = bytes(range(256))



def headed(header, body=BODY):
    return header + b"\n" + body


TOLERATED = [
    ("CRLF", GOOD.replace(b"\n", b"\r\n")),
    ("bare CR", GOOD.replace(b"\n", b"\r")),
    ("no final newline", GOOD.rstrip(b"\n")),
    ("blank lines behind it", GOOD + b"\n\n"),
    ("the body on one line", headed(HEADER, ONE_LINE)),
    ("wrapped at 7", wrap(b"\n".join(INNER), width=7)),
    ("upper case hex", headed(HEADER, BODY.upper())),
    ("spaces in the header", headed(b"$ANSIBLE_VAULT ; 1.1 ; AES256 ")),
    ("version 9.9", headed(b"$ANSIBLE_VAULT;9.9;AES256")),
    ("1.1 with a label", headed(b"$ANSIBLE_VAULT;1.1;AES256;dev")),
    ("1.2 without a label", headed(b"$ANSIBLE_VAULT;1.2;AES256")),
    ("more header fields", headed(b"$ANSIBLE_VAULT;1.2;AES256;dev;more;and more")),
    ("a blank line behind the header", headed(HEADER, b"\n" + BODY)),
    ("a salt of 5 bytes", wrap(seal(pad(b"hello\n"), FIRST, b"salty"))),
    ("a salt of 100 bytes", wrap(seal(pad(b"hello\n"), FIRST, b"s" * 100))),
]

REFUSED = [
    ("a space before it", b" " + GOOD, NO_VAULT),
    ("a newline before it", b"\n" + GOOD, NO_VAULT),
    ("a byte order mark", b"\xef\xbb\xbf" + GOOD, NO_VAULT),
    ("a byte above 127", GOOD + b"\xc3\xa9\n", NO_VAULT),
    ("a label of UTF-8", headed("$ANSIBLE_VAULT;1.2;AES256;dév".encode()), NO_VAULT),
    ("empty", b"", NO_VAULT),
    ("text", b"hello\n", NO_VAULT),
    ("the header's first word only", b"$ANSIBLE_VAULT", ()),
    ("no cipher", headed(b"$ANSIBLE_VAULT;1.1"), "Vault envelope format error"),
    ("no body", HEADER + b"\n", "Vault vaulttext format error"),
    ("a body of two parts", wrap(b"\n".join(INNER[:2])), "Vault vaulttext format error"),
    ("a body of four parts", wrap(b"\n".join([*INNER, b"00"])), ()),
    ("spaces behind the lines", GOOD.replace(b"\n", b" \n"), "Vault format unhexlify error"),
    ("spaces before the lines", headed(HEADER, b"  " + BODY.replace(b"\n", b"\n  ").rstrip(b" ")), BAD_HEX),
    ("no hex digit", headed(HEADER, b"zz" + BODY), BAD_HEX),
    ("an odd number of digits", GOOD.rstrip(b"\n")[:-1] + b"\n", "Vault format unhexlify error: Odd-length string"),
    ("no hex digit inside", wrap(b"\n".join([INNER[0], INNER[1], b"zz" + INNER[2]])), BAD_HEX),
    ("truncated", wrap(b"\n".join([*INNER[:2], INNER[2][:-2]])), WRONG),
    ("a bit turned", wrap(b"\n".join([INNER[0], INNER[1][:-2] + b"00", INNER[2]])), WRONG),
    ("a short HMAC", wrap(b"\n".join([INNER[0], INNER[1][:-2], INNER[2]])), ()),
    ("an empty ciphertext, its HMAC right", wrap(seal(b"", FIRST, SALT)), ()),
    ("padding of 0, its HMAC right", wrap(seal(b"0123456789abcde\0", FIRST, SALT)), ()),
    ("padding of 17, its HMAC right", wrap(seal(b"0123456789abcde\x11", FIRST, SALT)), ()),
    ("padding of unequal bytes, its HMAC right", wrap(seal(b"0123456789abc\x01\x02\x03", FIRST, SALT)), ()),
    ("ROT13", headed(b"$ANSIBLE_VAULT;1.1;ROT13"), "ROT13"),
    ("the cipher AES", headed(b"$ANSIBLE_VAULT;1.1;AES"), ()),
    ("conflict markers", b"<<<<<<< HEAD\n" + GOOD, NO_VAULT),
    ("conflict markers in the body", GOOD.replace(b"\n", b"\n=======\n", 2), BAD_HEX),
    ("under another password", make(b"x", OTHER), WRONG),
    ("under another password, with a label", make(b"x", DEV, "dev"), WRONG),
]

CASES = [case("decrypt --vault-id pw it", name, files={"it": content}) for name, content in TOLERATED]
CASES += [case("decrypt --vault-id pw it", name, files={"it": content}, says=says) for name, content, says in REFUSED]
CASES += [
    # the same mistakes by the other commands
    case("view --vault-id pw plain", says=NO_VAULT),
    case("edit --vault-id pw plain", says=NO_VAULT, env={"EDITOR": "touch"}),
    case("rekey --vault-id pw --new-vault-id pw-new plain", says=NO_VAULT),
    case("view --vault-id pw vault-other", says=WRONG),
    case("edit --vault-id pw vault-other", says=WRONG, env={"EDITOR": "touch"}),
    case("rekey --vault-id pw --new-vault-id pw-new vault-other", says=WRONG),
    case("decrypt --vault-id pw", "text on standard input", stdin=b"hello\n", says=NO_VAULT),
    case("decrypt --vault-id pw", "nothing on standard input", says=NO_VAULT),
    case("decrypt --vault-id pw", "another password on standard input", stdin=make(b"x", OTHER), says=WRONG),
    case("view --vault-id pw it", "bad hex", files={"it": headed(HEADER, b"zz" + BODY)}, says=BAD_HEX),
    case("view --vault-id pw it", "padding of 0", files={"it": wrap(seal(b"0123456789abcde\0", FIRST, SALT))}),
    case("rekey --vault-id pw --new-vault-id pw-new it", "CRLF", files={"it": GOOD.replace(b"\n", b"\r\n")}),
    case("edit --vault-id pw it", "CRLF", files={"it": GOOD.replace(b"\n", b"\r\n")}, env={"EDITOR": "sed -i s/h/H/"}),

    # already encrypted
    case("encrypt --vault-id pw vault", says="input is already encrypted"),
    case("encrypt --vault-id pw", "a vault on standard input", stdin=GOOD, says="input is already encrypted"),
    case("encrypt --vault-id pw it", "the bare word", files={"it": b"$ANSIBLE_VAULTfoo"},
         says="input is already encrypted"),
    case("encrypt --vault-id pw it", "a vault and a byte above 127", files={"it": GOOD + b"\xff"}),
    case("encrypt --vault-id pw it", "a space before the vault", files={"it": b" " + GOOD}),
    case("encrypt_string --vault-id pw '$ANSIBLE_VAULT;1.1;AES256'", says="input is already encrypted"),

    # plaintexts
    case("encrypt --vault-id pw it", "empty", files={"it": b""}),
    case("encrypt --vault-id pw it", "all bytes", files={"it": ALL_BYTES}),
    case("encrypt --vault-id pw it", "16 bytes", files={"it": b"0123456789abcdef"}),
    case("encrypt --vault-id pw it", "300 kB", files={"it": b"0123456789abcdef" * 18750}),
    case("encrypt --vault-id pw", "all bytes on standard input", stdin=ALL_BYTES),
    case("encrypt --vault-id pw", "nothing on standard input"),
    case("decrypt --vault-id pw --output - it", "all bytes", files={"it": make(ALL_BYTES[::2], FIRST)}),
    case("decrypt --vault-id pw it", "empty plaintext", files={"it": make(b"", FIRST)}),
    case("view --vault-id pw it", "empty plaintext", files={"it": make(b"", FIRST)}),
    case("view --vault-id pw it", "UTF-8", files={"it": make("naïve ☃\n".encode(), FIRST)}),
    case("view --vault-id pw it", "one byte that is not UTF-8", files={"it": make(b"caf\xe9\n", FIRST)}),
    case("view --vault-id pw it", "a run that is not UTF-8", files={"it": make(b"a\xe9\xe8\xffz\n", FIRST)}),
    case("view --vault-id pw it", "CRLF text", files={"it": make(b"a\r\nb\r\n", FIRST)}),
    case("view --vault-id pw it", "a NUL", files={"it": make(b"a\0b\n", FIRST)}),
    case("view --vault-id pw vault2 vault vault2", "a newline is added only where none is"),
]

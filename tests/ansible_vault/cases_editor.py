"""edit and create with editors that are programs, view with a pager."""

from case import case
from vaults import DEV, FIRST, OTHER, make

PW = "--vault-id pw"
KEEPS = {"EDITOR": "true"}


def editor(shell):
    return {"EDITOR": f"sh -c '{shell}'"}


def edit(note, env, command=f"edit {PW} vault", **options):
    return case(command, note, env=env, **options)


def create(command, note="", env=None, **options):
    return case(command, note, env=env or editor('echo new >>"$0"'), terminal="01", **options)


CASES = [
    edit("in place", {"EDITOR": "sed -i s/1/2/"}),
    edit("appended to", editor('echo more >>"$0"')),
    edit("vi by itself", {}),
    edit("an empty EDITOR", {"EDITOR": ""}),
    edit("not changed", KEEPS),
    edit("touched only", {"EDITOR": "touch"}),
    edit("written again, the same", editor('cp "$0" "$0.new"; mv "$0.new" "$0"')),
    edit("another file moved over it", editor('echo moved >"$0.new"; mv "$0.new" "$0"')),
    edit("emptied", editor(': >"$0"')),
    edit("fails, nothing changed", {"EDITOR": "false"}),
    edit("fails after it changed something", editor('echo more >>"$0"; exit 3')),
    edit("killed after it changed something", editor('echo more >>"$0"; kill -9 $$')),
    edit("deletes the file", {"EDITOR": "rm"}),
    edit("missing", {"EDITOR": "no-such-editor"}, says="no-such-editor"),
    edit("not executable", {"EDITOR": "./plain"}, says="./plain"),
    edit("a path with a blank", {"EDITOR": "'./my editor' 2"},
         files={"my editor": (0o755, b'#!/bin/sh\nsed -i "s/1/$1/" "$2"\n')}),
    edit("EDITOR before ANSIBLE_EDITOR", {"EDITOR": "sed -i s/1/2/", "ANSIBLE_EDITOR": "sed -i s/1/3/"}),
    edit("ANSIBLE_EDITOR alone", {"ANSIBLE_EDITOR": "sed -i s/1/3/"}),
    edit("VISUAL is not asked", {"EDITOR": "sed -i s/1/2/", "VISUAL": "sed -i s/1/3/"}),
    edit("editor of the configuration", {}, files={"ansible.cfg": b"[defaults]\neditor = sed -i s/1/4/\n"}),
    edit("the mode, the name and the plaintext the editor gets",
         editor('stat -c %a "$0" >about; stat -c %a "$(dirname "$0")" >>about; basename "$0" | sed s/.*[.]/./ >>about;'
                ' cat "$0" >>about'), f"edit {PW} it.yml", files={"it.yml": make(b"a: 1\n", FIRST)}),
    edit("the mode is kept", {"EDITOR": "sed -i s/x/y/"}, f"edit {PW} it",
         files={"it": (0o640, make(b"x\n", FIRST))}),
    edit("read only", {"EDITOR": "sed -i s/x/y/"}, f"edit {PW} it", files={"it": (0o444, make(b"x\n", FIRST))}),
    edit("a symbolic link is kept", {"EDITOR": "sed -i s/1/2/"}, f"edit {PW} link"),
    edit("a hard link", {"EDITOR": "sed -i s/x/y/"}, f"edit {PW} it",
         files={"it": make(b"x\n", FIRST), "same": "= it"}),
    edit("several files", {"EDITOR": "sed -i s/n/N/;s/1/2/"}, f"edit {PW} vault vault2"),
    edit("several files, the first fails", {"EDITOR": "sed -i s/n/N/"}, f"edit {PW} vault-other vault2"),
    edit("several files, the last fails", {"EDITOR": "sed -i s/n/N/"}, f"edit {PW} vault2 missing"),
    edit("the label is the header's", {"EDITOR": "sed -i s/1/2/"}, "edit --vault-id dev@pw-dev dev"),
    edit("the label is the header's, not the password's", {"EDITOR": "sed -i s/1/2/"}, "edit --vault-id x@pw-dev dev"),
    edit("no label stays none", {"EDITOR": "sed -i s/1/2/"}, "edit --vault-id x@pw vault"),
    edit("the password that opens it writes it", {"EDITOR": "sed -i s/1/2/"},
         "edit --vault-id a@pw-other --vault-id b@pw vault"),
    edit("no use of --encrypt-vault-id", {"EDITOR": "sed -i s/1/2/"},
         "edit --vault-id pw --vault-id dev@pw-dev --encrypt-vault-id dev vault"),
    edit("an unknown --encrypt-vault-id", {"EDITOR": "sed -i s/1/2/"}, f"edit {PW} --encrypt-vault-id zz vault"),
    edit("version 1.1 with a label", {"EDITOR": "sed -i s/x/y/"}, f"edit {PW} it",
         files={"it": make(b"x\n", FIRST, "dev").replace(b";1.2;", b";1.1;")}),
    edit("1.2 with the label default", {"EDITOR": "sed -i s/x/y/"}, f"edit {PW} it",
         files={"it": make(b"x\n", FIRST, "default")}),
    edit("its environment is ours", editor('echo "$MARK" >>"$0"') | {"MARK": "mark"}),
    edit("standard input", {"EDITOR": "sed -i s/x/y/"}, f"edit {PW} -", stdin=make(b"x\n", FIRST)),

    create(f"create {PW} new"),
    create(f"create {PW} new", "the editor writes nothing", KEEPS),
    create(f"create {PW} new", "the editor is missing", {"EDITOR": "no-such-editor"}, says="no-such-editor"),
    create(f"create {PW} new", "the editor fails", editor('echo new >>"$0"; exit 3')),
    create(f"create {PW} new", "the editor fails with nothing written", {"EDITOR": "false"}),
    create(f"create {PW} plain", says="exists, please use 'edit' instead"),
    create(f"create {PW} folder"),
    create(f"create {PW} one/two/new", "its folders are made", says="does not exist, creating"),
    create(f"create {PW} dangling", files={"dangling": "-> nowhere"}),
    create("create --vault-id dev@pw-dev new"),
    create("create --vault-id pw --vault-id dev@pw-dev --encrypt-vault-id dev new"),
    create("create --vault-id pw --vault-id dev@pw-dev new", says="The vault-ids default,dev are available to encrypt"),
    create(f"create --skip-tty-check {PW} new"),
    case(f"create {PW} new", "standard output is no terminal", env=editor('echo new >>"$0"')),
    case(f"create {PW} --skip-tty-check new", "standard output is no terminal", env=editor('echo new >>"$0"')),

    # view on a terminal
    case(f"view {PW} vault", "a pager", terminal="01", env={"PAGER": "sed s/^/paged:/"}),
    case(f"view {PW} vault vault2", "a pager for each", terminal="01", env={"PAGER": "sed s/^/paged:/"}),
    case(f"view {PW} vault", "a pager is run by the shell", terminal="01", env={"PAGER": "cat; echo end | cat"}),
    case(f"view {PW} vault", "the pager fails", terminal="01", env={"PAGER": "false"}),
    case(f"view {PW} vault", "the pager is missing", terminal="01", env={"PAGER": "no-such-pager"}),
    case(f"view {PW} vault", "less by itself", terminal="01"),
    case(f"view {PW} vault", "less with LESS of its own", terminal="01", env={"LESS": "FX"}),
    case(f"view {PW} vault", "an empty PAGER", terminal="01", env={"PAGER": ""}),
    case(f"view {PW} vault", "ANSIBLE_PAGER", terminal="01", env={"ANSIBLE_PAGER": "sed s/^/paged:/", "PAGER": "cat"}),
    case(f"view {PW} vault", "ANSIBLE_PAGER alone", terminal="01", env={"ANSIBLE_PAGER": "sed s/^/paged:/"}),
    case(f"view {PW} vault", "no terminal, no pager", env={"PAGER": "sed s/^/paged:/"}),
    case(f"view {PW} vault", "standard output is a pipe", terminal="0", env={"PAGER": "sed s/^/paged:/"}),
    case(f"view {PW} vault-other", "nothing is paged", terminal="01", env={"PAGER": "sed s/^/paged:/"}),
    case("view --vault-id pw --vault-id dev@pw-dev dev", "paged", terminal="01", env={"PAGER": "cat"},
         files={"dev": make(b"x", DEV, "dev"), "pw": OTHER.encode()}),
]

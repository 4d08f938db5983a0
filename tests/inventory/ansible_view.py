"""What Ansible's own inventory code makes of a list of sources, in this process.

view(sources, directory, playbook_dir, settings) is {host: (groups, variables)}, as `ansible-inventory --list` has
them.
"""

import atexit
import os
import sys
import tempfile
import warnings

_config = tempfile.NamedTemporaryFile(suffix=".cfg")  # empty: no configuration but the cases'
atexit.register(_config.close)
CONFIG = _config.name

os.environ.setdefault("ANSIBLE_LOCALHOST_WARNING", "false")
os.environ.setdefault("ANSIBLE_INVENTORY_UNPARSED_WARNING", "false")
os.environ["ANSIBLE_CONFIG"] = CONFIG
os.environ["HOME"] = "/nonexistent-home"
os.environ["ANSIBLE_LOCAL_TEMP"] = "/tmp"
os.environ["ANSIBLE_DEPRECATION_WARNINGS"] = "false"
warnings.simplefilter("ignore")

from ansible import constants as C  # noqa: E402
from ansible import context  # noqa: E402
from ansible.cli.inventory import INTERNAL_VARS  # noqa: E402
from ansible.inventory.helpers import sort_groups  # noqa: E402
from ansible.inventory.manager import InventoryManager  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.utils.context_objects import CLIArgs  # noqa: E402
from ansible.utils.display import Display  # noqa: E402
from ansible.utils.path import unfrackpath  # noqa: E402
from ansible.vars.manager import VariableManager  # noqa: E402

context.CLIARGS = CLIArgs({"extra_vars": ()})
Display.warning = lambda self, *arguments, **options: None


def forget_files():
    """The plugin that finds group_vars keeps what it has found, by path."""
    for name, module in list(sys.modules.items()):
        if name.endswith("host_group_vars") and hasattr(module, "FOUND"):
            module.FOUND.clear()


def view(sources, directory, playbook_dir, settings):
    os.chdir(directory)
    C.DEFAULT_HASH_BEHAVIOUR = settings["ANSIBLE_HASH_BEHAVIOUR"]
    C.VARIABLE_PRECEDENCE = settings["ANSIBLE_PRECEDENCE"].split(",")
    C.TRANSFORM_INVALID_GROUP_CHARS = settings["ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS"]
    forget_files()
    loader = DataLoader()
    if playbook_dir:
        loader.set_basedir(playbook_dir)
    paths = [source if "," in source else unfrackpath(source, follow=False) for source in sources]
    inventory = InventoryManager(loader=loader, sources=paths)
    manager = VariableManager(loader=loader, inventory=inventory, version_info={})
    seen = {}
    for host in inventory.hosts.values():
        variables = manager.get_vars(host=host, include_hostvars=False, stage="all")
        for name in (*INTERNAL_VARS, "inventory_hostname", "inventory_hostname_short", "group_names", "groups", "omit",
                     "playbook_dir"):
            variables.pop(name, None)
        groups = [group.name for group in sort_groups([g for g in host.get_groups() if g.name != "all"])]
        seen[host.name] = (groups, variables)
    return seen

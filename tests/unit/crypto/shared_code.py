"""Checks that no back end's object file offers code that the linker may use for others: theirs would then be code for
processors that have, say, AVX-512.

Usage: shared_code.py LIBRARY
"""

import re
import subprocess
import sys

BACK_ENDS = re.compile(r"kdf_(avx\w*|sha\w*|portable)\.cpp\.o:$")

symbols = subprocess.run(["nm", "-C", sys.argv[1]], capture_output=True, text=True, check=True).stdout
seen, shared, inside = 0, [], None
for line in symbols.splitlines():
    if line.endswith(".o:"):
        inside = BACK_ENDS.search(line)
        seen += inside is not None
    elif inside and re.search(r" W ", line) and not re.search(r" W (DW\.ref|__asan|__ubsan|__odr)", line):
        shared.append(f"{inside.group(1)}: {line}")
if seen < 2 or shared:
    sys.exit("\n".join([f"{seen} back ends", *shared]))

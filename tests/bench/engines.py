"""Key derivation by each back end, and what is not key derivation: Google Benchmark's rows as Markdown.

    engines.py BENCHMARKS
"""
import re
import sys

from measure import benchmark, figure, table

# Cycles for one compression of SHA-256 that no code on a core goes below: vector operations (additions, rotations,
# logic of three operands) by lanes and by the operations that start in a cycle. AVX2 has neither the rotation nor that
# logic. A core has two pipes of 512 bits; of 256 bits AMD's has four (Zen 4, 512 bits take two), Intel's three. SHA-NI:
# 32 instructions for two rounds each, one every other cycle, when several streams hide that each takes longer.
OPERATIONS, OPERATIONS_AVX2 = 1543, 3096


def limits():
    with open("/proc/cpuinfo") as file:
        pipes = 4 if "AuthenticAMD" in file.read() else 3
    return {"avx512": OPERATIONS / 16 / 2, "avx512vl": OPERATIONS / 8 / pipes,
            "avx2": OPERATIONS_AVX2 / 8 / pipes, "sha-ni": 32 * 2}


SIZES = [1, 3, 6, 16, 96]

OTHERS = [
    ("seal/bytes:10000000", "10 MB sealed in memory", 60),
    ("open/bytes:10000000", "10 MB opened in memory", 60),
    ("double hex encode/bytes:10000000", "of it: hexadecimal of hexadecimal", None),
    ("double hex decode/bytes:10000000", "of it: back", None),
    ("may hold secrets/10 MB, none there", "whether a 10 MB file may hold secrets: it holds none", 15),
    ("payload offsets/10 MB", "the place of every payload in a 10 MB inventory, by search", 15),
    ("yaml events/10 MB", "yaml-cpp's events of it, which passes over the digits of vaults", None),
    ("secret file/10 MB", "its secrets, with keys and lines", None),
]


def derivations(rows):
    parsed = {}
    for name, row in rows.items():
        back_end, blocks = re.fullmatch(r"derive/(.*)/blocks:(\d+)", name).groups()
        parsed[back_end, int(blocks)] = row
    openssl = {blocks: parsed["openssl", blocks]["us/secret"] for blocks in SIZES}
    lines = []
    for back_end in dict.fromkeys(name for name, _ in parsed):
        mine = {blocks: parsed[back_end, blocks] for blocks in SIZES}
        cycles = min(row["cycles/compression"] for row in mine.values())
        limit = limits().get(back_end)
        cells = [f"{row['us/secret']:,.0f} ({openssl[blocks] / row['us/secret']:.1f})" for blocks, row in mine.items()]
        lines.append([back_end, *cells, f"{cycles:.1f}", f"{100 * limit / cycles:.0f} %" if limit else ""])
    table(["µs a secret (times OpenSSL)", *(f"{blocks} blocks" if blocks > 1 else "1 block" for blocks in SIZES),
           "cycles a compression", "of the limit"], lines)


def others(rows):
    lines = []
    for name, text, goal in OTHERS:
        row = rows[name]
        lines.append([text, figure(row["cpu_time"]), str(goal or "")])
    table(["in memory, one core", "ms", "goal"], lines)


def main(program):
    derivations(benchmark(program, "^derive/"))
    print()
    others(benchmark(program, "^(seal|open|double|may|payload|yaml events|secret file).*"))


main(sys.argv[1])

"""What the scripts here share: programs timed by hyperfine, derivation timed in one process, Markdown tables."""
import json
import os
import subprocess
import tempfile
from typing import NamedTuple


class Timing(NamedTuple):
    """Medians of one command, in seconds; cpu is user and system time."""
    wall: float
    cpu: float


def quick():
    """Whether run.sh was asked for tiny inputs, to see that all of it runs."""
    return bool(os.environ.get("BENCH_QUICK"))


def timings(commands, prepare=None, runs=None):
    """The same prepare before every run of every command; as many runs as hyperfine finds it needs, or `runs`."""
    with tempfile.TemporaryDirectory() as scratch:
        result = os.path.join(scratch, "times.json")
        argv = ["hyperfine", "--shell=none", "--style=none", "--export-json", result]
        argv += ["--warmup", "0" if quick() or (runs and runs < 5) else "2"]
        if quick():
            argv += ["--runs", "2"]
        elif runs:
            argv += ["--runs", str(runs)]
        if prepare:
            argv += ["--prepare", prepare]
        done = subprocess.run(argv + list(commands), capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        with open(result) as file:
            rows = json.load(file)["results"]
    return [Timing(row["median"], row["user"] + row["system"]) for row in rows]


def peak_megabytes(command, prepare=None):
    """The largest resident set of one run."""
    if prepare:
        subprocess.run(prepare.split(), check=True)
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run(["/usr/bin/time", "-f", "%M", "-o", out.name, *command.split()],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        return int(out.read().split()[-1]) / 1024


def benchmark(program, pattern):
    """Google Benchmark's rows by name, medians of several runs: cpu_time (in the row's own unit), and counters."""
    argv = [program, f"--benchmark_filter={pattern}", "--benchmark_format=json", "--benchmark_report_aggregates_only"]
    argv.append(f"--benchmark_min_time={0.0001 if quick() else 0.05}")
    argv.append(f"--benchmark_repetitions={2 if quick() else 5}")
    out = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    rows = json.loads(out)["benchmarks"]
    return {row["run_name"]: row for row in rows if row["aggregate_name"] == "median"}


def derivation(program, blocks):
    """Seconds of one core for a batch of so many blocks, by the back end that is chosen for it."""
    name = f"derive/chosen/blocks:{blocks}"
    return benchmark(program, f"^{name}$")[name]["cpu_time"] / 1000


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    print("\n".join(lines), flush=True)


def figure(number):
    """Three digits, as people write them: 0.0123, 1.23, 123, 12,345."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"

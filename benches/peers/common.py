"""What the comparisons share: the Rust side built, one core, and how times are printed."""

import json
import os
import statistics
import subprocess

REPETITIONS = 5


def built(benchmark):
    """A benchmark of the Rust side, built."""
    command = [os.environ.get("CARGO", "cargo"), "bench", "--bench", benchmark, "--no-run", "--message-format=json"]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    messages = (json.loads(line) for line in lines if line.startswith("{"))
    return next(
        m["executable"] for m in messages if m.get("target", {}).get("name") == benchmark and m.get("executable")
    )


def printed(*command):
    """What a program prints, as JSON."""
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def stay_on_one_core():
    """This process and those it starts."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def spread(numbers):
    """Median and least–largest."""
    if not numbers:
        return f"{'–':>27}"
    return f"{statistics.median(numbers):11.3f} {min(numbers):7.4g}–{max(numbers):<7.4g}"

"""The certified step beside Arb (python-flint), on the same data: four square layers of 10 with a squared target.

The runs alternate, one thread each on the same core; a ratio is that of two neighbouring runs, and the table has medians with
the least and the largest. Both must end near the same weight, and the radii that both have after the last step are shown.
"""

import math
import pathlib
import statistics
import sys

from common import REPETITIONS, built, printed, spread, stay_on_one_core

PEER = pathlib.Path(__file__).with_name("arb_step.py")
STEPS = 100
SYSTEMS = {128: ["ball", "short-ball", "float"]}
# How many times faster than Arb a step of balls should be, at so many bits. A step of floats should take no longer than that.
GOALS = {128: 2, 256: 2, 1024: 1.5, 4096: 1.2}


def check(bits, arb, own):
    """The weight is printed to f64: a wrong step would be off by parts in a thousand."""
    if not math.isclose(float(arb["weight"]), float(own["weight"]), rel_tol=1e-13):
        sys.exit(f"{bits} bits: Arb ends at {arb['weight']}, {own['program']} at {own['weight']}")


def radius(run):
    return "–" if run["log2_radius"] is None else f"{run['log2_radius']:.2f}"


def compared(program, bits):
    """Runs of Arb and of every number system, in turn."""
    systems = SYSTEMS.get(bits, ["ball", "float"])
    runs = {system: [] for system in ["arb", *systems]}
    for _ in range(REPETITIONS):
        arb = printed(sys.executable, str(PEER), str(bits), str(STEPS))
        runs["arb"].append(arb)
        for system in systems:
            own = printed(program, str(bits), str(STEPS), system)
            check(bits, arb, own)
            runs[system].append(own)
    return runs


def ratios(slower, faster):
    return [one["microseconds"] / other["microseconds"] for one, other in zip(slower, faster)]


def main():
    program = built("arb_step")
    stay_on_one_core()
    print(f"{STEPS} certified steps, µs a step: median and least–largest of {REPETITIONS} runs;")
    print("ratio of Arb to ours: median and least–largest; log2 of the largest radius of both")
    print(f"{'bits':>5} {'ours':12}{'ours':>12}{'Arb':>28}{'ratio':>26}{'goal':>10}{'radius':>10}{'of Arb':>10}")
    missed = []
    for bits, goal in GOALS.items():
        runs = compared(program, bits)
        arb = runs.pop("arb")
        for system, own in runs.items():
            times = [[run["microseconds"] for run in side] for side in (own, arb)]
            ratio = ratios(arb, own)
            goal_of_system = f"{goal}" if system != "float" else "ball"
            print(
                f"{bits:5} {system:12}{spread(times[0])} {spread(times[1])}"
                f" {statistics.median(ratio):7.2f} {min(ratio):5.2f}–{max(ratio):<5.2f}"
                f"{goal_of_system:>7}{radius(own[0]):>10}{radius(arb[0]):>10}",
                flush=True,
            )
            if system != "float":
                is_fast = statistics.median(ratio) >= goal
                # Twice as wide is one more.
                is_narrow = own[0]["log2_radius"] <= arb[0]["log2_radius"] + 1
            else:
                is_fast, is_narrow = statistics.median(ratios(runs["ball"], own)) >= 1, True
            if not (is_fast and is_narrow):
                missed.append(f"{system} at {bits} bits")
    print("missed:", ", ".join(missed) if missed else "no goal")


main()

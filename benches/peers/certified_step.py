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
# Steps of a run at so many bits, and the number systems of this side.
STEPS = {128: 100, 256: 100, 1024: 100, 4096: 100}
SYSTEMS = {128: ["short-ball", "ball", "float"]}


def check(bits, arb, own):
    """The weight is printed to f64: a wrong step would be off by parts in a thousand."""
    if not math.isclose(float(arb["weight"]), float(own["weight"]), rel_tol=1e-13):
        sys.exit(f"{bits} bits: Arb ends at {arb['weight']}, {own['program']} at {own['weight']}")


def radius(run):
    return "–" if run["log2_radius"] is None else f"{run['log2_radius']:.2f}"


def main():
    program = built("arb_step")
    stay_on_one_core()
    print("The certified step, µs: median and least–largest of", REPETITIONS, "runs;")
    print("ratio of Arb to ours: median and least–largest; log2 of the largest radius of both")
    print(f"{'bits':>5} {'ours':12}{'ours':>12}{'Arb':>28}{'ratio':>26}{'radius':>17}{'of Arb':>10}{'steps':>7}")
    for bits, steps in STEPS.items():
        for system in SYSTEMS.get(bits, ["ball", "float"]):
            pairs = []
            for _ in range(REPETITIONS):
                arb = printed(sys.executable, str(PEER), str(bits), str(steps))
                own = printed(program, str(bits), str(steps), system)
                check(bits, arb, own)
                pairs.append((arb, own))
            times = {name: [run["microseconds"] for run in runs] for name, runs in zip(("arb", "own"), zip(*pairs))}
            ratios = [theirs / own for theirs, own in zip(times["arb"], times["own"])]
            print(
                f"{bits:5} {system:12}{spread(times['own'])} {spread(times['arb'])}"
                f" {statistics.median(ratios):7.2f} {min(ratios):5.2f}–{max(ratios):<5.2f}"
                f"{radius(own):>10}{radius(arb):>10}{steps:7}",
                flush=True,
            )


main()

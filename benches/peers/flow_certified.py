"""The enclosed flow beside heyoka (Taylor's method in MPFR, not certified), mpmath.odefun and codac (a Lohner contractor in f64).

heyoka and mpmath follow 4-4-4-1 with the logistic loss at the precision at which this program encloses it; heyoka has the loosest
tolerance with which it ends no further from the flow than the radius that is certified here, which an enclosure of twice the precision
tells. codac encloses two weights to t = 1, with slices as coarse as a width allows, and this program with a tolerance as loose. All run one
after the other on one core with one thread. What heyoka compiles is compiled before.
"""

import pathlib
import statistics
import sys
import time

import heyoka
import mpmath
import numpy as np

from common import REPETITIONS, built, printed, spread, stay_on_one_core

HERE = pathlib.Path(__file__)
SPEC = str(HERE.parents[2] / "examples/flow/small-steps.toml")
TWO_WEIGHTS = str(HERE.with_name("two_weights.toml"))
STRETCHES = [(128, 10), (128, 100), (256, 10), (256, 100)]
MPMATH = (128, 0.2)
# Widths of an interval, and the slices that codac takes to reach them.
WIDTHS = {1e-4: [0.1, 0.05, 0.03, 0.02, 0.01], 1e-6: [0.01, 0.005, 0.003, 0.002, 0.001]}
GOALS = {"heyoka": 1, "mpmath": 100, "codac": 100}


def slopes(problem, weights, number, sum, exp):
    """Minus the gradient, one row of outer products a layer, over whatever numbers there are."""
    rows = np.array(problem["x"]) * np.array(problem["y"])
    first, second, last = weights
    width = range(len(last))
    left = [sum([last[i] * second[i][j] for i in width]) for j in width]
    product = [sum([left[i] * first[i][j] for i in width]) for j in range(rows.shape[1])]
    margins = [sum([product[j] * number(x) for j, x in enumerate(row)]) for row in rows]
    share = [1 / (number(len(rows)) * (1 + exp(margin))) for margin in margins]
    pull = [sum([s * number(row[j]) for s, row in zip(share, rows)]) for j in range(rows.shape[1])]
    right = [sum([first[i][j] * pull[j] for j in range(len(pull))]) for i in width]
    of_first = [left[i] * pull[j] for i in width for j in range(len(pull))]
    of_second = [last[i] * right[j] for i in width for j in width]
    return of_first + of_second + [sum([second[i][j] * right[j] for j in width]) for i in width]


def shaped(problem, flat):
    """Two matrices and a row of a flat list."""
    flat, layers = iter(flat), []
    for layer in problem["weights"]:
        layers.append([[next(flat) for _ in row] for row in layer])
    return layers[0], layers[1], layers[2][0]


def start(problem):
    return [w for layer in problem["weights"] for row in layer for w in row]


def log2_distance(weights, exact):
    """Log2 of the Euclidean distance of decimal strings."""
    with mpmath.workprec(1024):
        square = mpmath.fsum((mpmath.mpf(w) - mpmath.mpf(e)) ** 2 for w, e in zip(weights, exact))
        return float(mpmath.log(square, 2)) / 2 if square else -float("inf")


class Heyoka:
    """The integrator at some bits; one is compiled for each tolerance."""

    def __init__(self, problem, bits, tolerance):
        real = lambda x: heyoka.real(float(x), bits)
        number = lambda x: heyoka.expression(real(x))
        variables = heyoka.make_vars(*(f"w{i}" for i in range(len(start(problem)))))
        field = slopes(problem, shaped(problem, variables), number, heyoka.sum, heyoka.exp)
        self.bits, self.start = bits, np.array([real(w) for w in start(problem)])
        self.integrator = heyoka.taylor_adaptive(
            list(zip(variables, field)), state=self.start.copy(), fp_type=heyoka.real, prec=bits,
            tol=heyoka.real(2.0**tolerance, bits), compact_mode=True,
        )

    def run(self, until):
        """Seconds, and the weights at the end."""
        self.integrator.time = heyoka.real(0.0, self.bits)
        self.integrator.state[:] = self.start
        begin = time.perf_counter()
        outcome = self.integrator.propagate_until(heyoka.real(float(until), self.bits))[0]
        seconds = time.perf_counter() - begin
        if outcome != heyoka.taylor_outcome.time_limit:
            sys.exit(f"heyoka: {outcome}")
        return seconds, [str(w) for w in self.integrator.state]


def sufficient(problem, bits, until, radius, exact):
    """The loosest tolerance whose error is no more than the radius, or else the sharpest."""
    for tolerance in range(-(bits - 28), -bits - 9, -4):
        peer = Heyoka(problem, bits, tolerance)
        _, weights = peer.run(until)
        off = log2_distance(weights, exact)
        if off <= radius:
            break
    return peer, tolerance, off


def mpmath_seconds(problem, bits, until):
    mpmath.mp.prec = bits
    field = lambda t, w: slopes(problem, shaped(problem, w), mpmath.mpf, mpmath.fsum, mpmath.exp)
    begin = time.perf_counter()
    weights = mpmath.odefun(field, 0, [mpmath.mpf(w) for w in start(problem)])(mpmath.mpf(str(until)))
    return time.perf_counter() - begin, [mpmath.nstr(w, bits) for w in weights]


def codac_run(slices):
    """Seconds, and the width of the interval of each of two weights at t = 1."""
    # It leaves the processor rounding upward, and whatever Python reads from then on with it: so it comes last.
    from codac import AnalyticFunction, CtcLohner, IntervalVector, SlicedTube, TimePropag, VectorVar
    from codac import create_tdomain, exp, vec

    x = VectorVar(2)
    margin = x[0] * x[1]
    field = AnalyticFunction([x], vec(x[1] / (1 + exp(margin)), x[0] / (1 + exp(margin))))
    begin = time.perf_counter()
    tube = SlicedTube(create_tdomain([0, 1], slices, True), IntervalVector(2))
    tube.set(IntervalVector([[0.5, 0.5], [0.25, 0.25]]), 0.0)
    CtcLohner(field).contract(tube, TimePropag.FWD)
    return time.perf_counter() - begin, tube(1.0).max_diam()


def line(name, what, times, own, remark):
    ratios = [peer / ours for peer, ours in zip(times, own)]
    ratio, goal = statistics.median(ratios), GOALS[name]
    columns = f"{spread([t * 1e3 for t in own])} {spread([t * 1e3 for t in times])}"
    print(f"{name:7} {what:18}{columns} {ratio:8.4g} {min(ratios):7.4g}–{max(ratios):<7.4g} {goal:4}  {remark}", flush=True)
    return [] if ratio >= goal else [f"{name}, {what}"]


def main():
    program = built("flow")
    stay_on_one_core()
    certified = lambda spec, until, bits: printed(program, "certified", spec, str(until), str(bits))
    problem = printed(program, "problem", SPEC)
    print(f"The enclosed flow, ms: ours and the peer's, median and least–largest of {REPETITIONS} runs; the ratio; the goal; log2 of our")
    print("radius and of the peer's error, or widths")
    missed = []
    for bits, until in STRETCHES:
        first = certified(SPEC, until, bits)
        exact = certified(SPEC, until, 2 * bits)["weights"]
        peer, tolerance, off = sufficient(problem, bits, until, first["log2_radius"], exact)
        own, times = [], []
        for _ in range(REPETITIONS):
            own.append(certified(SPEC, until, bits)["seconds"])
            times.append(peer.run(until)[0])
        remark = f"{first['log2_radius']:.1f} {off:.1f} (tolerance 2^{tolerance}, our steps {first['steps']})"
        missed += line("heyoka", f"{bits} bits, t = {until}", times, own, remark)
    bits, until = MPMATH
    took, weights = mpmath_seconds(problem, bits, until)
    own = certified(SPEC, until, bits)
    off = log2_distance(weights, certified(SPEC, until, 2 * bits)["weights"])
    missed += line("mpmath", f"{bits} bits, t = {until}", [took], [own["seconds"]], f"{own['log2_radius']:.1f} {off:.1f}")
    for width, slices in WIDTHS.items():
        slice_ = next((s for s in slices if codac_run(s)[1] <= width), slices[-1])
        wide = lambda k: 2 * 2 ** printed(program, "certified", TWO_WEIGHTS, "1", "53", f"1e-{k}")["log2_radius"]
        loosest = next(k for k in range(17) if wide(k) <= width)
        own, times = [], []
        for _ in range(REPETITIONS):
            mine = printed(program, "certified", TWO_WEIGHTS, "1", "53", f"1e-{loosest}")
            own.append(mine["seconds"])
            took, reached = codac_run(slice_)
            times.append(took)
        widths = f"width {2 * 2 ** mine['log2_radius']:.1e} {reached:.1e}"
        missed += line("codac", f"width {width:.0e}", times, own, widths)
    print("missed:", ", ".join(missed) if missed else "no goal")


main()

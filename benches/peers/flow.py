"""Gradient flow in f64 beside scipy's DOP853 and diffrax's Dopri8: 4-4-4-1 with the logistic loss to t = 100.

Each program has the loosest tolerance, a power of ten or three of them, with which no weight is further than 10⁻¹² from the enclosed flow;
with these they run one after the other on one core with one thread, each of five times, and a ratio is that of neighbouring runs. What
diffrax compiles is compiled before.
"""

import os
import pathlib
import statistics
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
import diffrax  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from scipy.integrate import solve_ivp  # noqa: E402

from common import REPETITIONS, built, printed, spread, stay_on_one_core  # noqa: E402

jax.config.update("jax_enable_x64", True)

SPEC = str(pathlib.Path(__file__).parents[2] / "examples/flow/small-steps.toml")
TIME = 100
ERROR = 1e-12
SECONDS_A_RUN = 0.1
TOLERANCES = [mantissa * 10.0**exponent for exponent in range(-9, -17, -1) for mantissa in (1, 0.3)]
GOALS = {"scipy": 50, "diffrax": 3}


def scipy_run(problem):
    """The gradient with outer products, written for numpy."""
    rows = np.array(problem["x"]) * np.array(problem["y"])
    first, second, last = (np.array(w) for w in problem["weights"])
    start = np.concatenate([first.ravel(), second.ravel(), last.ravel()])
    one, two = first.size, first.size + second.size

    def slope(t, w):
        W1, W2, w3 = w[:one].reshape(first.shape), w[one:two].reshape(second.shape), w[two:]
        left = w3 @ W2
        pull = (1.0 / (1.0 + np.exp(rows @ (left @ W1)))) @ rows / len(rows)
        right = W1 @ pull
        return np.concatenate([np.outer(left, pull).ravel(), np.outer(w3, right).ravel(), W2 @ right])

    def run(tolerance):
        solution = solve_ivp(slope, (0, TIME), start, method="DOP853", rtol=max(tolerance, 2.3e-14), atol=tolerance)
        return solution.y[:, -1]

    return run


def diffrax_run(problem):
    rows = jnp.array(problem["x"]) * jnp.array(problem["y"])
    start = [jnp.array(w) for w in problem["weights"]]

    def risk(W):
        product = W[-1]
        for layer in reversed(W[:-1]):
            product = product @ layer
        return jnp.mean(jax.nn.softplus(-(rows @ product[0])))

    term = diffrax.ODETerm(lambda t, W, _: [-slope for slope in jax.grad(risk)(W)])

    @jax.jit
    def solve(start, tolerance):
        controller = diffrax.PIDController(rtol=tolerance, atol=tolerance)
        solution = diffrax.diffeqsolve(
            term, diffrax.Dopri8(), 0.0, float(TIME), None, start, stepsize_controller=controller,
            saveat=diffrax.SaveAt(t1=True), max_steps=None, throw=False,
        )
        return [w[-1] for w in solution.ys]

    return lambda tolerance: np.concatenate([np.asarray(w).ravel() for w in solve(start, tolerance)])


def own_run(program):
    return lambda tolerance: printed(program, "f64", SPEC, str(TIME), repr(tolerance))


def error(weights, exact):
    return float(np.max(np.abs(np.asarray(weights) - exact)))


def sufficient(name, run, exact):
    """The loosest tolerance that is sharp enough, and the error with it."""
    for tolerance in TOLERANCES:
        off = error(run(tolerance), exact)
        if off <= ERROR:
            return tolerance, off
    sys.exit(f"{name}: no tolerance brings the error below {ERROR}; the last one came to {off:.1e}")


def seconds(run, tolerance):
    """Seconds a run."""
    begin, runs = time.perf_counter(), 0
    while True:
        run(tolerance)
        runs += 1
        passed = time.perf_counter() - begin
        if passed > SECONDS_A_RUN:
            return passed / runs


def main():
    program = built("flow")
    stay_on_one_core()
    problem = printed(program, "problem", SPEC)
    exact = np.array([float(w) for w in printed(program, "certified", SPEC, str(TIME), "128")["weights"]])
    own = own_run(program)
    peers = {"scipy": scipy_run(problem), "diffrax": diffrax_run(problem)}
    tolerances = {name: sufficient(name, run, exact) for name, run in peers.items()}
    tolerances["ours"] = sufficient("ours", lambda tolerance: own(tolerance)["weights"], exact)
    times = {name: [] for name in tolerances}
    for _ in range(REPETITIONS):
        times["ours"].append(own(tolerances["ours"][0])["seconds"] * 1e3)
        for name, run in peers.items():
            times[name].append(seconds(run, tolerances[name][0]) * 1e3)
    print(f"Gradient flow to t = {TIME} in f64, ms: median and least–largest of {REPETITIONS} runs; the tolerance, the error of the")
    print(f"worst weight, which is to be at most {ERROR}; the ratio to ours: median and least–largest; the goal")
    missed = []
    for name, (tolerance, off) in tolerances.items():
        line = f"{name:10}{spread(times[name])} {tolerance:8.0e} {off:8.1e}"
        if name in GOALS:
            ratios = [peer / ours for peer, ours in zip(times[name], times["ours"])]
            ratio = statistics.median(ratios)
            line += f" {ratio:9.1f} {min(ratios):7.1f}–{max(ratios):<7.1f} {GOALS[name]:5}"
            if ratio < GOALS[name]:
                missed.append(name)
        print(line, flush=True)
    print("missed:", ", ".join(missed) if missed else "no goal")


main()

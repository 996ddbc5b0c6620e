"""The f64 step beside JAX, numpy and a plain program on nalgebra.

Every case is the same problem for all: the Rust side prints its numbers, and all start from them. The runs alternate, one
thread each on the same core; a ratio is that of two neighbouring runs, and the table has medians with the least and the
largest. All must end at the same weights, as closely as the number of steps allows.

    python f64_step.py [CASE…]
"""

import os
import statistics
import subprocess
import sys
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from common import REPETITIONS, built, printed, spread, stay_on_one_core  # noqa: E402

jax.config.update("jax_enable_x64", True)

SECONDS_A_RUN = 0.12
# How many times faster than JAX the step is to be.
GOALS = {
    "tiny": 8, "small": 8, "gas-3": 3, "gas-8": 3, "logistic-256": 2, "square-64": 1.2, "square-256": 0.95,
    "diagonal": 5, "diagonal-target": 5, "convolution": 5, "convolution-target": 5,
    "near-tiny": 0.85 * 8, "near-small": 0.85 * 8, "near-gas-3": 0.85 * 3, "near-square-64": 0.85 * 1.2,
}


def chain(W, xp):
    """W_L⋯W_1 from the left: for one output a row times matrices, which is the cheapest order."""
    product = W[-1]
    for layer in reversed(W[:-1]):
        product = product @ layer
    return product


def diagonal(W, xp):
    product = W[0]
    for layer in W[1:]:
        product = product * layer
    return product


def convolution_by_fft(W, xp):
    """The circular convolution of all filters, through the Fourier transform."""
    dim = W[-1].shape[-1]
    transform = xp.fft.rfft(W[-1])
    for filter in W[:-1]:
        transform = transform * xp.fft.rfft(filter, n=dim)
    return xp.fft.irfft(transform, n=dim)


def convolution_by_circulant(W, xp):
    """The same, each filter but the first as a circulant matrix."""
    dim = W[-1].shape[-1]
    index = (np.arange(dim)[:, None] - np.arange(dim)[None, :]) % dim
    product = W[-1][0]
    for filter in W[:-1]:
        padded = xp.pad(filter[0], (0, dim - filter.shape[-1]))
        product = padded[index] @ product
    return product[None, :]


MAPS = {
    "fully-connected": [chain],
    "diagonal": [diagonal],
    # Whichever is faster counts.
    "convolutional": [convolution_by_fft, convolution_by_circulant],
}


def jax_runs(problem):
    """Compiled functions of the weights and a number of steps."""
    eta = problem["eta"]
    if problem["target"] is None:
        rows = jnp.array(problem["x"]) * jnp.array(problem["y"])
        risk = lambda product, data: jnp.mean(jax.nn.softplus(-(data @ product[0])))
        data = rows
    else:
        risk = lambda product, data: 0.5 * jnp.sum((product - data) ** 2)
        data = jnp.array(problem["target"])
    for end_to_end in MAPS[problem["network"]]:
        gradient = jax.grad(lambda W, data: risk(end_to_end(W, jnp), data))
        step = lambda _, W: [w - eta * g for w, g in zip(W, gradient(W, data))]
        yield jax.jit(lambda W, steps: jax.lax.fori_loop(0, steps, step, W))


def numpy_run(problem):
    """A loop in Python, with gradients of rank one where there is one output; for fully-connected networks."""
    if problem["network"] != "fully-connected":
        return None
    eta = problem["eta"]
    start = [np.array(w) for w in problem["weights"]]
    rows = None if problem["x"] is None else np.array(problem["x"]) * np.array(problem["y"])
    target = None if problem["target"] is None else np.array(problem["target"])

    def run(steps):
        W = [w.copy() for w in start]
        for _ in range(steps):
            left = [W[-1]]
            for layer in reversed(W[:-1]):
                left.append(left[-1] @ layer)
            product = left.pop()
            if rows is None:
                right = -eta * (product - target)
            else:
                slope = eta / (1.0 + np.exp(rows @ product[0])) / len(rows)
                right = (slope @ rows)[None, :]
            for layer in W[:-1]:
                change = left.pop().T @ right
                right = right @ layer.T
                layer += change
            W[-1] += right
        return W

    return run


def timed(run, steps):
    """Seconds a step, and the weights."""
    begin = time.perf_counter()
    weights = jax.block_until_ready(run(steps))
    return (time.perf_counter() - begin) / steps, weights


def flat(weights):
    return np.concatenate([np.asarray(w).ravel() for w in weights])


def fastest(runs, seconds):
    """The fastest of some functions, and how many of its steps take so many seconds."""
    best = None
    for run in runs:
        run(2)
        steps = 1
        while True:
            took, _ = timed(run, steps)
            if took * steps > seconds / 4:
                break
            steps *= 2
        if best is None or took < best[0]:
            best = (took, run)
    return best[1], max(2, int(seconds / best[0]))


def check(name, peer, weights, reference, steps):
    """Rounding errors of some units a step, added up; a wrong step would be off by parts in a thousand."""
    distance = np.max(np.abs(weights - reference)) / np.max(np.abs(reference))
    bound = 1e-15 * (steps + 100)
    if not distance <= bound:
        sys.exit(f"{name}: {peer} ends {distance:.1e} away after {steps} steps, more than {bound:.1e}")


def compare(program, name):
    problem = printed(program, "problem", name)
    start = [jnp.array(w) for w in problem["weights"]]
    functions = [(lambda steps, run=run: run(start, steps)) for run in jax_runs(problem)]
    jax_run, steps = fastest(functions, SECONDS_A_RUN)
    in_numpy = numpy_run(problem)
    if in_numpy is not None:
        in_numpy, numpy_steps = fastest([in_numpy], SECONDS_A_RUN)
    times = {"ours": [], "jax": [], "plain": [], "numpy": []}
    for repetition in range(REPETITIONS):
        took, weights = timed(jax_run, steps)
        times["jax"].append(took * 1e6)
        mine = printed(program, "run", name, str(steps))
        times["ours"].append(mine["ns"] / 1e3)
        reference = np.array(mine["weights"])
        if repetition == 0:
            check(name, "JAX", flat(weights), reference, steps)
        plain_steps = max(1, steps // 20)
        plain = printed(program, "plain", name, str(plain_steps))
        if plain is not None:
            times["plain"].append(plain["ns"] / 1e3)
            if repetition == 0:
                expected = np.array(printed(program, "run", name, str(plain_steps))["weights"])
                check(name, "nalgebra", np.array(plain["weights"]), expected, plain_steps)
        if in_numpy is not None:
            took, weights = timed(in_numpy, numpy_steps)
            times["numpy"].append(took * 1e6)
            if repetition == 0:
                expected = np.array(printed(program, "run", name, str(numpy_steps))["weights"])
                check(name, "numpy", flat(weights), expected, numpy_steps)
    return times


def main():
    names, program = sys.argv[1:], built("peers")
    stay_on_one_core()
    names = names or subprocess.run([program, "list"], check=True, capture_output=True, text=True).stdout.split()
    print("The f64 step, µs: median and least–largest of", REPETITIONS, "runs; ratio to JAX: median and least–largest")
    print(f"{'case':19}{'ours':>14}{'JAX':>28}{'nalgebra':>28}{'numpy':>28}{'ratio':>17}{'goal':>12}")
    missed = []
    for name in names:
        times = compare(program, name)
        ratios = [jax / ours for jax, ours in zip(times["jax"], times["ours"])]
        ratio = statistics.median(ratios)
        goal = GOALS.get(name)
        if goal and ratio < goal:
            missed.append(name)
        columns = " ".join(spread(times[peer]) for peer in ("ours", "jax", "plain", "numpy"))
        print(f"{name:19}{columns} {ratio:7.2f} {min(ratios):5.2f}–{max(ratios):<5.2f} {goal or '–':>6}", flush=True)
    print("missed:", ", ".join(missed) if missed else "no goal")


main()

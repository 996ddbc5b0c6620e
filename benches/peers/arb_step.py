"""Certified gradient descent with Arb: the peer of arb_step.rs, on the same data.

Four square layers of 10 with a squared target. Arguments: bits and steps. Prints one line of JSON: the time of a step in
microseconds, log2 of the largest radius of a weight after the last step, and one weight.
"""

import json
import math
import sys
import time

from flint import arb, arb_mat, ctx, fmpq

SIZE = 10
DEPTH = 4


def matrices():
    """The target with entries k/16, then the layers with entries k/64, from a fixed linear congruence."""
    state = 1
    for layer in range(DEPTH + 1):
        rows = []
        for _ in range(SIZE):
            row = []
            for _ in range(SIZE):
                state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
                row.append(arb(fmpq((state >> 59) - 16, 16 if layer == 0 else 64)))
            rows.append(row)
        yield arb_mat(rows)


def step(target, weights, eta):
    """One step, each product of layers computed once."""
    below = [weights[0]]
    for weight in weights[1:]:
        below.append(weight * below[-1])
    above = below[-1] - target
    gradients = []
    for k in range(DEPTH - 1, -1, -1):
        gradients.append(above * below[k - 1].transpose() if k > 0 else above)
        if k > 0:
            above = weights[k].transpose() * above
    gradients.reverse()
    return [weight - gradient * eta for weight, gradient in zip(weights, gradients)]


def log2(number):
    """log2 of a positive exact number of any size."""
    mantissa, exponent = number.mid().man_exp()
    return math.log2(int(mantissa)) + int(exponent)


def main():
    ctx.prec = int(sys.argv[1])
    steps = int(sys.argv[2])
    target, *weights = matrices()
    eta = arb(fmpq(1, 1024))
    start = time.perf_counter()
    for _ in range(steps):
        weights = step(target, weights, eta)
    elapsed = time.perf_counter() - start
    radii = [log2(entry.rad()) for weight in weights for entry in weight.entries() if entry.rad() > 0]
    print(
        json.dumps(
            {
                "program": "arb",
                "bits": ctx.prec,
                "steps": steps,
                "microseconds": elapsed / steps * 1e6,
                "log2_radius": max(radii, default=None),
                "weight": weights[0][0, 0].mid().str(20, radius=False),
            }
        )
    )


main()

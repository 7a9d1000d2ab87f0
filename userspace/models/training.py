# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Trains a network of networks.py: stochastic gradient descent, one cycle of the learning rate.

All chance comes from one seed. The same machine and packages give the same parameters; another
machine's vector units round differently, and give others that are about as good.
"""

import time

import jax
import jax.numpy as jnp
import numpy as np

import networks

_BATCH = 128
_PEAK_RATE = 0.2
_WARM_UP = 0.25          # Part of all steps in which the rate rises; then it falls to zero.
_MOMENTUM = 0.9
_DECAY = 5e-4            # Of the weights.
_SMOOTHING = 0.05        # What of the label's certainty goes to all classes alike.
_SHIFT = 2               # Pixels, at most, in each direction.
_STATISTICS_DECAY = 0.95  # Of the running means, by step.


def _rate(step: int, steps: int) -> float:
    """One cycle: a linear rise, then half a cosine down to zero."""
    rise = int(steps * _WARM_UP)
    if step < rise:
        return _PEAK_RATE * (step + 1) / rise
    return _PEAK_RATE * 0.5 * (1 + np.cos(np.pi * (step - rise) / (steps - rise)))


def _varied(pictures: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Shifted by up to _SHIFT pixels, and half of them mirrored: bags and shoes face either way."""
    n = len(pictures)
    padded = np.pad(pictures, ((0, 0), (_SHIFT, _SHIFT), (_SHIFT, _SHIFT)))
    rows = random.integers(0, 2 * _SHIFT + 1, (n, 1)) + np.arange(28)
    columns = random.integers(0, 2 * _SHIFT + 1, (n, 1)) + np.arange(28)
    mirrored = random.random(n) < 0.5
    columns[mirrored] = columns[mirrored, ::-1]
    return padded[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]


def train(network: networks.Network, pictures: np.ndarray, labels: np.ndarray, epochs: int,
          seed: int) -> tuple[dict, dict]:
    """Parameters and running statistics of `network` after `epochs` rounds through `pictures`
    (n, 28, 28 bytes). Prints a line an epoch."""

    def loss(parameters, x, y):
        z, found = networks.logits(network, parameters, x)
        wanted = jax.nn.one_hot(y, 10) * (1 - _SMOOTHING) + _SMOOTHING / 10
        right = (z.argmax(1) == y).mean()
        return -(jax.nn.log_softmax(z) * wanted).sum(1).mean(), (found, right)

    @jax.jit
    def step(state, x, y, rate):
        parameters, velocity, statistics = state
        (cost, (found, right)), slope = jax.value_and_grad(loss, has_aux=True)(parameters, x, y)

        def descend(p, v, g):
            g = g + (_DECAY * p if p.ndim > 1 else 0)
            v = _MOMENTUM * v + g
            return p - rate * (g + _MOMENTUM * v), v  # Nesterov's form.

        moved = jax.tree.map(descend, parameters, velocity, slope)
        pick = lambda i: jax.tree.map(lambda pair: pair[i], moved,  # noqa: E731
                                      is_leaf=lambda leaf: isinstance(leaf, tuple))
        kept = jax.tree.map(lambda s, f: _STATISTICS_DECAY * s + (1 - _STATISTICS_DECAY) * f,
                            statistics, found)
        return (pick(0), pick(1), kept), cost, right

    random = np.random.default_rng(seed)
    parameters, statistics = networks.initial(network, seed)
    state = (parameters, jax.tree.map(jnp.zeros_like, parameters), statistics)
    batches = len(pictures) // _BATCH
    begin = time.monotonic()
    for epoch in range(epochs):
        order = random.permutation(len(pictures))
        cost = right = 0.0
        for batch in range(batches):
            chosen = order[batch * _BATCH:(batch + 1) * _BATCH]
            x = _varied(pictures[chosen], random).astype(np.float32)[..., None] / np.float32(255)
            rate = np.float32(_rate(epoch * batches + batch, epochs * batches))
            state, c, r = step(state, x, labels[chosen].astype(np.int32), rate)
            cost, right = cost + float(c), right + float(r)
        print(f"{network.name}: epoch {epoch + 1} of {epochs}: loss {cost / batches:.4f}, "
              f"{100 * right / batches:.2f} % right in training, "
              f"{time.monotonic() - begin:.0f} s", flush=True)
    return jax.tree.map(np.asarray, (state[0], state[2]))

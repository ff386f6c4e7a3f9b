"""Prices that clear the markets of all exporters at once, each selling to all importers.

Exporter r supplies Q̂r = p̂r^μr; importer s buys P̂rs^−σs·P̂s^(σs+ηs) of it at P̂rs = p̂r·τrs, where
P̂s is the CES index of what it buys. Unknown is h = ln Q̂, one number an exporter, and ln p̂ = ν·h:
for a finite μ the steps are those in ln p̂, and perfectly elastic supply (ν = 0) needs no rule.
Solved is ln(demand ÷ supply) = 0 by damped Newton steps with the analytic Jacobian.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.errors import NoRootError
from tariffcalc.numeric.arrays import FloatArray
from tariffcalc.numeric.composite_price import SMALL

__all__ = ["World", "composites", "linear_supply", "summed", "world_supply"]

MOST_STEPS = 1000
LARGEST = 600.0  # e^600 is still a number, and so is a sum of many of them


@dataclass(frozen=True, slots=True)
class World:
    """The flows and elasticities of all markets.

    ``spending`` are the shares of each importer's spending (adding up over axis 1), ``sales``
    those of each exporter's sales (over axis 2), ``factor`` is ln τ: shape (cases or 1, exporters,
    importers). σ, ``cross`` = σ + η and ``power`` = 1 − σ have shape (cases or 1, 1, importers),
    ν (cases or 1, exporters, 1).
    """

    spending: FloatArray
    sales: FloatArray
    factor: FloatArray
    substitution: FloatArray
    cross: FloatArray
    inverse_supply: FloatArray
    power: FloatArray


def linear_supply(world: World) -> FloatArray:
    """Return the relative change of each exporter's quantity in the linear model, one solve.

    The elasticity of demand for r in s to the price of k is θks·(σs+ηs), less σs where k = r;
    ``factor`` holds τ − 1 here. Shape (cases, exporters, 1).
    """
    moved = world.cross * summed(world.spending * world.factor, 1)
    demand = summed(world.sales * (moved - world.substitution * world.factor), 2)
    jacobian = _jacobian(world, world.sales, world.spending)
    return np.asarray(np.linalg.solve(jacobian, -demand))


def world_supply(world: World, start: FloatArray | None = None) -> FloatArray:
    """Return ln Q̂ of each exporter, shape (cases, exporters, 1).

    ``start`` is where the search begins, by default at no change; it ends at the same from any.

    Raises
    ------
    NoRootError
        When no prices are found that clear all markets.
    """
    cases = max(getattr(world, name).shape[0] for name in World.__slots__)
    supply = np.zeros((cases, world.sales.shape[1], 1)) if start is None else start
    limit = SMALL * np.abs(world.factor).max(axis=(1, 2), keepdims=True)
    worst, step = _newton_step(world, supply)
    length = whole = np.ones((cases, 1, 1))
    done = np.zeros((cases, 1, 1), dtype=np.bool_)
    for _ in range(MOST_STEPS):
        near = (_largest(step) <= limit) & (length == 1.0)
        if near.any():
            supply, done = np.where(near & ~done, supply + step, supply), done | near
            if done.all():
                return supply
        trial = supply + length * step
        worst_there, step_there = _newton_step(world, trial)
        # Half of a step that leaves the worst market no better is tried next.
        better = (worst_there < (1.0 - 1e-4 * length) * worst) & ~done
        if better.all():
            supply, step, worst, length = trial, step_there, worst_there, whole
            continue
        supply, step = np.where(better, trial, supply), np.where(better, step_there, step)
        worst, length = np.where(better, worst_there, worst), np.where(better, 1.0, 0.5 * length)
    raise NoRootError(
        "no prices are found that clear all markets; use rates nearer to 0 or smaller elasticities"
    )


def composites(world: World, supply: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return ln P̂rs, ln P̂s and the shares of each importer's spending afterwards."""
    prices = world.inverse_supply * supply + world.factor
    mean = summed(world.spending * prices, 1)
    terms = prices - mean
    terms *= world.power
    np.minimum(terms, LARGEST, out=terms)
    np.expm1(terms, out=terms)
    terms *= world.spending
    total = summed(terms, 1)
    composite = mean + np.log1p(total) / world.power
    terms += world.spending
    terms /= 1.0 + total
    return prices, composite, terms


def _newton_step(world: World, supply: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the largest ln(demand ÷ supply) of a case, and the step that would end them all."""
    prices, composite, spending = composites(world, supply)
    wanted = world.cross * composite - world.substitution * prices
    wanted -= supply
    shift = _shift(world, wanted)
    wanted -= shift
    np.expm1(wanted, out=wanted)
    wanted *= world.sales
    total = summed(wanted, 2)
    wanted += world.sales
    wanted /= 1.0 + total
    shortage = -shift - np.log1p(total)
    step = np.linalg.solve(_jacobian(world, wanted, spending), shortage)
    return _largest(shortage), np.asarray(step)


def _shift(world: World, excess: FloatArray) -> FloatArray:
    """Return what is taken off the logarithms before they are summed: 0 but far from balance.

    1 + Σ φ·(e^x − 1) has all its digits where it is near 1, and few where all x are far below 0.
    """
    if np.abs(excess).max() <= 1.0:
        return np.zeros(1)
    most = np.where(world.sales > 0.0, excess, -np.inf).max(axis=2, keepdims=True)
    far = (most < -1.0) | (most > LARGEST)
    return np.where(far & np.isfinite(most), most, 0.0)


def _jacobian(world: World, sales: FloatArray, spending: FloatArray) -> FloatArray:
    """Return d ln(demand r ÷ supply r)/d ln Q̂k, shape (cases, exporters, exporters)."""
    cross = (sales * world.cross) @ (spending * world.inverse_supply).swapaxes(1, 2)
    own = (sales @ world.substitution.swapaxes(1, 2)) * world.inverse_supply
    diagonal = cross.reshape(len(cross), -1)[:, :: cross.shape[1] + 1]
    diagonal -= 1.0 + own[:, :, 0]
    return cross


def summed(amounts: FloatArray, axis: int) -> FloatArray:
    """Return the sums over one axis, which stays as an axis of length 1."""
    return np.asarray(np.add.reduce(amounts, axis=axis, keepdims=True))


def _largest(amounts: FloatArray) -> FloatArray:
    return np.asarray(np.maximum.reduce(np.abs(amounts), axis=1, keepdims=True))

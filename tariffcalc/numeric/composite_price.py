"""The price of a composite of varieties whose supply slopes upwards: one equation a market.

Demand for variety i is P̂i^−σ·P̂^(σ+η), its supply p̂i^μi, and P̂i = p̂i·τi; P̂ is the CES index
(Σ θi·P̂i^(1−σ))^(1/(1−σ)). Supply meets demand where ln P̂i = ((σ+η)·ln P̂ + μi·ln τi)/(μi+σ).
A market of variety i alone would have ln P̂ = ln τi/(1 − η·νi), ν = 1/μ: call that zi. Then
ln P̂i − ln P̂ = si·(ln P̂ − zi) with si = −(1 − η·νi)/(1 + σ·νi) < 0, so that
F(y) = ln(Σ θi·e^((1−σ)·si·(y−zi)))/(1−σ) falls in y = ln P̂, from at least 0 at the least zi to
at most 0 at the largest. F is concave or convex, and linear where all si are equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["Market", "ces_power", "composite_price", "linear_price", "market", "over_suppliers"]

MOST_STEPS = 100
# What a Newton step leaves is some 30 times its square: after one this small nothing is left.
SMALL = 2.0**-30
# ln(Σ θ·x^c)/c at c = 0 is Σ θ·ln x: at this c the two agree to the last bit.
NEXT_TO_NONE = 1e-30


@dataclass(frozen=True, slots=True)
class Market:
    """One equation a market: shares θ, prices ``alone`` z, ``slope`` s, ``spread`` 1 + σ·ν.

    These broadcast to shape (cases, suppliers, markets); z is 0 where nothing is sold. ``power``
    is 1 − σ, of shape (cases or 1, 1, markets or 1).
    """

    share: FloatArray
    alone: FloatArray
    slope: FloatArray
    spread: FloatArray
    power: FloatArray


def ces_power(substitution: FloatArray) -> FloatArray:
    """Return 1 − σ, and next to nothing in place of 0."""
    return np.where(substitution == 1.0, NEXT_TO_NONE, 1.0 - substitution)


def over_suppliers(terms: FloatArray) -> FloatArray:
    """Return the sums over the suppliers, in their order: a zero among them changes no bit.

    ``terms`` has shape (cases, suppliers, markets), the sums (cases, 1, markets). NumPy keeps the
    order but where the last axis is 1 long.
    """
    if terms.shape[2] > 1:
        return np.asarray(np.add.reduce(terms, axis=1, keepdims=True))
    total = terms[:, :1].copy()
    for supplier in range(1, terms.shape[1]):
        total += terms[:, supplier : supplier + 1]
    return total


def market(
    share: FloatArray,
    factor: FloatArray,
    *,
    substitution: FloatArray,
    demand: FloatArray,
    inverse_supply: FloatArray,
) -> Market:
    """Return the equation of each market.

    ``share`` of spending and ``factor`` = ln τ have shape (cases or 1, suppliers, markets), the
    elasticities (cases or 1, suppliers or 1, markets or 1), σ and η one per market.
    """
    own, spread = 1.0 - demand * inverse_supply, 1.0 + substitution * inverse_supply
    alone = np.where(share > 0.0, factor / own, 0.0)
    return Market(share, alone, -own / spread, spread, ces_power(substitution))


def linear_price(equation: Market) -> FloatArray:
    """Return the root of the equation made linear, Σ θ·s·(y − z) = 0; 0 where nothing is sold."""
    weight = equation.share * equation.slope
    total = over_suppliers(weight)
    none = total == 0.0
    return over_suppliers(weight * equation.alone) / np.where(none, 1.0, total)


def composite_price(equation: Market, start: FloatArray | None = None) -> FloatArray:
    """Return ln P̂ of each market, shape (cases, 1, markets), by safeguarded Newton steps.

    ``start`` is the y where the search begins, by default the linear root; it ends at the same
    price from any.
    """
    low = equation.alone.min(axis=1, keepdims=True, initial=0.0)
    high = equation.alone.max(axis=1, keepdims=True, initial=0.0)
    size = np.maximum(high, -low)
    price = np.clip(linear_price(equation) if start is None else start, low, high)
    rise, done = equation.power * equation.slope, low == high
    for _ in range(MOST_STEPS):
        if done.all():
            break
        # Where an exponential overflows there is no step, and the middle is tried.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            excess, gradient = _excess(equation, rise, price)
            step = excess / gradient
        above = excess < 0.0
        low, high = np.where(above, low, price), np.where(above, price, high)
        target, near = price - step, np.abs(step) <= SMALL * size
        inside = near | ((target >= low) & (target <= high))
        target = np.where(inside, target, 0.5 * (low + high))
        price, done = np.where(done, price, target), done | near
    return price


def _excess(equation: Market, rise: FloatArray, price: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return F and its derivative, −1 where nothing is sold; both of shape (cases, 1, markets)."""
    terms = price - equation.alone
    terms *= rise
    np.expm1(terms, out=terms)
    terms *= equation.share
    total = over_suppliers(terms)
    terms += equation.share
    terms *= equation.slope
    weighted = over_suppliers(terms)
    gradient = np.where(weighted == 0.0, -1.0, weighted) / (1.0 + total)
    return np.log1p(total) / equation.power, gradient

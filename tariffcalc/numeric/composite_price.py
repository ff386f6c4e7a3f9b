"""The price of a composite of varieties whose supply slopes upwards: one equation a market.

Demand for variety i is P̂i^−σ·P̂^(σ+η), its supply p̂i^μi, and P̂i = p̂i·τi; P̂ is the CES index
(Σ θi·P̂i^(1−σ))^(1/(1−σ)). With ν = 1/μ supply meets demand where
ln P̂i − ln P̂ = (ln τi − (1 − η·νi)·ln P̂)/(1 + σ·νi), so that y = ln P̂ is the root of
G(y) = ln Σ θi·e^xi with xi = (1−σ)·(ln P̂i − ln P̂), a line in y: xi = pushi − pulli·y.
All pulls have the sign of 1 − σ: G is monotone, convex, and a line where supply is alike. Over
1 − σ they lie between 1 and −η/σ, which bounds the derivatives of G and tells which step is the
last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["Market", "ces_power", "composite_price", "linear_price", "market", "over_suppliers"]

MOST_STEPS = 100
# A step this small, as a share of the price, leaves nothing.
SMALL = 2.0**-30
TINY = 2.0**-54  # the share of a price that may be left: half of its last bit
# ln(Σ θ·x^c)/c at c = 0 is Σ θ·ln x: at this c the two agree to the last bit.
NEXT_TO_NONE = 1e-30
ANY = np.full((1, 1, 1), 1e9)  # the reach of a step of any length
LARGEST = 600.0  # e^600 is still a number, and so is a sum of many of them
FURTHEST = 1500.0  # further from 0 than the logarithm of a ratio of two numbers


@dataclass(frozen=True, slots=True)
class Market:
    """One equation a market: ``share`` θ, and x = ``push`` − ``pull``·y of its suppliers.

    These broadcast to shape (cases, suppliers, markets), and so does ``ease`` = 1/(1 + σ·ν).
    ``power`` is 1 − σ, and ``reach`` how long a step may be, over the cube root of the size of the
    price, that leaves nothing: both of shape (cases or 1, 1, markets or 1).
    """

    share: FloatArray
    push: FloatArray
    pull: FloatArray
    ease: FloatArray
    power: FloatArray
    reach: FloatArray


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
    power, ease = ces_power(substitution), np.asarray(substitution * inverse_supply)
    ease += 1.0
    np.reciprocal(ease, out=ease)
    pull = np.asarray(demand * inverse_supply)
    np.subtract(1.0, pull, out=pull)
    scaled = power * ease
    pull = pull * scaled
    reach = ANY if pull.shape[1] == 1 else _reach(power, demand / substitution)
    return Market(share, factor * scaled, pull, ease, power, reach)


def _reach(power: FloatArray, ratio: FloatArray) -> FloatArray:
    """Return the reach of a step of Halley's: it leaves at most c²·R³·k⁺/(60·k⁻²) times its cube.

    Pulls over c = 1 − σ lie between k⁻ and k⁺, R = |1 + η/σ| apart, so that G″/G′ is at most
    c·R²/(4·k⁻) and G‴/G′ at most c²·R³/(6·√3·k⁻).
    """
    least, most, apart = np.minimum(1.0, -ratio), np.maximum(1.0, -ratio), np.abs(1.0 + ratio)
    rest = np.square(power) * apart**3 * most
    none = rest == 0.0
    reach = np.cbrt(60.0 * TINY * np.square(least) / np.where(none, 1.0, rest))
    return np.where(none, ANY, reach)


def linear_price(equation: Market) -> FloatArray:
    """Return the root of the equation made linear, Σ θ·x = 0; 0 where nothing is sold."""
    if equation.pull.shape[1] == 1:
        weight = over_suppliers(equation.share) * equation.pull
    else:
        weight = over_suppliers(equation.share * equation.pull)
    return over_suppliers(equation.share * equation.push) / np.where(weight == 0.0, 1.0, weight)


def composite_price(equation: Market, start: FloatArray | None = None) -> FloatArray:
    """Return ln P̂ of each market, shape (cases, 1, markets), by safeguarded steps of Halley's.

    ``start`` is the y where the search begins, by default the linear root; it ends at the same
    price from any.
    """
    price = linear_price(equation) if start is None else np.clip(start, *_range(equation))
    low, high = np.full((1, 1, 1), -FURTHEST), np.full((1, 1, 1), FURTHEST)
    done = np.zeros((1, 1, 1), dtype=np.bool_)
    for _ in range(MOST_STEPS):
        growth, step = _step(equation, price)
        size = np.abs(price) + np.abs(step)
        limit = np.maximum(SMALL * size, equation.reach * np.cbrt(size))
        # Where the sum has lost its digits, a step is not the last.
        near = (np.abs(step) <= limit) & (np.abs(growth) < 0.5)
        target, last = price + step, done | near
        if last.all():
            return np.where(done, price, target)
        below = (growth > 0.0) == (equation.power > 0.0)
        low, high = np.where(below, price, low), np.where(below, high, price)
        inside = near | ((target >= low) & (target <= high))
        target = np.where(inside, target, 0.5 * (low + high))
        price, done = np.where(done, price, target), last
    return price


def _range(equation: Market) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest root of a market of one supplier alone."""
    alone = np.where(equation.share > 0.0, equation.push / equation.pull, 0.0)
    return alone.min(axis=1, keepdims=True), alone.max(axis=1, keepdims=True)


def _step(equation: Market, price: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Σ θ·(e^x − 1) and the step to the root; both of shape (cases, 1, markets)."""
    terms = equation.pull * price
    terms = np.asarray(equation.push - terms)
    if terms.max(initial=0.0) > LARGEST:
        np.minimum(terms, LARGEST, out=terms)
    np.expm1(terms, out=terms)
    terms *= equation.share
    growth = over_suppliers(terms)
    # Where all terms have vanished there is no step, and the middle is tried.
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = np.log1p(growth)
        if equation.pull.shape[1] == 1:
            return growth, excess / equation.pull
        terms += equation.share
        terms *= equation.pull
        first = over_suppliers(terms)
        first = np.where(first == 0.0, 1.0, first)
        terms *= equation.pull
        whole = 1.0 + growth
        step = excess * whole / first
        bend = over_suppliers(terms) / first - first / whole
        return growth, step / (1.0 - 0.5 * step * bend)

"""Zero-coupon rates from par yields, discount factors and forward rates of a yield curve."""

from __future__ import annotations

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["curve_factors", "forward_par_rates", "forward_rates", "zero_rates"]

HALF_YEAR = 0.5


def zero_rates(maturities: FloatArray, par: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return maturities and effective zero-coupon rates of a curve of bond-equivalent par yields.

    Up to half a year a yield is simple: 1 = df·(1 + y·t). Beyond, a bond at par pays y/2 each half
    year: 1 = (y/2)·Σ_j df_j + df_n, solved one half year after the other (bootstrapping), with
    yields between two maturities on a straight line. A zero rate is z = df^(−1/t) − 1.
    """
    short = maturities[maturities < HALF_YEAR]
    steps = np.floor(maturities[-1] / HALF_YEAR + 1e-9)
    halves = np.arange(1.0, max(1.0, steps) + 1.0) * HALF_YEAR
    annuity, bonds = 0.0, []
    for coupon in np.interp(halves, maturities, par) / 2.0:  # the first bond pays once: simple
        factor = (1.0 - coupon * annuity) / (1.0 + coupon)
        annuity = annuity + factor
        bonds.append(factor)
    times = np.concatenate([short, halves])
    found = np.concatenate([1.0 / (1.0 + par[: short.size] * short), np.array(bonds)])
    return times, np.expm1(-np.log(found) / times)


def curve_factors(
    maturities: FloatArray, zeros: FloatArray, shift: FloatArray, times: FloatArray
) -> FloatArray:
    """Return discount factors (1 + z(t) + shift)^−t, shape (cases, times).

    Zero rates between two maturities lie on a straight line and stay level outside them; ``shift``
    has shape (cases or 1,).
    """
    rates = np.interp(times, maturities, zeros)[np.newaxis, :] + shift[:, np.newaxis]
    return np.asfortranarray(np.exp(-times * np.log1p(rates)))


def forward_rates(
    maturities: FloatArray, zeros: FloatArray, shift: FloatArray, times: FloatArray
) -> FloatArray:
    """Return the effective yearly rate between each two times, shape (cases, times − 1)."""
    logs = np.log(curve_factors(maturities, zeros, shift, times))
    return np.asfortranarray(np.expm1((logs[:, :-1] - logs[:, 1:]) / np.diff(times)))


def forward_par_rates(factors: FloatArray, tenor: FloatArray, periods: int) -> FloatArray:
    """Return the rate per period at which a loan raised in each period is at par.

    c_k = (df_k − df_{k+n}) / Σ_{j=1..n} df_{k+j}: interest each period and the principal at the end
    of n, seen from today's curve. ``factors`` has shape (cases or 1, times), from time 0 to that
    of ``periods`` and the longest tenor; ``tenor`` counts periods, shape (cases or 1,).
    """
    cases = max(factors.shape[0], tenor.size)
    known = np.broadcast_to(factors, (cases, factors.shape[1]))
    sums = np.cumsum(known, axis=1)
    start = np.arange(periods)
    end = start + np.broadcast_to(tenor, (cases,)).astype(np.int64)[:, np.newaxis]
    annuity = np.take_along_axis(sums, end, axis=1) - sums[:, :periods]
    gain = known[:, :periods] - np.take_along_axis(known, end, axis=1)
    return np.asfortranarray(gain / annuity)

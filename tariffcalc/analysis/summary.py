"""A distribution in figures: moments, quantiles, expected shortfall, and their standard errors."""

from __future__ import annotations

import math

import numpy as np

from tariffcalc.numeric.arrays import FloatArray

__all__ = ["QUANTILES", "TAIL", "summary"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TAIL = 0.05


def summary(benefit: FloatArray, over_capacity: float) -> dict[str, float]:
    """Return the figures of one structure.

    Parameters
    ----------
    benefit
        Net benefit of each draw [USD].
    over_capacity
        Number of draws whose peak is over the FX capacity; NaN where the capacity is unknown.
    """
    ordered, draws = np.sort(benefit), benefit.size
    mean, deviation = mean_and_deviation(benefit)
    row = {
        "mean_usd": mean,
        "standard_error_usd": deviation / math.sqrt(draws),
        "standard_deviation_usd": deviation,
    }
    row |= {f"{_word(share)}_usd": _quantile(ordered, share) for share in QUANTILES}
    positive, over = float((benefit > 0.0).mean()), over_capacity / draws
    shortfall, shortfall_error = expected_shortfall(ordered, TAIL)
    row |= {
        "positive_share": positive,
        "over_fx_capacity_share": over,
        "expected_shortfall_usd": shortfall,
        "expected_shortfall_standard_error_usd": shortfall_error,
    }
    row |= {
        f"{_word(share)}_standard_error_usd": _quantile_error(ordered, share) for share in QUANTILES
    }
    row["positive_standard_error_share"] = _share_error(positive, draws)
    row["over_fx_capacity_standard_error_share"] = _share_error(over, draws)
    return row


def mean_and_deviation(values: FloatArray) -> tuple[float, float]:
    """Return mean and standard deviation, from the first value on: exact where all are equal."""
    apart = values - values[0]
    return float(values[0] + apart.mean()), float(apart.std(ddof=1))


def expected_shortfall(ordered: FloatArray, share: float) -> tuple[float, float]:
    """Return the mean of the worst share of the values, and its standard error.

    The worst n·share values count, the last of them in part. The error is that of the mean of
    q − max(q − x, 0)/share over all values, q the quantile (Acerbi and Tasche, 2002,
    doi:10.1016/S0378-4266(02)00283-2).
    """
    count = ordered.size * share
    whole = int(count)
    edge = ordered[min(whole, ordered.size - 1)]
    below = ordered[:whole] - edge
    mean = float(edge + below.sum() / count)
    short = np.minimum(ordered - edge, 0.0) / share
    return mean, mean_and_deviation(short)[1] / math.sqrt(ordered.size)


def _quantile(ordered: FloatArray, share: float) -> float:
    """Return the quantile between two neighbours of ordered values, as numpy's default."""
    return float(np.quantile(ordered, share))


def _quantile_error(ordered: FloatArray, share: float) -> float:
    """Return a quarter of the distance of the values two standard errors of rank either way."""
    place = (ordered.size - 1) * share
    wide = 2.0 * math.sqrt(ordered.size * share * (1.0 - share))
    low = max(math.floor(place - wide), 0)
    high = min(math.ceil(place + wide), ordered.size - 1)
    return float(ordered[high] - ordered[low]) / 4.0


def _share_error(share: float, draws: int) -> float:
    return math.sqrt(share * (1.0 - share) / draws)


def _word(share: float) -> str:
    return f"q{round(100 * share):02d}"

"""The two sides of the table: whose gains count for each, and how hard it bargains."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from tariffcalc.analysis.batches import finite
from tariffcalc.bookkeeping import PARTIES
from tariffcalc.errors import InputError, unknown_name
from tariffcalc.models import Model, Number, Rate, Share, number
from tariffcalc.numeric.bargaining import first_offer_share

__all__ = ["HOST", "PAYER", "Side", "payer_weight", "rubinstein_share", "side_of"]


def check_counts(counts: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse parties that do not exist, or twice the same."""
    for party in counts:
        if party not in PARTIES:
            raise ValueError(str(unknown_name("party", party, PARTIES)))
        if counts.count(party) > 1:
            raise ValueError(f"{party!r} counts once; it is named {counts.count(party)} times")
    return counts


class Side(Model):
    """A side of the table: what it gains by an agreement, and how hard it bargains.

    Parameters
    ----------
    counts
        Parties of :func:`incidence` whose gains count for it, one dollar of each the same.
    weight
        Its bargaining weight; those of the two sides add up to 1, so one of them is enough.
    delay_rate
        In place of weights: the rate, continuously compounded, at which it discounts what an
        agreement brings for each year without one [per year].
    walk_away_usd
        What it has without an agreement, over no deal and no pledge [USD]: a gain counts from
        there.

    Notes
    -----
    By default the payer counts ``exporters`` and ``payer_public``: the net benefit of
    :func:`compare`, relief less net cost. The host counts ``host_government``, its split of
    project cash, and ``host_treasury``, which loses the duty that is no longer collected. What
    importers gain is ``importers``; add it where the host's own consumers count.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Side(counts=["host_government", "host_treasury", "importers"], weight=0.6).weight
    0.6
    """

    counts: Annotated[tuple[str, ...], AfterValidator(check_counts), Field(min_length=1)]
    weight: Share | None = number("share", "bargaining weight", default=None)
    delay_rate: Rate | None = number(
        "per year, continuously compounded",
        "discount rate while there is no agreement",
        default=None,
    )
    walk_away_usd: Number = number("USD", "what it has without an agreement", default=0.0)


PAYER = ("exporters", "payer_public")
HOST = ("host_government", "host_treasury")


def side_of(name: str, given: object, counts: tuple[str, ...]) -> Side:
    """Return a side as it is given, or one for which the usual parties count."""
    if given is None:
        return Side(counts=counts)
    if not isinstance(given, Side):
        raise InputError(
            f"{name}: a Side is needed, given {given!r}; such as Side(counts={list(counts)})"
        )
    return given


def payer_weight(payer: Side, host: Side) -> float:
    """Return the payer's bargaining weight: as given, by patience, or one half.

    Raises
    ------
    InputError
        For weights that do not add up to 1, one delay rate alone, or weights beside delay rates.
    """
    weights, rates = (payer.weight, host.weight), (payer.delay_rate, host.delay_rate)
    if weights != (None, None) and rates != (None, None):
        raise InputError("weight and delay_rate both say how hard a side bargains; leave one out")
    if weights != (None, None):
        own = 1.0 - host.weight if payer.weight is None else payer.weight  # type: ignore[operator]
        other = 1.0 - own if host.weight is None else host.weight
        if abs(own + other - 1.0) > 1e-9:
            raise InputError(
                f"weight: those of payer and host have to add up to 1, given {own:g} and {other:g}"
            )
        return own
    if rates == (None, None):
        return 0.5
    if None in rates:
        raise InputError(
            f"delay_rate: both sides need one, given {rates[0]} (payer) and {rates[1]} (host)"
        )
    return rubinstein_share(own_rate=rates[0], other_rate=rates[1])  # type: ignore[arg-type]


def rubinstein_share(
    *, own_rate: float, other_rate: float, years_between_offers: float = 0.0
) -> float:
    """Return the share of a surplus that the side with the first of alternating offers gets.

    Parameters
    ----------
    own_rate, other_rate
        Rates at which the first side and the other one discount a later agreement, continuously
        compounded [per year], from 0; one of them is above 0.
    years_between_offers
        Years from an offer to the next one; 0 is the limit of offers without a pause.

    Returns
    -------
    float
        (1 − δ₂)/(1 − δ₁δ₂) with δ = exp(−rate·years): the only subgame-perfect equilibrium. In the
        limit r₂/(r₁ + r₂): the weights of the Nash solution by patience, whoever begins.

    Raises
    ------
    InputError
        For rates or years below 0, or two sides that do not mind waiting at all.

    Notes
    -----
    Near the limit the share is r₂/(r₁+r₂)·(1 + r₁Δ/2 + O(Δ²)): beginning is worth something.

    References
    ----------
    A. Rubinstein (1982), Perfect Equilibrium in a Bargaining Model, doi:10.2307/1912531;
    K. Binmore, A. Rubinstein and A. Wolinsky (1986), doi:10.2307/2555382.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.rubinstein_share(own_rate=0.02, other_rate=0.06)
    0.75
    >>> round(tc.rubinstein_share(own_rate=0.02, other_rate=0.06, years_between_offers=1), 4)
    0.7574
    """
    given = {
        "own_rate": own_rate,
        "other_rate": other_rate,
        "years_between_offers": years_between_offers,
    }
    checked = {name: finite(name, value) for name, value in given.items()}
    for name, value in checked.items():
        if value < 0.0:
            raise InputError(f"{name}: a number from 0 is needed, given {value:g}")
    own, other, years = checked.values()
    if own + other == 0.0:
        raise InputError("own_rate and other_rate: one has to be above 0; else nobody has to agree")
    return float(first_offer_share(own, other, years))

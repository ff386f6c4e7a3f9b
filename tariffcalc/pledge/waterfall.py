"""How project cash is split between payer and host, until and after recovery."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from tariffcalc.models import Growth, Model, Name, Share, Years, number

__all__ = ["Waterfall"]


class Waterfall(Model):
    """How project cash is split, before and after the deemed allocation amount is recovered.

    Parameters
    ----------
    split_before, split_after
        Payer's share of the cash until recovery, and from that dollar on [shares].
    deemed_rate, deemed_curve
        Interest on the amount to be recovered: a fixed rate [fraction per year], or the name of a
        curve of the economy whose forward rate of each period is meant. Exactly one is given.
    deemed_spread
        Added to the one or the other [fraction per year]; none means 0.
    daa
        ``"cumulative"``: one running balance of principal and interest; ``"per_period"``: each
        period owes interest, principal ÷ life and the shortfall carried, and what a period has
        beyond that is split at once.
    counts
        Whose receipts reduce the balance: ``"own_receipts"`` or ``"all_distributions"``.
    shortfall_interest
        Whether a shortfall carried to the next period earns the deemed rate (``per_period`` only).
    pooled
        ``True``: one balance for all equity tranches and projects, as of an umbrella vehicle: the
        split changes only when all of them together are recovered. ``False``: one for each project
        of each equity tranche.
    adjuster
        What a balance does that is still above 0 at the end of ``adjuster_years``: ``"none"``;
        ``"at_deadline"``: from the next period until recovery ``split_adjusted`` replaces
        ``split_before``; ``"foreseen"``: it does so from the first distribution on.
    adjuster_years
        Years from the first draw of a vehicle to the deadline.
    split_adjusted
        Payer's share until recovery once adjusted [share].
    withheld
        What becomes of the payer's share in periods in which a call is unpaid: ``"kept"``: the
        host has it for good, and it is no receipt of the payer's; ``"released"``: the host has it
        until the call is made good and then hands it over without interest, and the balance runs
        as if it had been paid in time.

    Notes
    -----
    Cumulative: B_k = (B_{k−1} + D_k)(1+ρ_k) − R_k, never below 0. Per period: what a period owes
    is never below 0, even where the deemed rate is. A balance of a trillionth of the draws is
    rounding to the adjuster. No source gives a formula for the adjuster ("the split may be
    adjusted") nor for the catch-up after a missed call: these switches are assumptions.

    Examples
    --------
    >>> import tariffcalc as tc
    >>> tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.0418).pooled
    True
    >>> tc.Waterfall(split_before=0.5, split_after=0.1, deemed_rate=0.0473, deemed_spread=0.01,
    ...              adjuster="at_deadline", adjuster_years=20, split_adjusted=0.9).adjuster
    'at_deadline'
    """

    split_before: Share = number("share of project cash", "payer's share until recovery")
    split_after: Share = number("share of project cash", "payer's share after recovery")
    deemed_rate: Growth | None = number(
        "fraction per year", "interest on the amount to be recovered", default=None
    )
    deemed_curve: Name | None = None
    deemed_spread: Growth | None = number(
        "fraction per year", "added to the deemed rate or curve", default=None
    )
    daa: Literal["cumulative", "per_period"] = "cumulative"
    counts: Literal["own_receipts", "all_distributions"] = "own_receipts"
    shortfall_interest: bool = True
    pooled: bool = True
    adjuster: Literal["none", "at_deadline", "foreseen"] = "none"
    adjuster_years: Years | None = number(
        "years", "years from the first draw to the adjuster's deadline", default=None
    )
    split_adjusted: Share | None = number(
        "share of project cash", "payer's share until recovery once adjusted", default=None
    )
    withheld: Literal["kept", "released"] = "kept"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_waterfall(self)
        return self


def check_waterfall(waterfall: Waterfall) -> None:
    """Refuse no deemed rate or two, one of −1 or below, and an adjuster without its terms."""
    faults = deemed_faults(waterfall)
    missing = [n for n in ("adjuster_years", "split_adjusted") if getattr(waterfall, n) is None]
    if waterfall.adjuster != "none" and missing:
        faults.append(f"adjuster {waterfall.adjuster!r} needs {', '.join(missing)}")
    if faults:
        raise ValueError("; ".join(faults))


def deemed_faults(waterfall: Waterfall) -> list[str]:
    """Return what is wrong with the deemed rate, in words."""
    rate, curve = waterfall.deemed_rate, waterfall.deemed_curve
    if (rate is None) == (curve is None):
        given = "neither" if rate is None else "both"
        return [f"deemed_rate or deemed_curve: exactly one is needed, given {given}"]
    if rate is not None and rate + (waterfall.deemed_spread or 0.0) <= -1.0:
        total = rate + (waterfall.deemed_spread or 0.0)
        return [f"deemed_rate + deemed_spread has to be above -1, given {total:g}"]
    return []

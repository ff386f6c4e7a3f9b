"""Strategies for tariff law and the lines it applies to, and what rates and gains must satisfy."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from tariffcalc.tariffs.measures import TariffMeasure
from tariffcalc.tariffs.products import list_product_lists
from tariffcalc.tariffs.schedule import TariffSchedule
from tariffcalc.trade.flows import TradeFlows

__all__ = [
    "assert_gains_add_up",
    "assert_rates_add_up",
    "entry_dates",
    "hs_codes",
    "tariff_laws",
    "tariff_lines",
    "tariff_measures",
    "tariff_schedules",
    "trade_flows",
]

FORMS = ("base", "additional", "all_in", "exemption")
AUTHORITIES = ("autos", "steel", "aluminum", "reciprocal")
CONTENTS = ("steel_share", "aluminum_share")
PARTNERS = ("KOR", "JPN", "DEU", "MEX")
KNOWN_CODES = ("8703230140", "8708295160", "7208510030", "7616995190", "8542310001", "0101290090")
ROUNDING = 2.0**-53  # one operation changes its result by at most this share of it


def hs_codes(*, digits: Sequence[int] = (2, 4, 6, 8, 10)) -> st.SearchStrategy[str]:
    """Draw HS codes: text of 2, 4, 6, 8 or 10 digits, a leading zero included.

    Parameters
    ----------
    digits
        Lengths to choose from.

    Returns
    -------
    SearchStrategy
        Of str.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import hs_codes
    >>> @given(hs_codes(digits=[6]))
    ... def codes_have_six_digits(code):
    ...     assert len(code) == 6 and code.isdigit()
    >>> codes_have_six_digits()
    """

    def of_length(length: int) -> st.SearchStrategy[str]:
        any_code = st.integers(0, 10**length - 1).map(lambda number: f"{number:0{length}d}")
        return st.sampled_from([code[:length] for code in KNOWN_CODES]) | any_code

    return st.sampled_from(list(digits)).flatmap(of_length)


def entry_dates() -> st.SearchStrategy[dt.date]:
    """Draw dates of entry: the days of 2025 and 2026, when most measures drawn here begin or end.

    Returns
    -------
    SearchStrategy
        Of :class:`datetime.date`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import entry_dates, tariff_laws
    >>> @given(tariff_laws(), entry_dates())
    ... def no_rate_is_negative(law, day):
    ...     schedule, lines = law
    ...     assert (schedule.rates(lines, on=day)["total_rate"] >= 0).all()
    >>> no_rate_is_negative()
    """
    return st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31))


@lru_cache
def _rates(exact: bool) -> st.SearchStrategy[float]:
    """Rates from 0 on: in steps of 1/64, or as laws write them, or any up to 10."""
    if exact:
        return st.integers(0, 64).map(lambda steps: steps / 64)
    written = st.integers(0, 1000).map(lambda tenths: tenths / 1000)
    return written | st.floats(0.0, 10.0, allow_subnormal=False)


@lru_cache
def _shares(exact: bool) -> st.SearchStrategy[float]:
    ends = st.sampled_from((0.0, 0.5, 1.0))
    if exact:
        return ends | st.integers(0, 8).map(lambda steps: steps / 8)
    return ends | st.floats(0.0, 1.0, allow_subnormal=False)


@lru_cache
def _contents(exact: bool) -> st.SearchStrategy[float | str | None]:
    return st.none() | _shares(exact) | st.sampled_from(CONTENTS)


@lru_cache
def _rows(
    digits: tuple[int, ...], partners: tuple[str, ...], exact: bool
) -> st.SearchStrategy[dict[str, Any]]:
    rates, shares = _rates(exact), _shares(exact)
    if exact:
        values = st.integers(6, 16).map(lambda power: 2.0**power)
        quantities = st.integers(0, 6).map(lambda power: 2.0**power)
    else:
        values = st.integers(100, 10**13).map(lambda cents: cents / 100)
        quantities = st.integers(0, 10**4).map(float)
    return st.fixed_dictionaries(
        {
            "hs": hs_codes(digits=digits),
            "partner": st.sampled_from(partners),
            "value_usd": values,
            "quantity": quantities,
            "annual_quantity": st.integers(0, 6).map(lambda power: 2.0**power),
            "mfn_rate": rates,
            "preferential_rate": st.sampled_from((0.0, math.nan)) | rates,
            "preference_use_share": shares,
            "steel_share": shares,
            "aluminum_share": shares,
        }
    )


def tariff_lines(
    *,
    max_size: int = 6,
    digits: Sequence[int] = (10,),
    partners: Sequence[str] = PARTNERS,
    exact: bool = False,
) -> st.SearchStrategy[pd.DataFrame]:
    """Draw a frame of lines with every column that a law can ask for.

    The columns are ``hs, partner, value_usd, quantity, annual_quantity, mfn_rate,
    preferential_rate, preference_use_share, steel_share, aluminum_share``; values are above 0,
    and a line without a preference has NaN as its preferential rate.

    Parameters
    ----------
    max_size
        Most lines.
    digits
        Lengths of the HS codes; a line of fewer than 10 digits can be too coarse for a measure.
    partners
        Partners to choose from.
    exact
        Draw binary fractions so short that the rates of a law of four measures need no rounding.

    Returns
    -------
    SearchStrategy
        Of :class:`pandas.DataFrame`.

    Examples
    --------
    >>> from hypothesis import given
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import tariff_lines
    >>> @given(tariff_lines())
    ... def lines_are_flows(lines):
    ...     assert len(tc.TradeFlows.from_frame(lines)) == len(lines)
    >>> lines_are_flows()
    """
    row = _rows(tuple(digits), tuple(partners), exact)
    return st.lists(row, min_size=1, max_size=max_size).map(pd.DataFrame)


def trade_flows(
    *,
    max_size: int = 6,
    digits: Sequence[int] = (10,),
    partners: Sequence[str] = PARTNERS,
    exact: bool = False,
) -> st.SearchStrategy[TradeFlows]:
    """Draw checked flows; the arguments are those of :func:`tariff_lines`.

    Parameters
    ----------
    max_size
        Most lines.
    digits
        Lengths of the HS codes.
    partners
        Partners to choose from.
    exact
        Draw short binary fractions.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.TradeFlows`.

    Examples
    --------
    >>> from hypothesis import given
    >>> import tariffcalc as tc
    >>> from tariffcalc.testing import assert_gains_add_up, trade_flows
    >>> @given(trade_flows())
    ... def prices_share_a_tariff_cut(flows):
    ...     answer = tc.StaticResponse(pass_through=0.5).respond(flows, 0.25, 0.15)
    ...     assert_gains_add_up(answer)
    >>> prices_share_a_tariff_cut()
    """
    lines = tariff_lines(max_size=max_size, digits=digits, partners=partners, exact=exact)
    return lines.map(TradeFlows.from_frame)


ELSEWHERE = hs_codes() | st.sampled_from(list_product_lists())
LENGTHS = st.sampled_from((2, 4, 6, 8, 10))
BOOLEANS = st.booleans()
PLACES = st.integers(0, 2**16)
SOME_PARTNERS = st.sets(st.sampled_from((*PARTNERS, "EU27")), min_size=1, max_size=3).map(sorted)
USUALLY = st.sampled_from((True, True, True, False))  # measures drawn apart must meet on a line


def _products(draw: st.DrawFn, most: int, codes: Sequence[str]) -> list[str]:
    """Draw prefixes of the codes most of the time, else any code or a packaged list."""
    return [
        codes[draw(PLACES) % len(codes)][: draw(LENGTHS)]
        if len(codes) > 0 and draw(USUALLY)
        else draw(ELSEWHERE)
        for _ in range(draw(PLACES) % (most + 1))
    ]


@st.composite
def tariff_measures(
    draw: st.DrawFn,
    *,
    name: str = "measure",
    forms: Sequence[str] = FORMS,
    authorities: Sequence[str] = AUTHORITIES,
    codes: Sequence[str] = (),
    exact: bool = False,
) -> TariffMeasure:
    """Draw a measure of any form: ad valorem, specific or both, in full or on a content share.

    It displaces only authorities that stand behind its own in ``authorities``, so that measures
    drawn apart never displace each other in a circle.

    Parameters
    ----------
    name
        Its name.
    forms, authorities
        What to choose from.
    codes
        HS codes whose prefixes most products are; none means products from anywhere.
    exact
        Draw short binary fractions.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.TariffMeasure`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import tariff_measures
    >>> @given(tariff_measures(forms=["all_in"]))
    ... def an_all_in_measure_has_no_specific_duty(measure):
    ...     assert not measure.specific_usd_per_unit
    >>> an_all_in_measure_has_no_specific_duty()
    """
    form = forms[draw(PLACES) % len(forms)]
    place = draw(PLACES) % len(authorities)
    start = dt.date(2025, 1, 1) if draw(USUALLY) else draw(entry_dates())
    fields: dict[str, Any] = {}
    if not draw(USUALLY):
        fields["end"] = start + dt.timedelta(days=draw(st.integers(0, 600)))
    if form != "base":
        all_behind = draw(BOOLEANS)
        behind = authorities[place + 1 :]
        fields["displaces"] = tuple(name for name in behind if all_behind or draw(BOOLEANS))
        if draw(USUALLY):
            fields["content"] = draw(_contents(exact))
        else:
            fields["quota_quantity"] = 2.0 ** (draw(PLACES) % 7)
    if form in ("base", "additional") and draw(BOOLEANS):
        fields["specific_usd_per_unit"] = draw(st.integers(0, 16)) / 4
    return TariffMeasure(
        name=name,
        authority=authorities[place],
        rate=0.0 if form == "exemption" else draw(_rates(exact)),
        form=form,
        products=tuple(_products(draw, 0 if draw(BOOLEANS) else 3, codes)),
        partners=() if draw(USUALLY) else tuple(draw(SOME_PARTNERS)),
        exempt_partners=() if draw(USUALLY) else tuple(draw(SOME_PARTNERS)),
        start=start,
        exempt_products=tuple(_products(draw, 0 if draw(USUALLY) else 2, codes)),
        **fields,
    )


@st.composite
def tariff_schedules(
    draw: st.DrawFn,
    *,
    max_size: int = 4,
    forms: Sequence[str] = FORMS,
    authorities: Sequence[str] = AUTHORITIES,
    codes: Sequence[str] = (),
    exact: bool = False,
) -> TariffSchedule:
    """Draw a schedule whose measures stack without a circle and set at most one base rate.

    Parameters
    ----------
    max_size
        Most measures.
    forms, authorities, codes, exact
        As for :func:`tariff_measures`.

    Returns
    -------
    SearchStrategy
        Of :class:`tariffcalc.TariffSchedule`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import tariff_schedules
    >>> @given(tariff_schedules())
    ... def a_schedule_can_lose_each_of_its_measures(schedule):
    ...     for measure in schedule.measures:
    ...         assert measure not in schedule.without(measure.name).measures
    >>> a_schedule_can_lose_each_of_its_measures()
    """
    measures: list[TariffMeasure] = []
    allowed = list(forms)
    count = max_size if draw(USUALLY) else draw(PLACES) % (max_size + 1)
    for place in range(count):
        drawn = tariff_measures(
            name=f"m{place}", forms=allowed, authorities=authorities, codes=codes, exact=exact
        )
        measures.append(draw(drawn))
        if measures[-1].form == "base":
            allowed = [form for form in allowed if form != "base"]
        if not allowed:
            break
    return TariffSchedule(measures=_by_name(draw, measures))


def _by_name(draw: st.DrawFn, measures: list[TariffMeasure]) -> tuple[TariffMeasure, ...]:
    """Let some measures displace another by its name instead of by its authority."""
    named = {measure.authority: measure.name for measure in measures if measure.form != "base"}
    return tuple(
        measure.model_copy(
            update={"displaces": tuple(named.get(other, other) for other in measure.displaces)}
        )
        if measure.displaces and not draw(USUALLY)
        else measure
        for measure in measures
    )


@st.composite
def tariff_laws(
    draw: st.DrawFn,
    *,
    max_measures: int = 4,
    max_lines: int = 4,
    forms: Sequence[str] = FORMS,
    exact: bool = False,
) -> tuple[TariffSchedule, pd.DataFrame]:
    """Draw a schedule and lines of 10 digits that many of its measures reach.

    Parameters
    ----------
    max_measures, max_lines
        Most measures and most lines.
    forms
        Forms of the measures.
    exact
        Draw short binary fractions: with at most four measures every rate is exact.

    Returns
    -------
    SearchStrategy
        Of pairs of :class:`tariffcalc.TariffSchedule` and :class:`pandas.DataFrame`.

    Examples
    --------
    >>> from hypothesis import given
    >>> from tariffcalc.testing import assert_rates_add_up, tariff_laws
    >>> @given(tariff_laws())
    ... def the_parts_are_the_whole(law):
    ...     schedule, lines = law
    ...     assert_rates_add_up(schedule.rates(lines, on="2025-10-17"))
    >>> the_parts_are_the_whole()
    """
    lines = draw(tariff_lines(max_size=max_lines, exact=exact))
    schedule = draw(
        tariff_schedules(
            max_size=max_measures, forms=forms, codes=lines["hs"].tolist(), exact=exact
        )
    )
    return schedule, lines


def assert_rates_add_up(rates: pd.DataFrame) -> None:
    """Assert that base and add-ons are the total rate, and that no rate is below 0.

    Parameters
    ----------
    rates
        A table of :meth:`tariffcalc.TariffSchedule.rates`, or a row of a timeline.

    Raises
    ------
    AssertionError
        Naming the first row at fault, ready to paste.

    Examples
    --------
    >>> import pandas as pd
    >>> from tariffcalc.testing import assert_rates_add_up
    >>> rates = pd.DataFrame({"base_rate": [0.25], "steel_rate": [0.5], "total_rate": [0.75]})
    >>> assert_rates_add_up(rates)
    """
    columns = [name for name in rates.columns if str(name).endswith("_rate")]
    for label, row in rates[columns].iterrows():
        base, *parts, total = row.tolist()
        # n parts are added one by one: n roundings, each of at most a share of the total.
        exact = math.fsum([base, *parts])
        at_fault = abs(total - exact) > len(parts) * ROUNDING * exact or min(row) < 0
        if at_fault:
            raise AssertionError(f"row {label!r}: {row.to_dict()!r}")


def assert_gains_add_up(answer: pd.DataFrame) -> None:
    """Assert that the three gains of a response are its efficiency, 0 where quantities stay.

    Parameters
    ----------
    answer
        A table of a response's ``respond``.

    Raises
    ------
    AssertionError
        Naming the first row at fault, ready to paste.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> from tariffcalc.testing import assert_gains_add_up
    >>> lines = pd.DataFrame({"hs": ["8703"], "partner": ["KOR"], "value_usd": [100.0]})
    >>> flows = tc.TradeFlows.from_frame(lines)
    >>> assert_gains_add_up(tc.StaticResponse(pass_through=0.3).respond(flows, 0.25, 0.15))
    """
    for label, row in answer.iterrows():
        gains = [row[f"{who}_usd"] for who in ("exporter_gain", "importer_gain", "revenue_change")]
        sizes = [*gains, row["value_usd"], row["duty_usd"]]
        size = math.fsum(map(abs, sizes))
        at_fault = abs(row["efficiency_usd"] - math.fsum(gains)) > 2 * ROUNDING * size
        if row["quantity_index"] == 1.0:
            # The logarithms of 1 + t, up to ln 11 = 2.4, are off by an ulp each and their
            # difference by half an ulp: 12 roundings of ln τ, and as many operations behind it.
            at_fault |= abs(row["efficiency_usd"]) > 24 * ROUNDING * size
        if at_fault:
            raise AssertionError(f"row {label!r}: {row.to_dict()!r}")

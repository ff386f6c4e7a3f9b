"""Chapter 12: the law as it was known, read, explained, billed, and charged to the cent."""

import datetime as dt
import math
import tomllib
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.data import data_table, data_text
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs import law as law_module
from tariffcalc.tariffs.stacking import charged_shares
from tariffcalc.testing import (
    entry_dates,
    tariff_laws,
    tariff_lines,
    tariff_schedules,
)

DAY = dt.timedelta(days=1)
ON = "2025-10-17"
STEPS = st.integers(0, 64).map(lambda steps: steps / 64)  # exact under + and −
SHARES = st.integers(0, 8).map(lambda steps: steps / 8)
CENTS = st.integers(1, 10**9).map(lambda cents: cents / 100)
FEWER = settings(max_examples=settings.default.max_examples // 4)
FEW = settings(max_examples=settings.default.max_examples // 12)  # a day or a law takes long
SPAN = st.tuples(entry_dates(), st.integers(0, 99)).map(lambda d: (d[0], d[0] + d[1] * DAY))


def line_of(hs: str = "8703230140", partner: str = "KOR", **columns: Any) -> pd.DataFrame:
    row = {"hs": hs, "partner": partner, "value_usd": 100.0, "mfn_rate": 0.0}
    return pd.DataFrame([row | columns])


def measure_of(name: str = "m", rate: float = 0.25, **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(**{"name": name, "authority": name, "rate": rate,
                               "start": "2025-01-01", **fields})  # fmt: skip


def law_of(*measures: tc.TariffMeasure, **fields: Any) -> tc.TariffSchedule:
    return tc.TariffSchedule(measures=measures, **fields)


def total_of(law: tc.TariffSchedule, line: pd.DataFrame, on: dt.date | str = ON) -> float:
    return law.rates(line, on=on)["total_rate"].item()


# What is law


@given(entry_dates(), st.sampled_from(["announced", "threatened"]), STEPS)
def test_what_is_only_announced_is_charged_once_it_is_enacted(
    on: dt.date, status: str, rate: float
) -> None:
    """LAW-1: an announced or threatened measure adds 0 on every day; enacted, it adds its rate."""
    law = law_of(measure_of(rate=rate, status=status))
    assert total_of(law, line_of(), on) == 0.0
    assert total_of(law.enact("m"), line_of(), on) == rate


@given(tariff_schedules(), entry_dates(), st.data())
def test_a_measure_can_be_moved_in_time(
    schedule: tc.TariffSchedule, start: dt.date, data: st.DataObject
) -> None:
    """LAW-2: with_dates sets the days given and nothing else; without any it is the identity."""
    assume(schedule.measures)
    name = data.draw(st.sampled_from([m.name for m in schedule.measures]))
    before = schedule.measure(name)
    assume(before.end is None or start <= before.end)
    moved = schedule.with_dates(name, start=start).measure(name)
    assert dict(moved) == dict(before) | {"start": start}
    ended = schedule.with_dates(name, end=dt.date(2031, 1, 1)).measure(name)
    assert dict(ended) == dict(before) | {"end": dt.date(2031, 1, 1)}
    assert schedule.with_dates(name) == schedule


@given(entry_dates(), st.integers(1, 400))
def test_a_day_outside_all_measures_is_the_base_rate(start: dt.date, days: int) -> None:
    """LAW-3: before every start and after every end, total = base, for all lines and partners."""
    law = law_of(
        measure_of("a", start=start, end=start + days * DAY),
        measure_of("b", start=start + DAY, form="all_in", end=start + days * DAY),
    )
    for day in (start - DAY, start + (days + 1) * DAY):
        assert total_of(law, line_of(mfn_rate=0.125), day) == 0.125


# Shares: quotas, exemptions, conventions


@given(STEPS, STEPS, st.integers(0, 8), st.integers(0, 8))
def test_a_quota_charges_two_rates(inside: float, outside: float, quota: int, year: int) -> None:
    """LAW-4: total = q·r_in + (1−q)·r_over, q = min(1, quota ÷ the year's quantity) (exact)."""
    law = law_of(
        measure_of("over", outside, authority="cars"),
        measure_of(
            "in-quota", inside, authority="cars", quota_quantity=2.0**quota, displaces=("over",)
        ),
    )
    share = min(1.0, 2.0 ** (quota - year))
    expected = share * inside + (1 - share) * outside
    assert total_of(law, line_of(annual_quantity=2.0**year)) == expected


@given(tariff_laws(exact=True), SHARES)
def test_an_exemption_from_all_duties_lowers_every_rate_to_its_base(
    law: tuple, share: float
) -> None:
    """LAW-5: displacing every authority on content c leaves base + (1−c)·add-ons (exact).

    So an exemption from everything never raises a duty.
    """
    schedule, lines = law
    plain = tc.TariffSchedule(
        measures=tuple(m.model_copy(update={"displaces": ()}) for m in schedule.measures)
    )
    every = measure_of("free", 0.0, form="exemption", content=share, displaces=plain.authorities)
    before, after = (law.rates(lines, on=ON) for law in (plain, plain.with_measure(every)))
    added = before["total_rate"] - before["base_rate"]
    assert after["base_rate"].tolist() == before["base_rate"].tolist()
    assert after["total_rate"].tolist() == (before["base_rate"] + (1 - share) * added).tolist()
    assert (after["total_rate"] <= before["total_rate"]).all()


@given(st.lists(STEPS, min_size=2, max_size=2), SHARES, SHARES)
def test_no_share_of_value_pays_two_authorities_that_exclude_each_other(
    rates: list, one: float, two: float
) -> None:
    """LAW-6: where i displaces j, e_i + e_j ≤ 1, and e_j = c_j·(1 − c_i) (exact)."""
    law = law_of(
        measure_of("i", rates[0], content=one, displaces=("j",)),
        measure_of("j", rates[1], content=two),
    )
    charged = charged_shares(
        np.array([[one], [two]]), np.array([[False, False], [True, False]]), np.arange(2)
    )[:, 0]
    assert charged.sum() <= 1.0
    assert charged.tolist() == [one, two * (1 - one)]
    found = law.rates(line_of(), on=ON).iloc[0]
    assert (found["i_rate"], found["j_rate"]) == (one * rates[0], two * (1 - one) * rates[1])


@FEWER
@given(tariff_laws(), st.sampled_from(["steel_share", "preference_use_share"]), SHARES)
def test_a_convention_is_a_column_that_every_line_shares(
    law: tuple, name: str, share: float
) -> None:
    """LAW-7: with_convention(name, s) gives the rates of lines whose column is s (to the bit)."""
    schedule, lines = law
    found = schedule.with_convention(name, share).rates(lines.drop(columns=[name]), on=ON)
    assert found.equals(schedule.rates(lines.assign(**{name: share}), on=ON))
    again = schedule.with_convention(name, share).with_convention(name, "lines")
    assert again.rates(lines, on=ON).equals(schedule.rates(lines, on=ON))


@pytest.mark.parametrize("hs", ["87", "8703", "870323", "87032301"])
def test_a_coarse_line_is_the_mean_of_its_statistical_lines(hs: str) -> None:
    """LAW-8: with line_count, a line's rate is the mean over the statistical lines below it."""
    codes = [code for code in sorted(set(data_table("law/hts-codes.csv.gz")["hs"]))
             if code.startswith(hs)]  # fmt: skip
    law = law_of(
        measure_of(products=["87032301", "8703310100", "8704"], exempt_products=["8704100000"])
    )
    fine = [total_of(law, line_of(code)) for code in codes]
    coarse = total_of(law.with_convention("coarse_lines", "line_count"), line_of(hs))
    # One division and one product round; the mean of the fine rates is exact.
    assert abs(coarse - float(Fraction(math.fsum(fine)) / len(fine))) <= 2 * math.ulp(0.25)


COARSE_CODES = ["87", "8703", "870323", "87032301", "8704", "761699", "7616995190"]
FINE_CODES = ["8703230110", "8703230140", "8703310100", "8704210100", "7616995190", "7616995140"]
PARTED = st.sampled_from(COARSE_CODES).map(
    lambda hs: (hs, [code for code in sorted(set(data_table("law/hts-codes.csv.gz")["hs"]))
                     if code.startswith(hs)])
)  # fmt: skip


@FEWER
@given(PARTED, tariff_schedules(codes=FINE_CODES), tariff_lines(max_size=1))
def test_measures_that_name_parts_of_a_line_meet_only_where_the_parts_do(
    parted: tuple, schedule: tc.TariffSchedule, lines: pd.DataFrame
) -> None:
    """LAW-9: under any law, each rate of a coarse line is the mean over its statistical lines."""
    hs, codes = parted
    law = schedule.with_convention("coarse_lines", "line_count")
    found = law.rates(lines.assign(hs=hs), on=ON).iloc[0, 2:]
    apart = lines.loc[[lines.index[0]] * len(codes)].assign(hs=codes)
    fine = schedule.rates(apart, on=ON).iloc[:, 2:]
    for name, rate in found.items():
        mean = float(Fraction(math.fsum(fine[name])) / len(codes))
        assert rate == pytest.approx(mean, rel=len(codes) * 2.0**-53, abs=0.0)
    why = law.explain(lines.assign(hs=hs), on=ON)
    assert why.total_rate == pytest.approx(found["total_rate"], rel=1e-12, abs=1e-15)


MEMBERS = ["DEU", "EU27", "FRA", "JPN", "ROW", "THA"]


@given(
    st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=6),
    st.lists(st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=2), min_size=1, max_size=2),
    st.booleans(),
)
def test_a_group_is_refused_whatever_stands_beside_it(
    partners: list, named: list, exempt: bool
) -> None:
    """LAW-10: a table of lines is refused if a line of it is alone, else has the same rates."""
    side = "exempt_partners" if exempt else "partners"
    law = law_of(*(measure_of(f"m{i}", **{side: codes}) for i, codes in enumerate(named)))
    lines = pd.concat([line_of(partner=partner) for partner in partners], ignore_index=True)
    rates: list[float] = []
    for partner in partners:
        try:
            rates.append(total_of(law, line_of(partner=partner)))
        except InputError:
            with pytest.raises(InputError, match=r"names only some members of (EU27|ROW);"):
                law.rates(lines, on=ON)
            return
    assert law.rates(lines, on=ON)["total_rate"].tolist() == rates


SHARES_BY_PARTNER = data_table("law/shares.csv.gz").fillna("")


@given(
    st.sampled_from(["preference_use_share", "pharmaceutical_use_share", "patented_share"]),
    st.lists(st.sampled_from(["DEU", "FRA", "EU27", "CHE", "JPN", "BRA", "ROW", "KOR"]),
             min_size=1, max_size=8),
    st.sampled_from(["3004902034", "300490", "30", "8703230140"]),
)  # fmt: skip
def test_a_share_by_partner_is_that_of_its_group(name: str, partners: list, hs: str) -> None:
    """LAW-11: share = that of the longest prefix, of a country, else its group, else of all."""
    choice = "chapter" if name == "preference_use_share" else "partner"
    table = tc.list_conventions().loc[(name, choice), "value"]
    rows = SHARES_BY_PARTNER[SHARES_BY_PARTNER["table"] == table].to_dict("records")

    def share(partner: str) -> float:
        groups = {"DEU": "EU27", "FRA": "EU27", "BRA": "ROW"}
        ranks = {partner: 2, groups.get(partner): 1, "": 0}
        here = [row for row in rows if row["partner"] in ranks and hs.startswith(row["hs"])]
        return float(max(here, key=lambda row: (len(row["hs"]), ranks[row["partner"]]))["share"])

    law = law_of(measure_of(rate=1.0, content=name), conventions={name: choice})
    lines = pd.concat([line_of(hs, partner) for partner in partners])
    assert law.rates(lines, on=ON)["total_rate"].tolist() == [share(one) for one in partners]


# Explanations


@FEWER
@given(tariff_laws(max_lines=1), entry_dates())
def test_an_explanation_is_the_rate_taken_apart(law: tuple, on: dt.date) -> None:
    """LAW-12: its add-ons, by authority, are the columns of rates; all together the total."""
    schedule, lines = law
    why = schedule.explain(lines, on=on)
    assert isinstance(why, tc.Explanation)
    rates = schedule.rates(lines, on=on).iloc[0]
    by_authority = why.table.groupby("authority")["add_on_rate"].sum()
    for name in ("base", *schedule.authorities):
        assert abs(by_authority.get(name, 0.0) - rates[f"{name}_rate"]) <= math.ulp(rates.iloc[-1])
    assert abs(why.total_rate - rates["total_rate"]) <= 4 * math.ulp(rates["total_rate"])
    shown = [m for m in schedule.measures if m.name in why.table.index]
    assert all(m.in_force(on) and m.form != "base" for m in shown)
    assert len(shown) == len(why.table) - 1
    assert str(why).count("\n") == len(why.table)


@given(STEPS, SHARES)
def test_an_explanation_names_what_was_displaced_and_by_what(rate: float, content: float) -> None:
    """LAW-13: displaced_by names the measures that take a share, and only those."""
    law = law_of(measure_of("a", content=content, displaces=("b",)), measure_of("b", rate))
    table = law.explain(line_of(), on=ON).table
    assert table.loc["b", "displaced_by"] == ("a" if content else "")
    assert table.loc["b", "charged_share"] == 1 - content
    assert table.loc["base", "displaced_by"] == ""


# An entry to the cent


def cents(value: Fraction | Decimal) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(
        value, Fraction) else value  # fmt: skip
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(CENTS, st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
def test_each_component_is_rounded_half_up_and_then_added(
    value: float, base: int, first: int, second: int
) -> None:
    """LAW-14: amount_i = ⌊100·v·r_i + ½⌋/100, total = Σ amount_i (decimal oracle, to the cent)."""
    law = law_of(measure_of("a", first / 1000), measure_of("b", second / 1000, form="all_in"))
    entry = law.customs_entry(line_of(mfn_rate=base / 1000), value, on=ON)
    given_value = Decimal(str(value))
    rates = [Decimal(base), Decimal(first), max(Decimal(0), Decimal(second) - Decimal(base))]
    due = [cents(given_value * rate / 1000) for rate in rates]
    assert entry["amount_usd"].tolist() == [float(amount) for amount in due]
    assert entry.attrs["total_usd"] == float(sum(due))
    assert entry.index.tolist() == ["base", "a", "b"]


@FEWER
@given(tariff_laws(max_lines=1, exact=True), st.booleans())
def test_an_entry_is_within_half_a_cent_per_component_of_its_rate(
    law: tuple, preference: bool
) -> None:
    """LAW-15: |total − v·rate| ≤ ½ cent × components, for every law and both base rates."""
    schedule, lines = law
    schedule = law_of(*(m for m in schedule.measures if m.form != "base"))
    line = lines.assign(
        preference_use_share=float(preference),
        preferential_rate=lines["preferential_rate"].fillna(0.25),
    )
    row = line.iloc[0]
    entry = schedule.customs_entry(
        line, row["value_usd"], on=ON, quantity=row["quantity"], preference=preference
    )
    exact = Fraction(row["value_usd"]) * Fraction(total_of(schedule, line))
    found = sum(Fraction(str(amount)) for amount in entry["amount_usd"])
    assert abs(found - exact) <= Fraction(len(entry), 200)


@given(st.integers(1, 10**6), st.integers(1, 9999), st.integers(0, 500))
def test_a_rate_text_is_charged_as_it_is_written(value: int, quantity: int, cents_kg: int) -> None:
    """LAW-16: "c¢/kg + 8.5%" charges c·q/100 and 0.085·v; the parts are rounded one by one."""
    line = {"hs": "0406905700", "partner": "KOR", "mfn_text": f"{cents_kg}¢/kg + 8.5%"}
    entry = law_of().customs_entry(line, value, on=ON, quantity=quantity)
    due = [float(cents(Fraction(85 * value, 1000)))]
    if cents_kg:
        due.append(float(cents(Fraction(cents_kg * quantity, 100))))
    assert entry["amount_usd"].tolist() == due


@given(st.integers(1, 10**7), st.sampled_from(["2025-09-30", "2025-10-01"]))
def test_fees_have_a_least_and_a_most(value: int, on: str) -> None:
    """LAW-17: merchandise processing is 0.3464% between its bounds of the year; harbour 0.125%."""
    fees = ["merchandise_processing", "harbor_maintenance"]
    entry = law_of().customs_entry(line_of(), value, on=on, fees=fees)
    least, most = ("32.71", "634.62") if on < "2025-10-01" else ("33.58", "651.50")
    processing = min(max(Fraction(3464 * value, 10**6), Fraction(least)), Fraction(most))
    due = [0.0, float(cents(processing)), float(cents(Fraction(125 * value, 10**5)))]
    assert entry["amount_usd"].tolist() == due


@given(CENTS, st.integers(0, 400), st.integers(0, 99), st.integers(0, 400), st.booleans())
def test_an_entry_pays_the_base_rate_that_a_measure_sets(
    value: float, rate: int, cents_unit: int, top: int, preference: bool
) -> None:
    """LAW-18: a base measure replaces MFN and preference; all-in tops up what it sets (cents)."""
    own = measure_of("own", rate / 1000, form="base", specific_usd_per_unit=cents_unit / 100)
    law = law_of(own, measure_of("top", top / 1000, form="all_in"))
    line = line_of(mfn_rate=0.5, preferential_rate=0.25)
    entry = law.customs_entry(line, value, on=ON, quantity=10, preference=preference)
    exact = Decimal(str(value))
    base = Decimal(rate) / 1000 + Decimal(cents_unit) / 10 / exact
    due = [cents(exact * rate / 1000)] if rate or not cents_unit else []
    due += [cents(Decimal(cents_unit) / 10)] if cents_unit else []
    due += [cents(exact * max(Decimal(0), Decimal(top) / 1000 - base))]
    assert entry["amount_usd"].tolist() == [float(amount) for amount in due]
    assert set(entry["heading"]) == {"8703230140", ""}


# A bill over time


@FEW
@given(tariff_laws(max_lines=2), SPAN, st.sampled_from("MQY"))
def test_a_bill_is_the_sum_of_its_days(law: tuple, span: tuple, frequency: Any) -> None:
    """LAW-19: duty of a period = Σ over its days of v/365·rate of the day (brute force by day)."""
    schedule, lines = law
    bill = schedule.duty_bill(lines, start=span[0], end=span[1], frequency=frequency)
    days = pd.date_range(*span)
    duty, value = {}, {}
    for day in days:
        period = day.to_period(frequency)
        rates = schedule.rates(lines, on=day.date())["total_rate"]
        share = 1 / (366 if day.is_leap_year else 365)
        duty.setdefault(period, []).extend(lines["value_usd"] * rates * share)
        value.setdefault(period, []).extend(lines["value_usd"] * share)
    assert bill.index.tolist() == list(duty)
    for period in duty:
        # Products and sums of up to 100 days of 2 lines: 300 roundings of the result at most.
        near = {"rel": 300 * 2.0**-53, "abs": 1e-300}
        assert bill.loc[period, "duty_usd"] == pytest.approx(math.fsum(duty[period]), **near)
        assert bill.loc[period, "value_usd"] == pytest.approx(math.fsum(value[period]), **near)
    parts = bill[["base_duty_usd", *(f"{a}_duty_usd" for a in schedule.authorities)]].sum(axis=1)
    assert parts.tolist() == pytest.approx(bill["duty_usd"].tolist(), rel=1e-12, abs=1e-300)


@FEW
@given(tariff_laws(max_lines=3), SPAN)
def test_a_bill_of_months_is_the_year_where_each_month_is_its_share(
    law: tuple, span: tuple
) -> None:
    """LAW-20: flows by month, each v·days/365, give the bill of the year's flows spread evenly."""
    schedule, lines = law
    months = pd.period_range("2025-01", "2027-12", freq="M")
    monthly = pd.concat(
        lines.assign(
            month=str(month),
            value_usd=lines["value_usd"] * month.days_in_month / (365 + month.is_leap_year),
            quantity=lines["quantity"] * month.days_in_month / (365 + month.is_leap_year),
        )
        for month in months
    )
    found = schedule.duty_bill(monthly, start=span[0], end=span[1])
    year = schedule.duty_bill(lines, start=span[0], end=span[1])
    assert found.index.equals(year.index)
    for name in ("value_usd", "duty_usd"):
        assert found[name].tolist() == pytest.approx(year[name].tolist(), rel=1e-12, abs=1e-300)


@FEWER
@given(tariff_laws(max_lines=3), SPAN)
def test_a_timeline_by_group_is_the_timeline_of_each_group(law: tuple, span: tuple) -> None:
    """LAW-21: rows of timeline(by=partner) are the timelines of each partner's lines (bits)."""
    schedule, lines = law
    together = schedule.timeline(lines, start=span[0], end=span[1], by="partner")
    for partner, own in lines.groupby("partner"):
        alone = schedule.timeline(own, start=span[0], end=span[1])
        assert together.xs(partner, level="partner").equals(alone)


# Rows that are alike


@FEWER
@given(tariff_laws(max_lines=3), st.lists(st.integers(0, 2), min_size=1, max_size=40))
def test_lines_that_are_alike_have_one_rate(law: tuple, rows: list) -> None:
    """LAW-22: rates of repeated lines are the rates of the different ones, repeated (bits)."""
    schedule, lines = law
    places = [row % len(lines) for row in rows]
    found = schedule.rates(lines.iloc[places].reset_index(drop=True), on=ON)
    assert found.equals(schedule.rates(lines, on=ON).iloc[places].reset_index(drop=True))


# Vintages

VINTAGES = st.dates(dt.date(2025, 1, 1), dt.date(2026, 11, 24))
ROWS = tomllib.loads(data_text("law/united-states.toml"))["measures"]
ENTRIES = data_table("law/product-lists.csv.gz")
KOREAN_CAR = line_of(mfn_rate=0.025, preferential_rate=0.0, preference_use_share=1.0)


@FEWER
@given(VINTAGES)
def test_a_vintage_holds_what_was_published_by_its_day(as_of: dt.date) -> None:
    """LAW-23: rows with published ≤ D < superseded; an end is known from end_published on."""
    assert tc.list_schedules() == ["united-states"]
    law = tc.load_schedule("united-states", as_of=as_of)
    due = {
        name: row.get("end") if row.get("end_published", row["published"]) <= as_of else None
        for name, row in ROWS.items()
        if row["published"] <= as_of < row.get("superseded", dt.date.max)
    }
    assert {m.name: m.end for m in law.measures} == due
    assert law.as_of == as_of
    assert all(m.published is not None and m.published <= as_of for m in law.measures)


@FEW
@given(VINTAGES, st.integers(1, 500))
def test_a_later_publication_changes_no_earlier_vintage(as_of: dt.date, days: int) -> None:
    """LAW-24: one more row, published after D and in force long before, leaves vintage D alone."""
    later = (as_of + days * DAY).isoformat()
    more = data_text("law/united-states.toml") + (
        '\n[measures.later]\nauthority = "later"\nrate = 0.5\nstart = 2020-01-01\n'
        f"published = {later}\n"
    )
    before = tc.load_schedule("united-states", as_of=as_of)
    with mock.patch.object(law_module, "data_text", return_value=more):
        for cached in (law_module._file, law_module._measures):
            cached.cache_clear()
        same = tc.load_schedule("united-states", as_of=as_of)
        other = tc.load_schedule("united-states", as_of=later)
    for cached in (law_module._file, law_module._measures):
        cached.cache_clear()
    assert same == before
    assert "later" in [m.name for m in other.measures]


@FEWER
@given(st.sampled_from(tc.list_product_lists()), entry_dates(), VINTAGES)
def test_a_list_holds_what_was_published_by_its_vintage(
    name: str, on: dt.date, as_of: dt.date
) -> None:
    """LAW-25: codes with published ≤ D and start ≤ day ≤ end, where an end is known by D."""
    rows = ENTRIES[ENTRIES["list"] == name].fillna("").to_dict("records")
    day, known = on.isoformat(), as_of.isoformat()
    due = {
        row["hs"]
        for row in rows
        if row["published"] <= known
        and row["start"] <= day
        and (not row["end"] or row["end_published"] > known or day <= row["end"])
    }
    assert set(tc.product_list(name, on=on, as_of=as_of)) == due
    assert set(tc.product_list(name, on=on)) == {
        row["hs"] for row in rows if row["start"] <= day <= (row["end"] or "9999")
    }


@pytest.mark.parametrize(
    ("as_of", "on", "rate"),
    [
        ("2025-03-25", "2025-04-10", 0.0),  # not yet proclaimed
        ("2025-04-05", "2025-04-02", 0.0),
        ("2025-04-05", "2025-04-03", 0.25),
        ("2025-12-03", "2025-11-15", 0.25),  # the cut reaches back, but nobody could know
        ("2025-12-04", "2025-11-15", 0.15),
        ("2025-12-04", "2025-10-31", 0.25),
        (None, "2026-10-15", 0.15),
    ],
)
def test_a_car_pays_what_was_known_or_what_is_legal(
    as_of: str | None, on: str, rate: float
) -> None:
    """LAW-26: a retroactive rate is charged by the vintages that know it (FR 2025-21940)."""
    assert total_of(tc.load_schedule("united-states", as_of=as_of), KOREAN_CAR, on) == rate


@pytest.mark.parametrize(
    ("on", "own", "japan"),
    [("2025-09-15", 0.25, 0.275), ("2025-09-16", 0.25, 0.15), ("2025-11-01", 0.15, 0.15)],
)
def test_the_window_in_which_korean_cars_paid_more(on: str, own: float, japan: float) -> None:
    """LAW-27: from 16 September to 31 October 2025 Korean cars paid 10 points more than Japan's."""
    flows = tc.TradeFlows.from_frame(KOREAN_CAR.assign(sector="cars"))
    gaps = tc.rate_gaps(flows, tc.load_schedule("united-states"), dates=[on], competitors=["JPN"])
    row = gaps.iloc[0]
    assert row["KOR_rate"] == pytest.approx(own, abs=1e-15)
    assert row["JPN_rate"] == pytest.approx(japan, abs=1e-15)
    assert row["JPN_gap_pp"] == pytest.approx(100 * (japan - own), abs=1e-12)


def test_rates_in_law_stand_beside_what_was_collected() -> None:
    """LAW-28: statutory = duty bill of the month ÷ value; collected = Census; gap in points."""
    flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    law = tc.load_schedule("united-states")
    table = tc.compare_collected(flows, law, start="2025-09", end="2025-10")
    bill = law.duty_bill(flows, start="2025-09-01", end="2025-10-31")
    assert table["statutory_rate"].tolist() == bill["effective_rate"].tolist()
    assert table["collected_rate"].round(4).tolist() == [0.1551, 0.1466]  # facts, section 5a
    gap = 100 * (table["collected_rate"] - table["statutory_rate"])
    assert table["gap_pp"].tolist() == gap.tolist()
    by = tc.compare_collected(flows, law, start="2025-09", end="2025-10", by="naics3")
    assert by["collected_duty_usd"].groupby("month").sum().tolist() == pytest.approx(
        table["collected_duty_usd"].tolist(), rel=1e-12
    )
    cars = by.xs("336", level="naics3")
    assert cars["collected_rate"].round(3).tolist() == [0.247, 0.246]


@settings(max_examples=10)
@given(st.sampled_from(["THA", "BRA", "TUR"]), entry_dates())
def test_a_partner_whose_law_is_not_known_is_refused_or_pays_as_the_rest(
    partner: str, on: dt.date
) -> None:
    """LAW-29: other partners are refused; by convention they pay what ROW pays (to the bit)."""
    law, line = tc.load_schedule("united-states"), line_of("8542310001", partner)
    with pytest.raises(InputError, match=f"and not on 1 partner: '{partner}'; leave these lines"):
        law.rates(line, on=on)
    rest = law.with_convention("other_partners", "rest")
    shares = dict.fromkeys(("steel_share", "aluminum_share", "copper_share"), 0.0)
    row = line_of("8542310001", "ROW", **shares)
    assert total_of(rest, line.assign(**shares), on) == total_of(law, row, on)


# Base rates of the tariff schedule


@pytest.mark.parametrize(
    ("hs", "partner", "figures"),
    [
        ("8703230140", "KOR", (0.025, 0.0, 0.0, 0.0)),
        ("8703230140", "JPN", (0.025, 0.0, math.nan, math.nan)),
        ("8704310140", "KOR", (0.25, 0.0, 0.25, 0.0)),
    ],
)
def test_base_rates_are_those_of_the_tariff_schedule(hs: str, partner: str, figures: tuple) -> None:
    """LAW-30: MFN, and the rate of the Korea–US agreement on Korean lines alone (HTS 2025)."""
    names = ["mfn_rate", "mfn_specific_usd_per_unit",
             "preferential_rate", "preferential_specific_usd_per_unit"]  # fmt: skip
    frame = pd.DataFrame({"hs": [hs], "partner": [partner]})
    found = tc.add_base_rates(frame)[names].iloc[0].tolist()
    assert found == pytest.approx(figures, abs=0.0, nan_ok=True)


def test_base_rates_agree_with_those_of_the_packaged_trade() -> None:
    """LAW-31: on each Korean line whose rates are ad valorem, looked up = packaged (1 ulp)."""
    flows = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
    lines = flows[flows["base_rate_basis"] == "statutory"]
    there = lines["hs"].isin(data_table("law/hts-codes.csv.gz")["hs"])
    # Numbers of early 2024 that the tariff of 2025 has split: they have no rate, and are refused.
    gone = lines.loc[~there, ["hs", "partner"]]
    assert (len(lines), len(gone)) == (7950, 21)
    with pytest.raises(InputError, match="the tariff schedule has no line for 21 codes"):
        tc.add_base_rates(gone)
    lines = lines[there]
    found = tc.add_base_rates(lines[["hs", "partner"]])
    none = found["preferential_rate"].isna()
    assert (found.loc[none, "mfn_rate"] == 0.0).all()  # the agreement has nothing to free there
    found["preferential_rate"] = found["preferential_rate"].fillna(0.0)
    for name in ("mfn_rate", "preferential_rate"):
        assert found[name].tolist() == pytest.approx(lines[name].tolist(), rel=2.0**-52, abs=0.0)


# What is refused

CHEESE = {"hs": "0406905700", "partner": "KOR"}
REFUSED: dict[str, Callable[[], object]] = {
    "value_usd: an entered value above 0 is needed, given 0": lambda: law_of().customs_entry(
        line_of(), 0, on=ON
    ),
    "value_usd: a number of at least 0 is needed, given -1.0": lambda: law_of().customs_entry(
        line_of(), -1.0, on=ON
    ),
    "value_usd: a number is needed, given '7'": lambda: law_of().customs_entry(
        line_of(),
        "7",
        on=ON,  # type: ignore[arg-type]
    ),
    "mfn_rate: the entry needs it; give it, or mfn_text": lambda: law_of().customs_entry(
        CHEESE, 5.0, on=ON
    ),
    "preferential_rate: the entry needs it; give it, or preferential_text": (
        lambda: law_of().customs_entry(line_of(), 5.0, on=ON, preference=True)
    ),
    "the rate text 'See 9822.05.15' cannot be read: it refers to a note or heading": (
        lambda: law_of().customs_entry({**CHEESE, "mfn_text": "See 9822.05.15"}, 5.0, on=ON)
    ),
    "mfn_text: '41¢ each + 5% on the case' charges parts of the good; enter each part by itself": (
        lambda: law_of().customs_entry(
            {**CHEESE, "mfn_text": "41¢ each + 5% on the case"}, 5.0, on=ON, quantity=1
        )
    ),
    "quantity: the mfn rate has a specific part; give the quantity": lambda: law_of().customs_entry(
        {**CHEESE, "mfn_text": "3.4¢/kg"}, 5.0, on=ON
    ),
    "fees: the amounts of merchandise_processing on 2020-01-01 are not packaged; leave it out": (
        lambda: law_of().customs_entry(
            line_of(), 5.0, on="2020-01-01", fees=["merchandise_processing"]
        )
    ),
    "line: one line is needed, given 2; choose a row": lambda: law_of().explain(
        pd.concat([line_of(), line_of()]), on=ON
    ),
    "line: a mapping like {'hs': …, 'partner': …} or one row of flows is needed, given str": (
        lambda: law_of().explain("8703230140", on=ON)  # type: ignore[arg-type]
    ),
    "end 2025-01-01 is before start 2025-02-01; swap the dates": lambda: law_of().duty_bill(
        line_of(), start="2025-02-01", end="2025-01-01"
    ),
    "month: text like 2025-04 is needed, given 'April'": lambda: law_of().duty_bill(
        line_of(month="April"), start="2025-02-01", end="2025-03-01"
    ),
    "month: text like 2025-04 is needed, given 'nan'": lambda: law_of().duty_bill(
        pd.concat([line_of(month="2025-02"), line_of(month=math.nan)]),
        start="2025-02-01",
        end="2025-03-01",
    ),
    "month: no flows are of a month between 2025-02-01 and 2025-03-01": lambda: law_of().duty_bill(
        line_of(month="2025-04"), start="2025-02-01", end="2025-03-01"
    ),
    "TariffSchedule cannot be built:\n  - conventions: coarse_lines is a field of the schedule "
    "itself, give it beside conventions": (
        lambda: law_of(conventions={"coarse_lines": "line_count"})
    ),
    "steel_share: a share between 0 and 1 is needed, given 1.5": (
        lambda: law_of().with_convention("steel_share", 1.5)
    ),
    "steel_share: a number is needed, given None": (
        lambda: law_of().with_convention("steel_share", None)  # type: ignore[arg-type]
    ),
}


@pytest.mark.parametrize(("message", "call"), REFUSED.items())
def test_what_cannot_be_worked_out_is_refused(message: str, call: Callable) -> None:
    """LAW-32: each of these raises InputError with its full message."""
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message


UNKNOWN: dict[str, Callable[[], object]] = {
    "unknown fee 'harbor_maintenace'; did you mean 'harbor_maintenance'? Allowed: "
    "harbor_maintenance, merchandise_processing.": lambda: law_of().customs_entry(
        line_of(), 5.0, on=ON, fees=["harbor_maintenace"]
    ),
    "unknown frequency 'W'. Allowed: M, Q, Y.": lambda: law_of().duty_bill(
        line_of(),
        start=ON,
        end=ON,
        frequency="W",  # type: ignore[arg-type]
    ),
    "unknown schedule 'united-state'; did you mean 'united-states'? Allowed: united-states.": (
        lambda: tc.load_schedule("united-state")
    ),
    "unknown measure 'n'. Allowed: m.": lambda: law_of(measure_of()).enact("n"),
}


@pytest.mark.parametrize(("message", "call"), UNKNOWN.items())
def test_a_name_of_the_law_that_does_not_exist_is_refused(message: str, call: Callable) -> None:
    """LAW-33: each of these raises UnknownNameError with its full message."""
    with pytest.raises(UnknownNameError) as caught:
        call()
    assert str(caught.value) == message


@given(SHARES, SHARES, STEPS)
def test_two_conventions_stand_side_by_side(one: float, two: float, rate: float) -> None:
    """LAW-34: compare_tariffs of one law under two shares saves v·r·(s1 − s2) (exact)."""
    law = law_of(measure_of("steel", rate, content="steel_share"))
    table = tc.compare_tariffs(
        line_of(value_usd=64.0),
        {
            "first": law.with_convention("steel_share", one),
            "second": law.with_convention("steel_share", two),
        },
        on=ON,
        by=None,
    )
    assert table["saving_usd"].item() == 64.0 * rate * (one - two)
    assert table["first_duty_usd"].item() == 64.0 * rate * one

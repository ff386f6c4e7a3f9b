"""Chapter 1: measures, schedules, and the rate of a line on a day."""

import datetime as dt
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.partners import EU27_MEMBERS
from tariffcalc.testing import (
    assert_rates_add_up,
    entry_dates,
    hs_codes,
    tariff_laws,
    tariff_lines,
    tariff_measures,
    tariff_schedules,
)

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
DAY = dt.timedelta(days=1)
ON = "2025-10-17"
STEPS = st.integers(0, 64).map(lambda steps: steps / 64)  # exact under + and −
NO_LAW = tc.TariffSchedule(measures=())
# A law drawn at random is slow to check, and 50 of the 200 reach all forms and displacements.
FEWER = settings(max_examples=settings.default.max_examples // 4)


def line_of(hs: str = "8703230140", partner: str = "KOR", **columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        [{"hs": hs, "partner": partner, "value_usd": 100.0, "mfn_rate": 0.0, **columns}]
    )


def measure_of(name: str = "m", rate: float = 0.25, **fields: Any) -> tc.TariffMeasure:
    return tc.TariffMeasure(**{"name": name, "authority": name, "rate": rate,
                               "start": "2025-01-01", **fields})  # fmt: skip


def total_on(measure: tc.TariffMeasure, line: pd.DataFrame, on: dt.date | str = ON) -> float:
    return tc.TariffSchedule(measures=(measure,)).rates(line, on=on)["total_rate"].item()


def same_bits(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Tell whether two tables have the same columns and rows, to the bit, and the same units."""
    return one.equals(other) and one.attrs == other.attrs and (one.columns == other.columns).all()


def etr(schedule: tc.TariffSchedule, flows: pd.DataFrame, on: dt.date | str = ON) -> float:
    rate = schedule.effective_rate(flows, on=on)
    assert isinstance(rate, float)
    return rate


# Days


@given(tariff_measures(), entry_dates())
def test_a_measure_is_in_force_from_its_first_to_its_last_day(
    measure: tc.TariffMeasure, on: dt.date
) -> None:
    """TARIFF-1: in force on d if and only if start ≤ d ≤ end, both included."""
    last = measure.end or dt.date(2999, 12, 31)
    days = range(measure.start.toordinal(), last.toordinal() + 1)
    assert measure.in_force(on) is (on.toordinal() in days)
    assert measure.in_force(measure.start)
    assert measure.in_force(last)
    assert not measure.in_force(measure.start - DAY)
    assert measure.end is None or not measure.in_force(last + DAY)


@given(entry_dates(), st.integers(0, 99))
def test_a_measure_adds_its_rate_on_its_days_and_nothing_before_or_after(
    start: dt.date, length: int
) -> None:
    """TARIFF-2: total = b + r on each day in force, b on the day before and the day after."""
    last = start + length * DAY
    measure, line = measure_of(start=start, end=last), line_of(mfn_rate=0.5)
    days = (start - DAY, start, last, last + DAY)
    assert [total_on(measure, line, day) for day in days] == [0.5, 0.75, 0.75, 0.5]


@FEWER
@given(tariff_laws(), entry_dates())
def test_a_day_may_be_written_as_a_date_or_as_text(law: tuple, on: dt.date) -> None:
    """TARIFF-3: a date and its ISO text are the same day (invariance, to the bit)."""
    schedule, lines = law
    assert same_bits(schedule.rates(lines, on=on), schedule.rates(lines, on=on.isoformat()))


# Products and partners


@given(st.lists(hs_codes(), max_size=4), st.lists(hs_codes(), max_size=2), hs_codes(digits=[10]))
def test_a_measure_reaches_the_lines_below_its_prefixes_that_are_not_exempt(
    products: list, exempt: list, hs: str
) -> None:
    """TARIFF-4: a line is charged if a product, if any is named, starts it and no exempt one does.

    Checked on the line, and on two codes drawn from the measure itself.
    """
    measure = measure_of(products=products, exempt_products=exempt)
    for code in (hs, *(prefix.ljust(10, "9") for prefix in (*products, *exempt))):
        named = not products or code.startswith(tuple(products))
        charged = named and not code.startswith(tuple(exempt))
        assert total_on(measure, line_of(code)) == (0.25 if charged else 0.0)


@given(st.sets(st.sampled_from(["KOR", "JPN", "DEU", "CHN"])), st.sampled_from(["KOR", "FRA"]))
def test_a_measure_reaches_the_partners_it_names_or_all(named: set, partner: str) -> None:
    """TARIFF-5: a line is charged if its partner is named, or none is (invariance to order)."""
    expected = 0.25 if not named or partner in named else 0.0
    for order in (sorted(named), sorted(named, reverse=True)):
        assert total_on(measure_of(partners=order), line_of(partner=partner)) == expected


@given(st.sampled_from(sorted(EU27_MEMBERS)))
def test_eu27_names_its_members_and_its_members_name_eu27(member: str) -> None:
    """TARIFF-6: EU27 is its 27 members together, neither more nor less."""
    union = measure_of(partners=["EU27"])
    assert total_on(union, line_of(partner=member)) == total_on(union, line_of(partner="EU27"))
    assert total_on(union, line_of(partner=member)) == 0.25
    assert total_on(union, line_of(partner="GBR")) == 0.0
    members = measure_of(partners=sorted(EU27_MEMBERS))
    assert total_on(members, line_of(partner="EU27")) == 0.25
    with pytest.raises(
        InputError, match="names only some members of EU27; give the lines of EU27 by member"
    ):
        total_on(measure_of(partners=sorted(EU27_MEMBERS - {member})), line_of(partner="EU27"))


def lies_in(code: str, prefixes: set[str]) -> bool:
    """Tell whether all 10-digit codes below a code start with a prefix: all 100 parts of it do."""
    if code.startswith(tuple(prefixes)):
        return True
    if not any(prefix.startswith(code) for prefix in prefixes):
        return False
    return all(lies_in(f"{code}{part:02d}", prefixes) for part in range(100))


@FEWER
@given(st.sets(hs_codes(), min_size=1, max_size=4), hs_codes(digits=[2, 4, 6]), st.integers(0, 99))
def test_a_coarse_line_is_inside_outside_or_refused(prefixes: set, hs: str, absent: int) -> None:
    """TARIFF-7: a line is charged in full, not at all, or refused where only a part is named.

    Among the prefixes are all parts of a heading, or all but one.
    """
    parts = {f"87{part:02d}" for part in range(100)} - {f"87{absent:02d}"}
    for named in (prefixes, parts, parts | {f"87{absent:02d}"}):
        for code in (hs, "87"):
            measure, line = measure_of(products=sorted(named)), line_of(code)
            if lies_in(code, named):
                assert total_on(measure, line) == 0.25
            elif any(prefix.startswith(code) for prefix in named):
                with pytest.raises(InputError, match=f"names only a part of 1 row: '{code}'; give"):
                    total_on(measure, line)
            else:
                assert total_on(measure, line) == 0.0


ON_NO_LIST = "0303690000"  # frozen fish


@given(st.sampled_from(tc.list_product_lists()), entry_dates())
def test_a_list_stands_for_its_codes_of_the_day(name: str, on: dt.date) -> None:
    """TARIFF-8: a measure on a packaged list is the measure on the codes listed that day."""
    codes = tc.product_list(name, on=on)
    assert codes == tuple(sorted(set(codes)))
    lines = pd.concat([line_of(code.ljust(10, "0")) for code in (*codes[:9], ON_NO_LIST)])
    by_list = tc.TariffSchedule(measures=(measure_of(products=[name]),)).rates(lines, on=on)
    assert by_list["total_rate"].tolist() == [0.25] * len(codes[:9]) + [0.0]


@given(hs_codes(digits=[2, 4, 6, 8]))
def test_a_prefix_is_the_hundred_parts_below_it(prefix: str) -> None:
    """TARIFF-9: naming a prefix or all its parts of two digits more is the same (invariance)."""
    parts = [f"{prefix}{part:02d}" for part in range(100)]
    whole, split = measure_of(products=[prefix]), measure_of(products=parts)
    for line in (line_of(prefix), line_of(prefix.ljust(10, "5"))):
        assert total_on(whole, line) == total_on(split, line) == 0.25


# Base rates


@given(tariff_lines())
def test_a_law_without_measures_is_the_base_rate(lines: pd.DataFrame) -> None:
    """TARIFF-10: with no measure, total = base = u·preferential + (1−u)·MFN (float formula)."""
    found = NO_LAW.rates(lines, on=ON)
    claims = lines["preferential_rate"].notna() & (lines["preferential_rate"] != lines["mfn_rate"])
    used = lines["preference_use_share"].where(claims, 0.0)
    low = lines["preferential_rate"].where(claims, lines["mfn_rate"])
    assert found["base_rate"].tolist() == (used * low + (1 - used) * lines["mfn_rate"]).tolist()
    assert found["total_rate"].tolist() == found["base_rate"].tolist()


@given(STEPS, STEPS)
def test_a_base_measure_replaces_what_the_line_says(own: float, rate: float) -> None:
    """TARIFF-11: a base measure sets b where it reaches, whatever MFN and preference are."""
    line = line_of(mfn_rate=own, preferential_rate=own / 2, preference_use_share=0.5)
    measure = measure_of(rate=rate, form="base", products=["87"])
    assert total_on(measure, line) == rate
    assert total_on(measure, line.drop(columns=["mfn_rate"])) == rate
    assert total_on(measure, line.assign(hs="8504230080")) == own * 0.75


# Schedules


@FEWER
@given(tariff_laws(), entry_dates())
def test_base_and_add_ons_are_the_total(law: tuple, on: dt.date) -> None:
    """TARIFF-12: total = base + Σ add-ons, added in the order of columns (bits; see STACK-1)."""
    schedule, lines = law
    rates = schedule.rates(lines, on=on)
    assert_rates_add_up(rates)
    total = rates["base_rate"]
    for authority in schedule.authorities:
        total = total + rates[f"{authority}_rate"]
    assert total.tolist() == rates["total_rate"].tolist()


@FEWER
@given(tariff_laws(), st.sampled_from(["first", "row", 7]))
def test_rates_are_a_table_of_the_lines(law: tuple, label: object) -> None:
    """TARIFF-13: index of the lines; hs, partner, base, one column per authority, total; units."""
    schedule, lines = law
    lines.index = pd.Index([label] * len(lines), name="line")
    rates = schedule.rates(lines, on=ON)
    named = ["base_rate", *(f"{a}_rate" for a in schedule.authorities), "total_rate"]
    assert list(rates.columns) == ["hs", "partner", *named]
    assert rates[["hs", "partner"]].equals(lines[["hs", "partner"]])
    assert rates.attrs["units"] == dict.fromkeys(named, "fraction of customs value")
    assert rates.attrs["scenario_hash"] is None
    assert rates.attrs["tariffcalc_version"] == tc.__version__


@FEWER
@given(tariff_laws(exact=True), st.randoms(use_true_random=False))
def test_the_order_of_measures_moves_columns_and_no_rate(law: tuple, random: Any) -> None:
    """TARIFF-14: rates do not depend on the order in which measures are listed (exact figures)."""
    schedule, lines = law
    mixed = list(schedule.measures)
    random.shuffle(mixed)
    again = tc.TariffSchedule(measures=tuple(mixed)).rates(lines, on=ON)
    assert again.sort_index(axis=1).equals(schedule.rates(lines, on=ON).sort_index(axis=1))


@FEWER
@given(tariff_laws())
def test_each_line_has_the_rates_it_has_alone_and_in_any_order(law: tuple) -> None:
    """TARIFF-15: rates of a table are those line by line, reversed or not (to the bit)."""
    schedule, lines = law
    together = schedule.rates(lines, on=ON)
    assert schedule.rates(lines[::-1], on=ON).equals(together[::-1])
    for row in range(len(lines)):
        assert schedule.rates(lines.iloc[[row]], on=ON).equals(together.iloc[[row]])


KINDS: list[Callable[[pd.DataFrame], pd.DataFrame]] = [
    lambda lines: lines.astype({"hs": object, "partner": object}),
    lambda lines: lines.astype({"hs": "category", "partner": "category"}),
    lambda lines: lines.astype({"hs": "string", "mfn_rate": "Float64", "steel_share": "Float64"}),
    lambda lines: lines.assign(value_usd=lines["value_usd"].astype("int64").astype("Int64")),
]


@FEWER
@given(tariff_laws(exact=True), st.sampled_from(KINDS))
def test_the_kind_of_a_column_plays_no_part(law: tuple, kind: Callable) -> None:
    """TARIFF-16: object, string, category, nullable and integer columns give the same rates."""
    schedule, lines = law
    found, expected = schedule.rates(kind(lines), on=ON), schedule.rates(lines, on=ON)
    numbers = expected.columns[2:]
    assert found[numbers].equals(expected[numbers])
    assert found["partner"].tolist() == expected["partner"].tolist()
    assert etr(schedule, kind(lines)) == etr(schedule, lines)


@FEWER
@given(tariff_laws(), tariff_measures(name="another"))
def test_a_measure_put_in_and_taken_out_leaves_the_schedule(
    law: tuple, measure: tc.TariffMeasure
) -> None:
    """TARIFF-17: without(m)∘with_measure(m) is the identity, and with_measure puts m last."""
    schedule, _ = law
    assume(not any(measure.authority in other.displaces for other in schedule.measures))
    more = schedule.with_measure(measure)
    assert more.measures == (*schedule.measures, measure)
    assert more.without("another") == schedule
    assert len(schedule.measures) == len(more.measures) - 1


@FEWER
@given(tariff_schedules(), STEPS, STEPS, st.data())
def test_the_last_rate_given_to_a_measure_counts(
    schedule: tc.TariffSchedule, one: float, two: float, data: st.DataObject
) -> None:
    """TARIFF-18: with_rate(r2)∘with_rate(r1) = with_rate(r2); its own rate is the identity."""
    charging = [m for m in schedule.measures if m.form != "exemption"]
    assume(charging)
    measure = data.draw(st.sampled_from(charging))
    changed = schedule.with_rate(measure.name, two)
    assert changed.measure(measure.name).rate == two
    assert schedule.with_rate(measure.name, one).with_rate(measure.name, two) == changed
    assert changed.with_rate(measure.name, measure.rate) == schedule
    assert [m.name for m in changed.measures] == [m.name for m in schedule.measures]


@FEWER
@given(tariff_laws(exact=True, forms=["base", "additional"]))
def test_twice_the_rates_are_twice_the_add_ons(law: tuple) -> None:
    """TARIFF-19: rates and specific duties times 2 double every add-on (degree 1, to the bit)."""
    schedule, lines = law
    doubled = tc.TariffSchedule(
        measures=tuple(
            tc.TariffMeasure(
                **dict(m)
                | {"rate": 2 * m.rate, "specific_usd_per_unit": 2 * (m.specific_usd_per_unit or 0)}
            )
            for m in schedule.measures
        )
    )
    added = [f"{authority}_rate" for authority in schedule.authorities]
    found = doubled.rates(lines, on=ON)[added]
    assert found.equals(2 * schedule.rates(lines, on=ON)[added])


@FEWER
@given(tariff_laws(), st.floats(0.0, 10.0, allow_subnormal=False), st.data())
def test_a_higher_rate_of_a_measure_lowers_no_total(
    law: tuple, rate: float, data: st.DataObject
) -> None:
    """TARIFF-20: total never falls when the rate of an additional measure rises (monotone)."""
    schedule, lines = law
    adding = [m for m in schedule.measures if m.form not in ("base", "exemption")]
    assume(adding)
    measure = data.draw(st.sampled_from(adding))
    low, high = sorted((measure.rate, rate))
    totals = [
        schedule.with_rate(measure.name, r).rates(lines, on=ON)["total_rate"] for r in (low, high)
    ]
    assert (totals[0] <= totals[1]).all()


# Effective rates


@given(tariff_laws(), entry_dates())
def test_the_effective_rate_is_duty_over_customs_value(law: tuple, on: dt.date) -> None:
    """TARIFF-21: ETR = Σ V·t / Σ V, both sums rounded once (fractions)."""
    schedule, lines = law
    total = schedule.rates(lines, on=on)["total_rate"]
    duty = sum(map(Fraction, lines["value_usd"] * total))
    assert etr(schedule, lines, on) == float(duty) / float(sum(map(Fraction, lines["value_usd"])))


@FEWER
@given(tariff_laws())
def test_the_effective_rate_lies_between_the_rates_of_the_lines(law: tuple) -> None:
    """TARIFF-22: min t ≤ ETR ≤ max t (bounds; four roundings: V·t, two sums, a quotient)."""
    schedule, lines = law
    total = schedule.rates(lines, on=ON)["total_rate"]
    assert total.min() * (1 - 4 * UNIT) <= etr(schedule, lines) <= total.max() * (1 + 4 * UNIT)


@FEWER
@given(tariff_laws(), st.integers(-20, 20))
def test_the_effective_rate_ignores_scale_order_and_splits(law: tuple, power: int) -> None:
    """TARIFF-23: values times 2^k, rows in reverse, each row as two halves: the same ETR (bits)."""
    schedule, lines = law
    halves = lines.assign(value_usd=lines["value_usd"] / 2, quantity=lines["quantity"] / 2)
    scaled = lines.assign(
        value_usd=lines["value_usd"] * 2.0**power, quantity=lines["quantity"] * 2.0**power
    )
    expected = etr(schedule, lines)
    assert etr(schedule, scaled) == expected
    assert etr(schedule, lines[::-1]) == expected
    assert etr(schedule, pd.concat([halves, halves])) == expected


@FEWER
@given(tariff_laws(), st.sampled_from(["chapter", "sector", "partner", "steel_share"]))
def test_a_group_has_the_effective_rate_of_its_lines(law: tuple, by: str) -> None:
    """TARIFF-24: each group's value, duty and ETR are those of its lines alone (to the bit)."""
    schedule, lines = law
    lines = lines.assign(hs=lines["hs"].replace(r"^(?:00|77)", "84", regex=True))
    table = schedule.effective_rate(lines, on=ON, by=by)
    chapter, sector = lines["hs"].str[:2].rename("chapter"), tc.sectors(lines["hs"])
    keys = {"chapter": chapter, "sector": sector}.get(by, lines.get(by))
    assert table.index.name == by
    assert table.index.tolist() == sorted(set(keys))
    for key, row in table.iterrows():
        own = lines[(keys == key).to_numpy()]
        assert row["value_usd"] == math.fsum(own["value_usd"])
        assert row["duty_usd"] == math.fsum(schedule.apply(own, on=ON)["schedule_duty_usd"])
        assert row["effective_rate"] == etr(schedule, own) == row["duty_usd"] / row["value_usd"]


@FEWER
@given(tariff_laws())
def test_the_duties_of_the_authorities_add_up(law: tuple) -> None:
    """TARIFF-25: Σ_authorities duty = duty, each Σ V·rate of its column (sums in fractions)."""
    schedule, lines = law
    table = schedule.effective_rate(lines, on=ON, by="authority")
    rates = schedule.rates(lines, on=ON)
    assert table.index.tolist() == ["base", *schedule.authorities]
    for name, row in table.iterrows():
        duty = float(sum(map(Fraction, lines["value_usd"] * rates[f"{name}_rate"])))
        assert (row["duty_usd"], row["value_usd"]) == (duty, math.fsum(lines["value_usd"]))
        assert row["effective_rate"] == row["duty_usd"] / row["value_usd"]
    whole = etr(schedule, lines)
    # Each part is rounded in V·t, a sum and a quotient, the total also in at most 4 sums of rates.
    assert abs(table["effective_rate"].sum() - whole) <= 16 * UNIT * whole


@FEWER
@given(tariff_laws(), st.sampled_from([None, "partner", "authority"]))
def test_the_rate_of_no_value_is_unknown(law: tuple, by: str | None) -> None:
    """TARIFF-26: ETR of flows worth 0 is NaN and its duty 0: there is nothing to divide by."""
    schedule, lines = law
    assume(not any(m.specific_usd_per_unit for m in schedule.measures))
    found = schedule.effective_rate(lines.assign(value_usd=0.0), on=ON, by=by)
    if by is None:
        assert math.isnan(found)
        path = schedule.timeline(lines.assign(value_usd=0.0), start=ON, end=ON)
        assert path.isna().all(axis=None)
    else:
        assert found["effective_rate"].isna().all()
        assert (found[["value_usd", "duty_usd"]] == 0.0).all(axis=None)


# Timelines


@FEWER
@given(tariff_laws(), entry_dates(), entry_dates())
def test_a_timeline_is_the_effective_rate_by_authority_of_each_change(
    law: tuple, one: dt.date, two: dt.date
) -> None:
    """TARIFF-27: rows are the start and every change up to the end; figures those of TARIFF-25."""
    schedule, lines = law
    start, end = sorted((one, two))
    path = schedule.timeline(lines, start=start, end=end)
    changes = [day for day in schedule.change_dates() if start < day <= end]
    assert path.index.equals(pd.DatetimeIndex([start, *changes], name="date"))
    columns = ["base_rate", *(f"{a}_rate" for a in schedule.authorities), "total_rate"]
    assert path.columns.tolist() == columns
    assert path.attrs["units"] == dict.fromkeys(columns, "fraction of customs value")
    for day, row in path.iterrows():
        parts = schedule.effective_rate(lines, on=day.date(), by="authority")
        assert row.tolist() == [*parts["effective_rate"], etr(schedule, lines, day.date())]


@FEWER
@given(tariff_laws(), entry_dates())
def test_a_rate_changes_on_no_day_but_the_change_dates(law: tuple, on: dt.date) -> None:
    """TARIFF-28: rates of d−1 and d differ only if d is a change date (piecewise constant)."""
    schedule, lines = law
    changes = schedule.change_dates()
    assert changes == sorted(set(changes))
    for day in (on, *changes):
        before, after = schedule.rates(lines, on=day - DAY), schedule.rates(lines, on=day)
        assert day in changes or before.equals(after)


@pytest.mark.parametrize("name", tc.list_product_lists())
def test_the_days_on_which_a_list_changes_are_change_dates(name: str) -> None:
    """TARIFF-29: in force all along, change dates are the days on which a list changes."""
    span = [day.date() for day in pd.date_range("2025-03-01", "2025-12-31")]
    measure = measure_of(products=[name], start=span[0], end=span[-1])
    listed = [tc.product_list(name, on=day) for day in span]
    moved = [day for day, old, new in zip(span[1:], listed, listed[1:], strict=False) if old != new]
    found = tc.TariffSchedule(measures=(measure,)).change_dates()
    assert found == [span[0], *moved, span[-1] + DAY]


# Frames and partitions


@FEWER
@given(tariff_laws(), st.data())
def test_apply_sets_rates_and_duty_beside_a_frame(law: tuple, data: st.DataObject) -> None:
    """TARIFF-30: apply = frame, then the columns of rates, then V·total as schedule_duty_usd."""
    schedule, lines = law
    found = schedule.apply(lines, on=ON)
    rates = schedule.rates(lines, on=ON).drop(columns=["hs", "partner"])
    duty = (lines["value_usd"] * rates["total_rate"]).rename("schedule_duty_usd")
    assert found.equals(pd.concat([lines, rates, duty], axis=1))
    cut = data.draw(st.integers(0, len(lines)))
    parts = [schedule.apply(part, on=ON) for part in (lines.iloc[:cut], lines.iloc[cut:])]
    assert parts[0].columns.equals(found.columns)
    assert parts[0].dtypes.equals(found.dtypes)
    assert pd.concat(parts).equals(found)


@FEWER
@given(tariff_laws())
def test_nothing_is_written_to_the_frame_or_the_schedule(law: tuple) -> None:
    """TARIFF-31: no method changes its arguments, calls repeat to the bit (non-interference)."""
    schedule, lines = law
    kept, text = lines.copy(deep=True), schedule.model_dump_json()
    first = schedule.apply(lines, on=ON)
    schedule.effective_rate(lines, on=ON, by="partner")
    schedule.timeline(lines, start=ON, end=ON)
    tc.compare_tariffs(lines, {"a": schedule, "b": NO_LAW}, on=ON, by="partner")
    assert same_bits(lines, kept)
    assert schedule.model_dump_json() == text
    assert schedule.apply(lines, on=ON).equals(first)


@FEWER
@given(tariff_laws())
def test_flows_and_their_frame_are_the_same_lines(law: tuple) -> None:
    """TARIFF-32: TradeFlows and the frame it was made from give the same tables (to the bit)."""
    schedule, lines = law
    flows = tc.TradeFlows.from_frame(lines)
    assert same_bits(schedule.rates(flows, on=ON), schedule.rates(lines, on=ON))
    tables = [schedule.effective_rate(data, on=ON, by="partner") for data in (flows, lines)]
    assert same_bits(*tables)


# Two schedules


@FEWER
@given(tariff_laws(), tariff_schedules(), st.sampled_from([None, "chapter", "partner"]))
def test_a_comparison_is_two_effective_rates_side_by_side(
    law: tuple, after: tc.TariffSchedule, by: str | None
) -> None:
    """TARIFF-33: saving = duty before − duty after, change = 100·(ETR after − ETR before)."""
    before, lines = law
    found = tc.compare_tariffs(lines, {"old": before, "new": after}, on=ON, by=by)
    group = "partner" if by is None else by
    old, new = (s.effective_rate(lines, on=ON, by=group) for s in (before, after))
    if by is None:
        assert found.index.tolist() == ["all"]
        assert found["old_rate"].item() == etr(before, lines)
        assert found["new_rate"].item() == etr(after, lines)
    else:
        assert found["old_duty_usd"].equals(old["duty_usd"].rename("old_duty_usd"))
        assert found["new_rate"].equals(new["effective_rate"].rename("new_rate"))
    saving, change = (
        found["old_duty_usd"] - found["new_duty_usd"],
        found["new_rate"] - found["old_rate"],
    )
    assert found["saving_usd"].tolist() == saving.tolist()
    assert found["rate_change_pp"].tolist() == (100.0 * change).tolist()


@FEWER
@given(tariff_laws(), tariff_schedules(), st.sampled_from([None, "authority", "partner"]))
def test_a_comparison_turned_round_changes_its_sign(
    law: tuple, after: tc.TariffSchedule, by: str | None
) -> None:
    """TARIFF-34: compare(a, b) = −compare(b, a), compare(a, a) = 0 (antisymmetry, to the bit)."""
    before, lines = law
    there = tc.compare_tariffs(lines, {"a": before, "b": after}, on=ON, by=by)
    back = tc.compare_tariffs(lines, {"b": after, "a": before}, on=ON, by=by).loc[there.index]
    for column in ("saving_usd", "rate_change_pp"):
        assert there[column].tolist() == (-back[column]).tolist()
    still = tc.compare_tariffs(lines, {"a": before, "b": before}, on=ON, by=by)
    assert (still[["saving_usd", "rate_change_pp"]] == 0.0).all(axis=None)


@FEWER
@given(tariff_laws(), tariff_schedules())
def test_a_comparison_by_authority_adds_up_to_the_whole(
    law: tuple, after: tc.TariffSchedule
) -> None:
    """TARIFF-35: Σ_authorities saving = saving; an authority one side lacks charges 0 there."""
    before, lines = law
    found = tc.compare_tariffs(lines, {"a": before, "b": after}, on=ON, by="authority")
    rows = dict.fromkeys(["base", *before.authorities, *after.authorities])
    assert found.index.tolist() == list(rows)
    assert found.index.name == "authority"
    for name, schedule in (("a", before), ("b", after)):
        own = schedule.effective_rate(lines, on=ON, by="authority")["duty_usd"]
        assert found[f"{name}_duty_usd"].tolist() == own.reindex(rows, fill_value=0.0).tolist()
    whole = tc.compare_tariffs(lines, {"a": before, "b": after}, on=ON, by=None)
    size = whole["a_duty_usd"].item() + whole["b_duty_usd"].item()
    # Six roundings of each duty as in TARIFF-25, and at most six sums of savings here.
    assert abs(found["saving_usd"].sum() - whole["saving_usd"].item()) <= 16 * UNIT * size


def test_a_comparison_names_its_columns_and_units() -> None:
    """TARIFF-36: columns in order: value, two rates, two duties, saving, change; each its unit."""
    law = tc.TariffSchedule(measures=(measure_of(),))
    found = tc.compare_tariffs(line_of(), {"old": law, "new": NO_LAW}, on=ON)
    fraction = "fraction of customs value"
    assert found.attrs["units"] == {
        "value_usd": "USD", "old_rate": fraction, "new_rate": fraction, "old_duty_usd": "USD",
        "new_duty_usd": "USD", "saving_usd": "USD", "rate_change_pp": "percentage points",
    }  # fmt: skip
    assert found.columns.tolist() == list(found.attrs["units"])
    assert found.loc["Passenger cars"].tolist() == [100.0, 0.25, 0.0, 25.0, 0.0, 25.0, -25.0]


# What is refused

LINES, LAW = line_of(), tc.TariffSchedule(measures=(measure_of("autos"),))
FAULTS: dict[str, Callable[[], object]] = {
    "TariffMeasure cannot be built:\n  - rate: rates are fractions: 15 means 1500%; "
    "did you mean 0.15?": lambda: measure_of(rate=15.0),
    "TariffMeasure cannot be built:\n  - rate: a finite number is needed, given nan; "
    "leave out what is unknown": lambda: measure_of(rate=math.nan),
    "TariffMeasure cannot be built:\n  - rate: input should be greater than or equal to 0, "
    "given -0.1": lambda: measure_of(rate=-0.1),
    "TariffMeasure cannot be built:\n  - rate: a number is needed, given '0.15'": (
        lambda: measure_of(rate="0.15")
    ),
    "TariffMeasure cannot be built:\n  - products: hs: 2, 4, 6, 8 or 10 digits are needed in "
    "1 code: '101'; did you mean '0101'? A leading zero was lost": (
        lambda: measure_of(products=["101"])
    ),
    "TariffMeasure cannot be built:\n  - partners: ISO 3166 alpha-3 codes, EU27 or ROW are needed, "
    "given 2 unknown codes (first 2: 'EU', 'KR'); did you mean 'REU' or 'ECU' or 'DEU'?": (
        lambda: measure_of(partners=["KR", "JPN", "EU"])
    ),
    "TariffMeasure cannot be built:\n  - start: a date like 2025-10-17 is needed, "
    "given '17.10.2025'": lambda: measure_of(start="17.10.2025"),
    "TariffMeasure cannot be built:\n  - end 2024-12-31 is before start 2025-01-01; "
    "swap the dates": lambda: measure_of(end="2024-12-31"),
    "TariffMeasure cannot be built:\n  - displaces: m cannot displace itself": (
        lambda: measure_of(displaces=["m"])
    ),
    "TariffMeasure cannot be built:\n  - authority: total_rate is another column of the rates; "
    "use another word": lambda: measure_of("total"),
    "TariffMeasure cannot be built:\n  - an all_in measure has no specific duty: give its "
    "ad valorem equivalent": lambda: measure_of(form="all_in", specific_usd_per_unit=1.0),
    "TariffMeasure cannot be built:\n  - a base measure sets the base rate: it has no displaces "
    "and no content": lambda: measure_of(form="base", content=0.5),
    "TariffMeasure cannot be built:\n  - rate: required, but not given\n  - rat: unknown field; "
    "did you mean 'rate'? Allowed: name, authority, rate, form, products, partners, start, end, "
    "displaces, content, quota_quantity, exempt_products, exempt_partners, "
    "specific_usd_per_unit, status, citation, heading, "
    "source, published.": (
        lambda: tc.TariffMeasure(name="m", authority="m", rat=0.1, start="2025-01-01")
    ),
    "TariffSchedule cannot be built:\n  - measures: names must differ; given more than once: "
    "autos": lambda: LAW.with_measure(measure_of("autos")),
    "the lines cannot be used: 1 fault\n  - columns missing: value_usd; did you mean 'value_us'?": (
        lambda: LAW.apply(LINES.rename(columns={"value_usd": "value_us"}), on=ON)
    ),
    "the lines cannot be used: 1 fault\n  - the frame has no rows": (
        lambda: LAW.effective_rate(LINES[:0], on=ON)
    ),
    "the lines cannot be used: 3 faults\n  - hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: "
    "'870'; did you mean '0870'? A leading zero was lost\n  - partner: ISO 3166 alpha-3 codes, "
    "EU27 or ROW are needed, given 1 unknown code: 'KR'; did you mean 'UKR' or 'KOR' or 'KIR'?\n"
    "  - mfn_rate: rates are fractions: 25 means 2500%; did you mean 0.25? in 1 row: 0": (
        lambda: LAW.rates(line_of("870", "KR", mfn_rate=25.0), on=ON)
    ),
    "column 'mfn_rate' is needed by the base rate, and the lines have none; "
    "add_base_rates gives it": (lambda: LAW.rates(LINES.drop(columns=["mfn_rate"]), on=ON)),
    "measure 'cars' names only a part of 1 row: '87'; give these lines at a finer HS level, or "
    "load the law with the convention coarse_lines='line_count'": (
        lambda: total_on(measure_of("cars", products=["8703"]), line_of("87"))
    ),
    "columns exist already: base_rate, autos_rate, total_rate, schedule_duty_usd; "
    "rename them first": lambda: LAW.apply(LAW.apply(LINES, on=ON), on=ON),
    "by: column 'port' is empty in some rows; fill it first": (
        lambda: LAW.effective_rate(LINES.assign(port=math.nan), on=ON, by="port")
    ),
    "end 2025-10-16 is before start 2025-10-17; swap the dates": (
        lambda: LAW.timeline(LINES, start=ON, end="2025-10-16")
    ),
    "a date like 2025-10-17 is needed, given 20251017": lambda: LAW.rates(LINES, on=20251017),
    "schedules: two are needed, the one before first, given 1: 'a'": (
        lambda: tc.compare_tariffs(LINES, {"a": LAW}, on=ON)
    ),
    "schedules: two are needed, the one before first, given 0: none": (
        lambda: tc.compare_tariffs(LINES, {}, on=ON)
    ),
}


@pytest.mark.parametrize(("message", "call"), FAULTS.items())
def test_what_cannot_be_a_tariff_is_refused(message: str, call: Callable) -> None:
    """TARIFF-37: a wrong measure, frame, day or pair raises InputError (full message)."""
    with pytest.raises(InputError) as caught:
        call()
    assert type(caught.value) is InputError
    assert str(caught.value) == message


UNKNOWN: dict[str, Callable[[], object]] = {
    "unknown measure 'auto'; did you mean 'autos'? Allowed: autos.": lambda: LAW.without("auto"),
    "unknown measure 'steel'. Allowed: autos.": lambda: LAW.with_rate("steel", 0.5),
    "unknown measure 'steel'. Allowed: none.": lambda: NO_LAW.measure("steel"),
    "unknown grouping 'sectors'; did you mean 'sector' or 'section'? Allowed: authority, sector, "
    "chapter, section, hs, partner, value_usd, mfn_rate.": (
        lambda: tc.compare_tariffs(LINES, {"a": LAW, "b": LAW}, on=ON, by="sectors")
    ),
    "unknown product list 'annex-2'; did you mean 'annex-ii' or 'metals-annex-2'? Allowed: "
    + ", ".join(tc.list_product_lists()[:12])
    + f", … ({len(tc.list_product_lists())} in all).": lambda: tc.product_list("annex-2", on=ON),
}  # fmt: skip


@pytest.mark.parametrize(("message", "call"), UNKNOWN.items())
def test_a_name_that_does_not_exist_is_refused(message: str, call: Callable) -> None:
    """TARIFF-38: an unknown measure, grouping or list raises UnknownNameError (full message)."""
    with pytest.raises(UnknownNameError) as caught:
        call()
    assert str(caught.value) == message


@FEWER
@given(tariff_laws(), st.integers(1, 8))
def test_numbers_are_float64_and_finite(law: tuple, repeat: int) -> None:
    """TARIFF-39: every rate of a valid law is a finite float64 of at least 0 (type and bounds)."""
    schedule, lines = law
    rates = schedule.rates(pd.concat([lines] * repeat), on=ON).drop(columns=["hs", "partner"])
    assert rates.shape == (repeat * len(lines), len(schedule.authorities) + 2)
    assert (rates.dtypes == np.float64).all()
    assert np.isfinite(rates.to_numpy()).all()
    assert (rates >= 0.0).all(axis=None)

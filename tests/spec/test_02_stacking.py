"""Chapter 2: how measures stack on a line."""

import datetime as dt
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.partners import EU27_MEMBERS
from tariffcalc.tariffs.stacking import add_on, blended_base, charged_shares
from tariffcalc.testing import entry_dates, tariff_laws

UNIT = Fraction(1, 2**53)  # one rounding changes a number by at most this share of it
ON = "2025-10-17"
STEPS = st.integers(0, 64).map(lambda steps: steps / 64)  # exact under +, − and short products
SHARES = st.integers(0, 8).map(lambda steps: steps / 8)
ANY_RATE = st.floats(0.0, 10.0, allow_subnormal=False)
# A law drawn at random is slow to check, and 50 of the 200 reach all forms and displacements.
FEWER = settings(max_examples=settings.default.max_examples // 4)
ANY_SHARE = st.floats(0.0, 1.0, allow_subnormal=False)


# The scalar version, written from the definitions


def covers(measure: tc.TariffMeasure, line: dict[str, Any], on: dt.date) -> bool:
    named = set(measure.partners) | (EU27_MEMBERS if "EU27" in measure.partners else set())
    exempt = set(measure.exempt_partners)
    exempt |= EU27_MEMBERS if "EU27" in exempt else set()
    inside, outside = (
        [
            prefix
            for product in products
            for prefix in ((product,) if product.isdigit() else tc.product_list(product, on=on))
        ]
        for products in (measure.products, measure.exempt_products)
    )
    return (
        measure.start <= on <= (measure.end or dt.date.max)
        and (not named or line["partner"] in named)
        and line["partner"] not in exempt
        and (not measure.products or line["hs"].startswith(tuple(inside)))
        and not line["hs"].startswith(tuple(outside))
    )


def share_charged(measure: tc.TariffMeasure, on_line: list, line: dict[str, Any]) -> Fraction:
    content = line[measure.content] if isinstance(measure.content, str) else measure.content
    if measure.quota_quantity is not None:
        content = min(1, Fraction(measure.quota_quantity) / Fraction(line["annual_quantity"]))
    own = {measure.authority, measure.name}
    before = [other for other in on_line if own & set(other.displaces)]
    taken = sum((share_charged(other, on_line, line) for other in before), Fraction(0))
    return Fraction(1 if content is None else content) * max(Fraction(0), 1 - taken)


def equivalent(measure: tc.TariffMeasure, line: dict[str, Any]) -> Fraction:
    specific = Fraction(measure.specific_usd_per_unit or 0)
    ad_valorem = specific * Fraction(line["quantity"]) / Fraction(line["value_usd"])
    return Fraction(measure.rate) + ad_valorem


def at_base(base: Fraction, on_line: list, line: dict[str, Any]) -> dict[str, Fraction]:
    found = {"base": base, "total": base}
    for measure in on_line:
        rate = equivalent(measure, line)
        added = max(Fraction(0), rate - base) if measure.form == "all_in" else rate
        added *= share_charged(measure, on_line, line)
        found[measure.authority] = found.get(measure.authority, Fraction(0)) + added
        found["total"] += added
    return found


def by_hand(schedule: tc.TariffSchedule, line: dict[str, Any], on: dt.date) -> dict[str, Fraction]:
    law = [measure for measure in schedule.measures if covers(measure, line, on)]
    on_line = [measure for measure in law if measure.form != "base"]
    mfn, preferential = line["mfn_rate"], line["preferential_rate"]
    used = Fraction(line["preference_use_share"])
    if base := [equivalent(measure, line) for measure in law if measure.form == "base"]:
        mfn = preferential = base[0]
    elif math.isnan(preferential):
        preferential = mfn
    with_it = at_base(Fraction(preferential), on_line, line)
    without = at_base(Fraction(mfn), on_line, line)
    names = ("base", *schedule.authorities, "total")
    return {
        f"{name}_rate": used * with_it.get(name, 0) + (1 - used) * without.get(name, 0)
        for name in names
    }


@given(tariff_laws(exact=True), entry_dates())
def test_every_rate_is_that_of_the_definitions(law: tuple, on: dt.date) -> None:
    """STACK-1: rates = Σ over measures in force, displaced by content, at both bases (fractions).

    Every figure is a short binary fraction, so that nothing is rounded: equal to the bit.
    """
    schedule, lines = law
    found = schedule.rates(lines, on=on).drop(columns=["hs", "partner"])
    expected = [by_hand(schedule, line, on) for line in lines.to_dict("records")]
    assert found.to_dict("records") == expected


@given(tariff_laws(), entry_dates())
def test_every_rate_is_within_rounding_of_the_definitions(law: tuple, on: dt.date) -> None:
    """STACK-2: figures that need rounding stray from STACK-1 by their roundings at most."""
    schedule, lines = law
    found = schedule.rates(lines, on=on).drop(columns=["hs", "partner"]).to_dict("records")
    for row, line in zip(found, lines.to_dict("records"), strict=True):
        expected = by_hand(schedule, line, on)
        assert row.keys() == expected.keys()
        # The share of the n-th measure sums those before it: off by 0, 3, 7 and 15 roundings of
        # 1. Times a rate that took 3, blended in 3, over 4 measures: below 25 + 4·9 of the rates.
        rates = [float(equivalent(measure, line)) for measure in schedule.measures]
        size = Fraction(line["mfn_rate"]) + Fraction(math.fsum(rates)) + expected["base_rate"]
        assert all(abs(row[name] - expected[name]) <= 64 * UNIT * size for name in row)


# Shares of value


@st.composite
def stacks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw covered shares (measures, lines), who displaces whom, and an order that respects it."""
    count, lines = draw(st.integers(0, 5)), draw(st.integers(1, 4))
    covered = draw(hnp.arrays(float, (count, lines), elements=ANY_SHARE | SHARES))
    displaced_by = np.tril(draw(hnp.arrays(bool, (count, count))), k=-1)
    return covered, displaced_by, np.arange(count)


@given(stacks())
def test_what_nobody_displaces_is_charged_in_full(stack: tuple) -> None:
    """STACK-3: e = c where no measure displaces another (collapse, to the bit)."""
    covered, displaced_by, order = stack
    assert charged_shares(covered, displaced_by & False, order).tolist() == covered.tolist()


@given(stacks())
def test_shares_charged_lie_between_0_and_what_is_covered(stack: tuple) -> None:
    """STACK-4: 0 ≤ e ≤ c ≤ 1 (bounds; STACK-1 is the equality)."""
    charged = charged_shares(*stack)
    assert (charged >= 0.0).all()
    assert (charged <= stack[0]).all()


@given(stacks())
def test_displacement_never_charges_two_authorities_on_one_share(stack: tuple) -> None:
    """STACK-5: e_j + Σ_{i displaces j} e_i ≤ max(1, Σ_i e_i), and = 1 where j covers all of 1."""
    covered, displaced_by, order = stack
    for j, charged in enumerate(exact := charged_shares(covered, displaced_by, order)):
        taken = exact[displaced_by[j]].sum(axis=0)
        full = charged + taken
        # 1 − Σe, times c, and the two sums here and there: at most 12 roundings of at most 5.
        assert (full <= np.maximum(1.0, taken) + 60 * float(UNIT)).all()
        whole = (covered[j] == 1.0) & (taken <= 1.0)
        assert (abs(full - 1.0)[whole] <= 60 * float(UNIT)).all()


@given(SHARES, SHARES, SHARES)
def test_in_a_chain_each_displaces_only_the_next(a: float, b: float, c: float) -> None:
    """STACK-6: A over B over C: e = a, b·(1−a), c·(1−b·(1−a)) (closed form, exact)."""
    chain = np.eye(3, k=-1, dtype=bool)
    charged = charged_shares(np.array([[a], [b], [c]]), chain, np.arange(3))
    assert charged[:, 0].tolist() == [a, b * (1 - a), c * (1 - b * (1 - a))]


@given(SHARES, SHARES)
def test_two_contents_side_by_side_displace_the_sum_of_both(a: float, b: float) -> None:
    """STACK-7: two measures that ignore each other leave max(0, 1 − a − b) to a third (exact)."""
    displaced_by = np.array([[0, 0, 0], [0, 0, 0], [1, 1, 0]], dtype=bool)
    charged = charged_shares(np.array([[a], [b], [1.0]]), displaced_by, np.arange(3))
    assert charged[:, 0].tolist() == [a, b, max(0.0, 1 - a - b)]


@given(stacks(), st.randoms(use_true_random=False))
def test_any_order_with_displacers_first_gives_the_same_shares(stack: tuple, random: Any) -> None:
    """STACK-8: e depends on who displaces whom, not on the order it is worked out in (bits)."""
    covered, displaced_by, order = stack
    placed: list[int] = []
    while len(placed) < len(order):
        ready = [j for j in order if set(np.flatnonzero(displaced_by[j])) <= set(placed)]
        placed.append(random.choice([j for j in ready if j not in placed]))
    again = charged_shares(covered, displaced_by, np.array(placed, dtype=np.int64))
    assert again.tolist() == charged_shares(covered, displaced_by, order).tolist()


@given(stacks())
def test_a_line_is_charged_as_if_it_were_alone(stack: tuple) -> None:
    """STACK-9: the shares of a table of lines are those line by line (to the bit; unchanged in)."""
    covered, displaced_by, order = stack
    kept = covered.copy()
    charged = charged_shares(covered, displaced_by, order)
    for line in range(covered.shape[1]):
        alone = charged_shares(covered[:, [line]], displaced_by, order)
        assert alone[:, 0].tolist() == charged[:, line].tolist()
    assert covered.tolist() == kept.tolist()


# Two measures on one line


def line_of(**columns: Any) -> pd.DataFrame:
    """Return one line of cars from Korea that pays MFN."""
    row = {"hs": "8703230140", "partner": "KOR", "value_usd": 100.0, "mfn_rate": 0.0}
    return pd.DataFrame([row | columns])


def measure_of(authority: str, rate: float, **fields: Any) -> tc.TariffMeasure:
    start = fields.pop("start", "2025-01-01")
    return tc.TariffMeasure(name=authority, authority=authority, rate=rate, start=start, **fields)


def rates_of(*measures: tc.TariffMeasure, on: str = ON, **columns: Any) -> dict[str, float]:
    table = tc.TariffSchedule(measures=measures).rates(line_of(**columns), on=on)
    return table.drop(columns=["hs", "partner"]).iloc[0].to_dict()


def total_of(*measures: tc.TariffMeasure, **columns: Any) -> float:
    return rates_of(*measures, **columns)["total_rate"]


@given(STEPS, STEPS, STEPS, SHARES)
def test_a_derivative_pays_the_metal_duty_on_its_metal_and_the_rest_elsewhere(
    base: float, metal: float, reciprocal: float, content: float
) -> None:
    """STACK-10: total = b + c·r1 + (1−c)·r2 where r1 displaces r2 on content c (fact 2.5)."""
    steel = measure_of("steel", metal, content="steel_share", displaces=("reciprocal",))
    other = measure_of("reciprocal", reciprocal)
    found = rates_of(steel, other, mfn_rate=base, steel_share=content)
    assert found["steel_rate"] == content * metal
    assert found["reciprocal_rate"] == (1 - content) * reciprocal
    assert found["total_rate"] == base + content * metal + (1 - content) * reciprocal


@given(STEPS, STEPS, STEPS)
def test_duties_are_levied_on_the_customs_value_and_not_on_each_other(
    base: float, one: float, two: float
) -> None:
    """STACK-11: without displacement total = b + r1 + r2: no duty on duty (additivity, exact)."""
    assert total_of(measure_of("a", one), measure_of("b", two), mfn_rate=base) == base + one + two


@given(STEPS, STEPS)
def test_a_displacer_can_lower_the_total(one: float, two: float) -> None:
    """STACK-12: what measures add together is not what they add apart: r1, not r1 + r2."""
    metals = measure_of("steel", one, displaces=("reciprocal",))
    reciprocal = measure_of("reciprocal", two)
    together = total_of(metals, reciprocal)
    assert together == one
    assert together == total_of(metals) + total_of(reciprocal) - two


@given(STEPS, STEPS, st.sampled_from(["products", "partners", "end", "exempt_products", "content"]))
def test_a_measure_that_does_not_reach_a_line_displaces_nothing_there(
    one: float, two: float, why: str
) -> None:
    """STACK-13: elsewhere, out of force, exempt or on no content, a displacer changes nothing."""
    away = {
        "products": ("7208",),
        "partners": ("JPN",),
        "end": "2025-10-16",
        "exempt_products": ("8703",),
        "content": 0.0,
    }
    displacer = measure_of("autos", one, displaces=("reciprocal",), **{why: away[why]})
    found = rates_of(displacer, measure_of("reciprocal", two))
    assert found["autos_rate"] == 0.0
    assert found["total_rate"] == found["reciprocal_rate"] == two


@given(STEPS, STEPS, STEPS)
def test_a_displaced_measure_displaces_nothing(one: float, two: float, three: float) -> None:
    """STACK-14: A over B and B over C: all of B is lost to A, so C is charged: total = rA + rC."""
    found = rates_of(
        measure_of("c", three),
        measure_of("b", two, displaces=("c",)),
        measure_of("a", one, displaces=("b",)),
    )
    assert (found["a_rate"], found["b_rate"], found["c_rate"]) == (one, 0.0, three)


@given(STEPS, STEPS, st.booleans())
def test_measures_of_one_authority_share_a_column(one: float, two: float, late: bool) -> None:
    """STACK-15: <authority>_rate is the sum over its measures, 0 where none is in force (exact)."""
    start = "2026-01-01" if late else "2025-01-01"
    second = tc.TariffMeasure(name="second", authority="steel", rate=two, start=start)
    both = rates_of(measure_of("steel", one), second)
    expected = one + (0.0 if late else two)
    assert both == {"base_rate": 0.0, "steel_rate": expected, "total_rate": expected}
    assert rates_of(second)["steel_rate"] == (0.0 if late else two)


# All-in rates


@given(STEPS, STEPS)
def test_an_all_in_rate_is_a_floor_under_the_total(base: float, rate: float) -> None:
    """STACK-16: total = max(b, r), and the add-on is max(0, r − b) (exact; CH99 note 33(s))."""
    found = rates_of(measure_of("autos", rate, form="all_in"), mfn_rate=base)
    assert found["autos_rate"] == max(0.0, rate - base)
    assert found["total_rate"] == max(base, rate)


@given(STEPS, STEPS)
def test_on_a_free_base_all_in_and_additional_are_the_same(rate: float, content: float) -> None:
    """STACK-17: at b = 0 the form of a measure makes no difference (collapse, exact)."""
    forms = [
        total_of(measure_of("autos", rate, form=form, content=content))
        for form in ("all_in", "additional")
    ]
    assert forms[0] == forms[1] == content * rate


@given(STEPS, STEPS, SHARES)
def test_an_all_in_rate_tops_up_the_share_it_covers(
    base: float, rate: float, content: float
) -> None:
    """STACK-18: on content c, total = (1−c)·b + c·max(b, r) (exact)."""
    found = total_of(measure_of("autos", rate, form="all_in", content=content), mfn_rate=base)
    assert found == (1 - content) * base + content * max(base, rate)


@given(STEPS, STEPS, SHARES, STEPS)
def test_an_all_in_rate_above_the_base_makes_a_preference_worthless(
    mfn: float, preferential: float, used: float, more: float
) -> None:
    """STACK-19: total = r for any use of a preference where r ≥ both bases (fact 0.4, exact)."""
    rate = max(mfn, preferential) + more
    columns = {
        "mfn_rate": mfn,
        "preferential_rate": preferential,
        "preference_use_share": used,
    }
    assert total_of(measure_of("autos", rate, form="all_in"), **columns) == rate


# Preferences


@FEWER
@given(tariff_laws(max_lines=1, exact=True), SHARES)
def test_a_preference_used_in_part_blends_two_totals(law: tuple, used: float) -> None:
    """STACK-20: total(u) = u·total(1) + (1−u)·total(0), in each column (exact)."""
    schedule, lines = law
    none, part, full = (
        schedule.rates(lines.assign(preference_use_share=share), on=ON).drop(
            columns=["hs", "partner"]
        )
        for share in (0.0, used, 1.0)
    )
    assert (used * full + (1 - used) * none).to_dict("records") == part.to_dict("records")


@FEWER
@given(tariff_laws(max_lines=1), ANY_SHARE)
def test_a_preference_that_is_not_used_or_not_given_is_mfn(law: tuple, used: float) -> None:
    """STACK-21: u = 0, no preferential rate, and one equal to MFN give the same rates (bits)."""
    schedule, lines = law
    plain = lines.drop(columns=["preferential_rate", "preference_use_share"])
    expected = schedule.rates(plain, on=ON).to_dict("records")
    for preferential, share in ((0.0, 0.0), (math.nan, used), (lines["mfn_rate"], used)):
        given_one = lines.assign(preferential_rate=preferential, preference_use_share=share)
        assert schedule.rates(given_one, on=ON).to_dict("records") == expected


@given(STEPS, STEPS, SHARES)
def test_the_base_rate_is_preferential_on_the_share_that_claims_it(
    mfn: float, preferential: float, used: float
) -> None:
    """STACK-22: b = u·preferential + (1−u)·MFN (the blend, exact and line by line)."""
    found = blended_base(np.array([mfn, 0.5]), np.array([preferential, 0.25]), np.array([used, 1]))
    assert found.tolist() == [used * preferential + (1 - used) * mfn, 0.25]


# Specific and compound duties


@given(STEPS, st.integers(0, 16), st.integers(0, 6), st.integers(6, 12))
def test_a_compound_duty_is_its_rate_plus_the_specific_duty_over_value(
    rate: float, specific: int, quantity: int, value: int
) -> None:
    """STACK-23: add-on = r + s·q/v, and the duty of a purely specific one is s·q (exact)."""
    columns = {"quantity": 2.0**quantity, "value_usd": 2.0**value}
    compound = measure_of("dairy", rate, specific_usd_per_unit=specific / 4)
    assert total_of(compound, **columns) == rate + specific / 4 * 2.0 ** (quantity - value)
    law = tc.TariffSchedule(measures=(measure_of("x", 0.0, specific_usd_per_unit=specific / 4),))
    duty = law.apply(line_of(**columns), on=ON)["schedule_duty_usd"].item()
    assert duty == specific / 4 * 2.0**quantity


@FEWER
@given(tariff_laws(), st.integers(-20, 20))
def test_rates_depend_on_the_value_of_a_unit_alone(law: tuple, power: int) -> None:
    """STACK-24: quantity and value times 2^k leave every rate as it is (degree 0, to the bit)."""
    schedule, lines = law
    scaled = lines.assign(
        quantity=lines["quantity"] * 2.0**power, value_usd=lines["value_usd"] * 2.0**power
    )
    assert schedule.rates(scaled, on=ON).equals(schedule.rates(lines, on=ON))


@given(STEPS, st.integers(0, 16), SHARES)
def test_a_specific_duty_is_displaced_like_any_other(
    rate: float, specific: int, content: float
) -> None:
    """STACK-25: what a displacer covers pays no specific duty: (1−c)·(r + s·q/v) (exact)."""
    steel = measure_of("steel", 0.5, content=content, displaces=("dairy",))
    dairy = measure_of("dairy", rate, specific_usd_per_unit=specific / 4)
    found = rates_of(steel, dairy, quantity=8.0, value_usd=16.0)
    assert found["dairy_rate"] == (1 - content) * (rate + specific / 8)


@given(STEPS, st.integers(0, 16), STEPS)
def test_a_compound_base_rate_is_what_an_all_in_rate_tops_up(
    base: float, specific: int, rate: float
) -> None:
    """STACK-26: total = max(r, b + s·q/v) under a compound base (exact; FR 2025-21940)."""
    own = measure_of("mfn", base, form="base", specific_usd_per_unit=specific / 4)
    law = (own, measure_of("reciprocal", rate, form="all_in"))
    assert total_of(*law, quantity=8.0, value_usd=16.0) == max(rate, base + specific / 8)


# The kernel over cases


@given(st.data(), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_each_case_has_the_add_on_it_has_alone(
    data: st.DataObject, cases: int, lines: int, all_in: bool
) -> None:
    """STACK-27: add-ons of many rates at once are those rate by rate, line by line (to the bit)."""
    rates = data.draw(hnp.arrays(float, (cases, 1), elements=ANY_RATE))
    charged, used = (data.draw(hnp.arrays(float, lines, elements=ANY_SHARE)) for _ in range(2))
    mfn, low = (data.draw(hnp.arrays(float, lines, elements=ANY_RATE)) for _ in range(2))
    together = add_on(rates, charged, mfn, low, used, all_in=all_in)
    assert together.shape == (cases, lines)
    for i in range(cases):
        for j in range(lines):
            own = [array[[j]] for array in (charged, mfn, low, used)]
            assert add_on(rates[[i]], *own, all_in=all_in).item() == together[i, j]


@given(ANY_RATE, ANY_RATE, ANY_SHARE, ANY_RATE, ANY_RATE, ANY_SHARE, st.booleans())
def test_a_higher_rate_never_adds_less(
    rate: float, more: float, charged: float, mfn: float, low: float, used: float, all_in: bool
) -> None:
    """STACK-28: the add-on rises with r, and by charged·(r′ − r) above both bases (slope)."""
    own = [np.array([figure]) for figure in (charged, mfn, low, used)]
    top = max(mfn, low) + rate
    first, second, third = (
        add_on(np.array([[r]]), *own, all_in=all_in).item() for r in (rate, rate + more, top + more)
    )
    assert first <= second
    # From the top on, both bases lie below the rate: a straight line. Each of the two add-ons
    # takes 6 roundings of at most r = 40, their difference one more.
    rise = third - add_on(np.array([[top]]), *own, all_in=all_in).item()
    assert abs(Fraction(rise) - Fraction(charged) * Fraction(more)) <= 13 * UNIT * 40


# What is refused

STEEL = measure_of("steel", 0.5, content="steel_share")
DAIRY = measure_of("dairy", 0.1, specific_usd_per_unit=2.0)
FAULTS = {
    "TariffSchedule cannot be built:\n  - measures: the authorities a, b displace each other "
    "in a circle; say which one comes first": lambda: rates_of(
        measure_of("a", 0.1, displaces=("b",)), measure_of("b", 0.1, displaces=("a",))
    ),
    "column 'steel_share' is needed by measure 'steel', and the lines have none; "
    "did you mean 'steel_shar'?": lambda: rates_of(STEEL, steel_shar=0.5),
    "column 'steel_share' is needed by measure 'steel' and not known in 1 row: '8703230140'; "
    "give the figure or leave the lines out": lambda: rates_of(STEEL, steel_share=math.nan),
    "column 'quantity' is needed by the specific duty of 'dairy', and the lines have none": (
        lambda: rates_of(DAIRY)
    ),
    "value_usd: a value above 0 is needed by the specific duty of 'dairy'": lambda: rates_of(
        DAIRY, quantity=1.0, value_usd=0.0
    ),
    "column 'preference_use_share' is needed by the preferential rate, and the lines have none; "
    "give it as a share of each line's value": (
        lambda: rates_of(mfn_rate=0.025, preferential_rate=0.0)
    ),
    "measure 'b': two base rates are in force on 2025-10-17 for 1 row: '8703230140'; "
    "end one before the other starts": lambda: rates_of(
        measure_of("a", 0.1, form="base"), measure_of("b", 0.1, form="base")
    ),
}


@pytest.mark.parametrize(("message", "call"), FAULTS.items())
def test_a_stack_that_cannot_be_worked_out_is_refused(message: str, call: Callable) -> None:
    """STACK-29: a circle, or a figure that is needed and not known, raises (full message)."""
    with pytest.raises(InputError) as caught:
        call()
    assert type(caught.value) is InputError
    assert str(caught.value) == message


@given(st.permutations(["a", "b", "c"]), st.integers(0, 2))
def test_authorities_may_change_places_over_time(order: list, place: int) -> None:
    """STACK-30: a circle of measures that are never in force together is no circle."""
    following = order[place - 2]
    first = measure_of(order[place], 0.25, displaces=(following,), end="2025-06-30")
    second = measure_of(following, 0.5, displaces=(order[place],), start="2025-07-01")
    early, late = rates_of(first, second, on="2025-06-30"), rates_of(first, second, on="2025-07-01")
    assert (early["total_rate"], late["total_rate"]) == (0.25, 0.5)


@FEWER
@given(tariff_laws(exact=True))
def test_a_law_of_all_its_measures_is_built_up_one_by_one(law: tuple) -> None:
    """STACK-31: adding measures in any number of steps gives the schedule of all (composition)."""
    schedule, lines = law
    grown = tc.TariffSchedule(measures=())
    for measure in schedule.measures:
        grown = grown.with_measure(measure)
    assert grown == schedule
    assert grown.rates(lines, on=ON).equals(schedule.rates(lines, on=ON))

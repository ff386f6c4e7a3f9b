"""Chapter 7: imports by line, sectors, and how prices share a tariff change."""

import math
from collections.abc import Callable
from fractions import Fraction

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.testing import assert_gains_add_up, hs_codes, tariff_lines, trade_flows
from tariffcalc.trade.responses.static import static_gains, static_totals

UNIT = 2.0**-53  # one rounding changes a number by at most this share of it
RATES = st.floats(0.0, 10.0, allow_subnormal=False)
SHARES = st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0.0, 1.0, allow_subnormal=False)
CUTS = st.tuples(RATES, RATES)
# Tables of sectors, of one line at a time and of whole frames take some 10 milliseconds each.
FEWER = settings(max_examples=settings.default.max_examples // 4)
TEXT_DTYPE = pd.Series(["1"]).dtype  # str, and object before pandas 3
GAINS = ("exporter_gain_usd", "importer_gain_usd", "revenue_change_usd")


def respond(flows: tc.TradeFlows, before: object, after: object, share: float) -> pd.DataFrame:
    return tc.StaticResponse(pass_through=share).respond(flows, before, after)


def numbers(count: int, elements: st.SearchStrategy) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(float, count, elements=elements)


def moved(amount: float, before: float, after: float, power: float) -> float:
    """Return amount·(τ^power − 1) to 50 digits, rounded once."""
    with mpmath.workdps(50):
        log_factor = mpmath.log1p(after) - mpmath.log1p(before)
        return float(amount * mpmath.expm1(power * log_factor))


def rounding(amount: float, before: float, after: float) -> float:
    """Bound the error of amount·(τ^p − 1), |p| ≤ 1, as a share of τ^p.

    An ulp for each logarithm of 1 + t, half of one for their difference and for p times it; then
    3 ulps of what is left: of expm1, of the product with the amount, of the amount itself.
    """
    logs = math.log1p(before) + math.log1p(after)
    change = abs(math.log1p(after) - math.log1p(before))
    return amount * UNIT * (2 * logs + 2 * change + 6 * math.expm1(change))


# Flows


@FEWER
@given(tariff_lines(digits=[2, 4, 6, 8, 10], partners=["KOR", "EU27", "NAM"]))
def test_a_frame_makes_flows_and_flows_a_frame(lines: pd.DataFrame) -> None:
    """TRADE-1: from_frame(f).frame = f with rows numbered from 0 (round trip, idempotent)."""
    flows = tc.TradeFlows.from_frame(lines.set_index(lines.index + 7), name="mine")
    pd.testing.assert_frame_equal(flows.frame, lines, check_exact=True)
    again = tc.TradeFlows.from_frame(flows.frame, name="mine")
    pd.testing.assert_frame_equal(again.frame, lines, check_exact=True)
    assert len(flows) == len(lines)
    assert repr(again) == repr(flows)


@FEWER
@given(tariff_lines(partners=["KOR", "JPN", "NAM"]))
def test_flows_keep_their_own_copy(lines: pd.DataFrame) -> None:
    """TRADE-2: what happens to a frame afterwards does not reach the flows (non-interference)."""
    kept = lines.copy(deep=True)
    flows = tc.TradeFlows.from_frame(lines)
    lines["value_usd"] = 0.0
    given_out = flows.frame
    given_out["value_usd"] = 1.0
    pd.testing.assert_frame_equal(flows.frame, kept, check_exact=True)
    respond(flows, 0.25, 0.15, 0.5)
    pd.testing.assert_frame_equal(flows.frame, kept, check_exact=True)


@FEWER
@given(tariff_lines(partners=["KOR", "JPN", "NAM"]))
def test_flows_are_the_sum_of_their_partners(lines: pd.DataFrame) -> None:
    """TRADE-3: Σ_partners only(p) = flows: each line once, in order; values add up (fractions)."""
    flows = tc.TradeFlows.from_frame(lines)
    parts = {partner: flows.only(partner) for partner in flows.partners}
    assert flows.partners == sorted(set(lines["partner"]))
    for partner, part in parts.items():
        own = lines[lines["partner"] == partner].reset_index(drop=True)
        pd.testing.assert_frame_equal(part.frame, own, check_exact=True)
        assert part.name == flows.name
    exact = sum(map(Fraction, lines["value_usd"]))
    assert abs(Fraction(flows.value_usd) - exact) <= Fraction(len(lines) * UNIT) * exact
    assert abs(math.fsum(part.value_usd for part in parts.values()) - exact) <= 6 * UNIT * exact


def test_the_packaged_imports_are_the_published_totals() -> None:
    """TRADE-4: US imports for consumption from Korea in 2024: 8,327 lines, $130,458,735,626."""
    flows = tc.load_flows("us-imports-2024", partners=["KOR"])
    assert repr(flows) == "TradeFlows('us-imports-2024', 8,327 lines, 1 partner, $130.46bn)"
    assert math.fsum(flows.frame["value_usd"]) == flows.value_usd == 130_458_735_626
    assert math.fsum(flows.frame["duty_usd"]) == 248_849_879
    assert flows.partners == ["KOR"]
    assert flows.frame["hs"].is_unique
    assert (flows.frame["hs"].str.len() == 10).all()


# Sectors


@FEWER
@given(
    st.dictionaries(hs_codes(digits=[2, 4, 6, 8, 10]), st.sampled_from("abc"), max_size=6),
    hs_codes(),
)
def test_a_code_has_the_sector_of_its_longest_prefix(mapping: dict, code: str) -> None:
    """TRADE-5: sector = map[longest prefix that starts the code] (oracle: str.startswith)."""
    mapping = {code[:2]: "rest", **mapping}
    for hs in (code, *mapping):
        fits = [prefix for prefix in mapping if hs.startswith(prefix)]
        if fits:
            found = tc.sectors(pd.Series([hs]), mapping=mapping)
            assert found.tolist() == [mapping[max(fits, key=len)]]


def test_the_packaged_map_covers_every_chapter_in_use() -> None:
    """TRADE-6: chapters 01 to 99 but 77 have a sector: 46 in all; packaged lines carry theirs."""
    frame = tc.load_flows("us-imports-2024").frame
    assert tc.sectors(frame["hs"]).tolist() == frame["sector"].tolist()
    chapters = [f"{number:02d}" for number in range(1, 100) if number != 77]
    assert tc.sectors(pd.Series(chapters)).notna().all()
    headings = [f"{number:06d}" for number in range(10_000, 1_000_000) if number // 10_000 != 77]
    assert tc.sectors(pd.Series(headings)).nunique() == 46


@FEWER
@given(st.lists(hs_codes(digits=[4, 10]), max_size=6))
def test_sectors_keep_the_index_of_the_codes(codes: list) -> None:
    """TRADE-7: one sector for each code, in its place, none for none (shape; row by row)."""
    codes = [code for code in codes if code[:2] not in ("00", "77")]
    series = pd.Series(codes, index=[7] * len(codes), dtype=str)
    found = tc.sectors(series)
    assert found.index.equals(series.index)
    assert found.name == "sector"
    assert found.tolist() == [tc.sectors(pd.Series([code])).item() for code in codes]


# The static response


@given(trade_flows(max_size=3), CUTS, SHARES)
def test_exporters_gain_what_their_price_gains(
    flows: tc.TradeFlows, cut: tuple, share: float
) -> None:
    """TRADE-8: exporter gain = V·(τ^(ρ−1) − 1), τ = (1+t1)/(1+t0) (closed form, 50 digits)."""
    before, after = cut
    found = respond(flows, before, after, share)["exporter_gain_usd"]
    for value, gain in zip(flows.frame["value_usd"], found, strict=True):
        exact = moved(value, before, after, share - 1.0)
        assert abs(gain - exact) <= rounding(value, before, after) * (1 + exact / value)


@given(trade_flows(max_size=3), CUTS, SHARES)
def test_importers_lose_what_their_price_gains(
    flows: tc.TradeFlows, cut: tuple, share: float
) -> None:
    """TRADE-9: importer gain = −V·(1+t0)·(τ^ρ − 1) (closed form, 50 digits)."""
    before, after = cut
    found = respond(flows, before, after, share)["importer_gain_usd"]
    for value, gain in zip(flows.frame["value_usd"], found, strict=True):
        paid = value * (1 + before)
        exact = -moved(paid, before, after, share)
        assert abs(gain - exact) <= rounding(paid, before, after) * (1 - exact / paid)


@given(trade_flows(), CUTS, SHARES)
def test_the_treasury_collects_the_new_rate_on_the_new_customs_value(
    flows: tc.TradeFlows, cut: tuple, share: float
) -> None:
    """TRADE-10: duty after = (V + exporter gain)·t1, revenue change = duty after − V·t0."""
    before, after = cut
    answer, value = respond(flows, before, after, share), flows.frame["value_usd"]
    assert (answer["value_usd"] == value * answer["exporter_price_index"]).all()
    assert (answer["duty_usd"] == answer["value_usd"] * after).all()
    assert (answer["revenue_change_usd"] == answer["duty_usd"] - value * before).all()
    # V·(1 + x) and V + V·x differ by the rounding of 1 + x, of two products and of a sum.
    apart = abs(answer["value_usd"] - (value + answer["exporter_gain_usd"]))
    assert (apart <= 4 * UNIT * (value + answer["value_usd"])).all()


@given(trade_flows(), CUTS, SHARES)
def test_the_three_gains_add_up_to_nothing_at_fixed_quantities(
    flows: tc.TradeFlows, cut: tuple, share: float
) -> None:
    """TRADE-11: exporter + importer + revenue = efficiency = 0 (each has its own closed form)."""
    answer = respond(flows, *cut, share)
    assert_gains_add_up(answer)
    one, two, three = (answer[name] for name in GAINS)
    assert (answer["efficiency_usd"] == one + two + three).all()
    assert (answer["quantity_index"] == 1.0).all()


@given(trade_flows(), CUTS, SHARES)
def test_pass_through_is_the_elasticity_of_the_importers_price(
    flows: tc.TradeFlows, cut: tuple, share: float
) -> None:
    """TRADE-12: ln importer price = ρ·ln τ and ln exporter price = (ρ−1)·ln τ (the definition)."""
    before, after = cut
    answer = respond(flows, before, after, share)
    log_factor = math.log1p(after) - math.log1p(before)
    for name, power in (("importer", share), ("exporter", share - 1.0)):
        index = answer[f"{name}_price_index"].unique().item()
        # expm1 within an ulp, 1 added, and the rounding of the product: in all 4 of the index.
        assert abs(math.log(index) - power * log_factor) <= 4 * UNIT * (1 + abs(log_factor))


@given(trade_flows(), CUTS)
def test_at_full_pass_through_exporters_feel_nothing(flows: tc.TradeFlows, cut: tuple) -> None:
    """TRADE-13: ρ = 1: exporter price and value stay to the bit; revenue change = V·t1 − V·t0."""
    before, after = cut
    answer, value = respond(flows, before, after, 1.0), flows.frame["value_usd"]
    assert (answer["exporter_price_index"] == 1.0).all()
    assert (answer["exporter_gain_usd"] == 0.0).all()
    assert (answer["value_usd"] == value).all()
    assert (answer["revenue_change_usd"] == value * after - value * before).all()
    # Importers pay the duty: V·(t0 − t1), within the rounding of ln τ and of what they pay.
    off = abs(answer["importer_gain_usd"] + answer["revenue_change_usd"])
    assert (off <= 24 * UNIT * value * (2 + before + after)).all()


@given(trade_flows(), CUTS)
def test_at_no_pass_through_importers_feel_nothing(flows: tc.TradeFlows, cut: tuple) -> None:
    """TRADE-14: ρ = 0: importer price stays to the bit; exporters gain V·((1+t0)/(1+t1) − 1)."""
    before, after = cut
    answer, value = respond(flows, before, after, 0.0), flows.frame["value_usd"]
    assert (answer["importer_price_index"] == 1.0).all()
    assert (answer["importer_gain_usd"] == 0.0).all()
    gain = value * float((1 + Fraction(before)) / (1 + Fraction(after)) - 1)
    # The closed form of TRADE-8 with its bound: ln τ is at most 2.4 and off by 12 roundings.
    assert (abs(answer["exporter_gain_usd"] - gain) <= 24 * UNIT * (value + abs(gain))).all()


@given(trade_flows(), RATES, SHARES)
def test_no_change_of_tariff_changes_nothing(
    flows: tc.TradeFlows, rate: float, share: float
) -> None:
    """TRADE-15: t1 = t0 is the identity: values and indices as before, gains +0 (to the bit)."""
    answer, value = respond(flows, rate, rate, share), flows.frame["value_usd"]
    assert answer["value_usd"].tolist() == value.tolist()
    assert answer["duty_usd"].tolist() == (value * rate).tolist()
    indices = answer[["quantity_index", "exporter_price_index", "importer_price_index"]]
    assert (indices == 1.0).all(axis=None)
    gains = answer[[*GAINS, "efficiency_usd"]].to_numpy()
    assert gains.tobytes() == np.zeros_like(gains).tobytes()


@FEWER
@given(trade_flows(), CUTS, SHARES, st.integers(-30, 30))
def test_twice_the_trade_is_twice_the_gain(
    flows: tc.TradeFlows, cut: tuple, share: float, power: int
) -> None:
    """TRADE-16: values times 2^k scale every amount and no index (homogeneity, to the bit)."""
    frame = flows.frame
    larger = tc.TradeFlows.from_frame(frame.assign(value_usd=frame["value_usd"] * 2.0**power))
    found, answer = respond(larger, *cut, share), respond(flows, *cut, share)
    amounts = [name for name in answer.columns if name.endswith("_usd")]
    assert found[amounts].equals(answer[amounts] * 2.0**power)
    assert found.drop(columns=amounts).equals(answer.drop(columns=amounts))


@FEWER
@given(trade_flows(), RATES, RATES, RATES, SHARES)
def test_two_changes_in_a_row_are_one_change(
    flows: tc.TradeFlows, first: float, second: float, third: float, share: float
) -> None:
    """TRADE-17: price indices of t0→t1 times those of t1→t2 are those of t0→t2 (composition)."""
    names = ["importer_price_index", "exporter_price_index"]
    one, two, both = (
        respond(flows, *cut, share)[names]
        for cut in ((first, second), (second, third), (first, third))
    )
    # Each index is off by that of ln τ, 12 roundings at most, and 4 more; a product adds one.
    assert (abs(one * two - both) <= 50 * UNIT * both).all(axis=None)


@given(trade_flows(), CUTS, SHARES, SHARES)
def test_the_more_importers_bear_the_less_exporters_gain_from_a_cut(
    flows: tc.TradeFlows, cut: tuple, one: float, two: float
) -> None:
    """TRADE-18: for t1 ≤ t0 the exporter gain falls with ρ and lies in [0, V·(t0−t1)/(1+t1)]."""
    low, high = sorted(cut)
    gains = [respond(flows, high, low, share)["exporter_gain_usd"] for share in sorted((one, two))]
    assert (gains[0] >= gains[1]).all()
    assert (gains[1] >= 0.0).all()
    most = flows.frame["value_usd"] * (high - low) / (1 + low)
    assert (gains[0] <= most + 24 * UNIT * (flows.frame["value_usd"] + most)).all()  # TRADE-14


@FEWER
@given(trade_flows(), st.data(), SHARES)
def test_each_line_answers_to_its_own_rates(
    flows: tc.TradeFlows, data: st.DataObject, share: float
) -> None:
    """TRADE-19: one rate per line, or one for all, is what each line gives alone (to the bit)."""
    before, after = (data.draw(numbers(len(flows), RATES)) for _ in range(2))
    together = respond(flows, before, pd.Series(after), share)
    for row in range(len(flows)):
        alone = tc.TradeFlows.from_frame(flows.frame.iloc[[row]])
        for rates in ((before[row], after[row]), ([before[row]], [after[row]])):
            assert respond(alone, *rates, share).iloc[0].equals(together.iloc[row].rename(0))


def test_an_answer_names_its_columns_and_units() -> None:
    """TRADE-20: nine columns in order: amounts in USD, indices 1 before; index of the flows."""
    flows = tc.load_flows("us-imports-2024")
    answer = respond(flows, 0.25, 0.15, 0.5)
    index, amount = "1 = before", "USD"
    assert answer.attrs["units"] == {
        "value_usd": amount, "quantity_index": index, "exporter_price_index": index,
        "importer_price_index": index, "duty_usd": amount, "exporter_gain_usd": amount,
        "importer_gain_usd": amount, "revenue_change_usd": amount, "efficiency_usd": amount,
    }  # fmt: skip
    assert answer.columns.tolist() == list(answer.attrs["units"])
    assert answer.index.equals(flows.frame.index)
    assert (answer.dtypes == np.float64).all()


# Totals over all lines, for many cases

LAWS = st.tuples(st.integers(1, 4), st.integers(1, 6)).flatmap(
    lambda shape: st.tuples(
        numbers(shape[1], st.integers(0, 10**13).map(lambda cents: cents / 100)),
        hnp.arrays(float, st.sampled_from([shape, (1, shape[1])]), elements=RATES),
        hnp.arrays(float, shape, elements=RATES),
        numbers(shape[0], SHARES),
    )
)


@given(LAWS)
def test_totals_are_the_sums_over_the_lines(law: tuple) -> None:
    """TRADE-21: static_totals = Σ_lines of respond, within the roundings of the power series."""
    value, before, after, shares = law
    gains, revenues = static_totals(value, before, after, shares)
    for case, share in enumerate(shares):
        old, new = before[case % len(before)], after[case]
        lines = static_gains(value, old, new, float(share))
        reach = abs((share - 1.0) * (np.log1p(new) - np.log1p(old)))
        # As in the chapter on exponential sums: term j carries 2j roundings and one a line from
        # its moment and 2j from Horner's scheme; respond takes 6 of each line's amounts.
        series = 4 * reach * np.exp(reach) + (len(value) + 8) * np.expm1(reach)
        assert abs(gains[case] - math.fsum(lines["exporter_gain_usd"])) <= UNIT * (value @ series)
        fixed = value @ (len(value) + 8 + series) * (old + new + abs(new - old)).max()
        assert abs(revenues[case] - math.fsum(lines["revenue_change_usd"])) <= UNIT * fixed


@given(LAWS)
def test_each_case_has_the_totals_it_has_alone(law: tuple) -> None:
    """TRADE-22: totals of many cases are those case by case (to the bit; arguments unchanged)."""
    value, before, after, shares = law
    kept = [array.copy() for array in law]
    together = static_totals(value, before, after, shares)
    for case in range(len(shares)):
        own = before[[case % len(before)]], after[[case]], shares[[case]]
        alone = static_totals(value, *own)
        assert [figure.item() for figure in alone] == [figure[case] for figure in together]
    assert all((old == new).all() for old, new in zip(kept, law, strict=True))


@given(LAWS)
def test_totals_of_many_pass_throughs_share_one_law(law: tuple) -> None:
    """TRADE-23: one law and many ρ: at ρ = 1 exporters gain +0 and revenue is Σ V·(t1 − t0)."""
    value, before, after, shares = law
    old, new = before[:1], after[:1]
    many = np.append(shares, 1.0)
    gains, revenues = static_totals(value, old, new, many)
    assert gains.shape == revenues.shape == many.shape
    assert gains[-1] == 0.0
    assert revenues[-1] == (value * (new - old)).sum(axis=1).item()
    for case, share in enumerate(many):
        alone = static_totals(value, old, new, np.array([share]))
        assert (gains[case], revenues[case]) == (alone[0].item(), alone[1].item())


@given(LAWS)
def test_no_change_of_law_has_no_totals(law: tuple) -> None:
    """TRADE-24: t1 = t0 gives totals of 0 in every case (identity, to the bit)."""
    value, before, _, shares = law
    gains, revenues = static_totals(value, before, before, shares)
    assert (gains == 0.0).all()
    assert (revenues == 0.0).all()


# What is refused

FLOWS = tc.TradeFlows.from_frame(
    pd.DataFrame({"hs": ["87", "85"], "partner": ["KOR", "JPN"], "value_usd": [1.0, 2.0]})
)
CUT = tc.StaticResponse(pass_through=0.5)


def flows_of(**columns: object) -> tc.TradeFlows:
    row = {"hs": ["8703", "8708"], "partner": ["KOR", "KOR"], "value_usd": [1.0, 2.0]}
    return tc.TradeFlows.from_frame(pd.DataFrame({**row, **columns}), name="mine")


HEAD = "mine cannot be used as trade flows: 1 fault\n  - "
FAULTS: dict[str, Callable[[], object]] = {
    HEAD + "hs: codes are strings, given a column of int64; read files with dtype=str, so that "
    "a leading zero is kept": lambda: flows_of(hs=[8703, 8708]),
    HEAD + "hs: 2, 4, 6, 8 or 10 digits are needed in 2 codes (first 2: '101', 'nan'); did you "
    "mean '0101'? A leading zero was lost": lambda: flows_of(hs=["101", "nan"]),
    HEAD
    + "partner: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given 2 unknown codes (first 2: "
    "'CHI', 'Korea'); did you mean 'HTI' or 'CRI' or 'CIV'?": (
        lambda: flows_of(partner=["Korea", "CHI"])
    ),
    HEAD + "value_usd: finite numbers are needed in 1 row: 1": (
        lambda: flows_of(value_usd=[1.0, math.nan])
    ),
    HEAD + f"value_usd: numbers are needed, given a column of {TEXT_DTYPE}": (
        lambda: flows_of(value_usd=["1", "2"])
    ),
    HEAD + "quantity: numbers are needed, given a column of bool": (
        lambda: flows_of(quantity=[True, False])
    ),
    HEAD + "duty_usd: numbers of at least 0 are needed in 2 rows (first 2: 0, 1)": (
        lambda: flows_of(duty_usd=[-1.0, -0.5])
    ),
    HEAD + "preferential_rate: finite numbers are needed in 1 row: 0": (
        lambda: flows_of(preferential_rate=[math.inf, math.nan])
    ),
    HEAD + "mfn_rate: rates are fractions: 12.5 means 1250%; did you mean 0.125? in 1 row: 1": (
        lambda: flows_of(mfn_rate=[10.0, 12.5])
    ),
    HEAD + "zinc_share: shares are fractions: 98 means 9800%; did you mean 0.98? in 1 row: 0": (
        lambda: flows_of(zinc_share=[98, 1])
    ),
    HEAD + "columns missing: partner": (
        lambda: tc.TradeFlows.from_frame(FLOWS.frame.drop(columns=["partner"]), name="mine")
    ),
    HEAD + "columns given more than once: hs; keep one of each": lambda: tc.TradeFlows.from_frame(
        pd.concat([FLOWS.frame, FLOWS.frame[["hs"]]], axis=1), name="mine"
    ),
    HEAD + "the frame has no rows": lambda: tc.TradeFlows.from_frame(FLOWS.frame[:0], name="mine"),
    HEAD + "a pandas DataFrame is needed, given list": (
        lambda: tc.TradeFlows.from_frame([], name="mine")
    ),
    "partners: a list is needed, given 'KOR'; did you mean ['KOR']?": (
        lambda: tc.load_flows("us-imports-2024", partners="KOR")
    ),
    "collected duties run from 2023-01 to 2025-11, given 2025-01 to 2026-01": (
        lambda: tc.load_collected_duties(start="2025-01-31", end="2026-01")
    ),
    "end 2024-01 is before start 2025-01; swap the months": (
        lambda: tc.load_collected_duties(start="2025-01", end="2024-01")
    ),
    "a date like 2025-10-17 is needed, given '2025-1'": (
        lambda: tc.load_collected_duties(start="2025-1")
    ),
    "by: a name or a mapping of HS prefixes is needed, given Series; make labels by row a column "
    "of the flows and give its name": (
        lambda: tc.TariffSchedule(measures=()).effective_rate(
            FLOWS.frame.assign(mfn_rate=0.0), on="2025-10-17", by=pd.Series(["a", "b"])
        )
    ),
    "no sector for 1 code: '77'; add their prefixes to the mapping": (
        lambda: tc.sectors(pd.Series(["84", "77", "77"]))
    ),
    "codes cannot be mapped to sectors: 1 fault\n  - hs: 2, 4, 6, 8 or 10 digits are needed in "
    "1 code: '870'; did you mean '0870'? A leading zero was lost": (
        lambda: tc.sectors(pd.Series(["870"]))
    ),
    "the mapping to sectors cannot be used: 1 fault\n  - hs: 2, 4, 6, 8 or 10 digits are needed "
    "in 1 code: '870'; did you mean '0870'? A leading zero was lost": (
        lambda: tc.sectors(pd.Series(["8703"]), mapping={"87": "cars", "870": "cars"})
    ),
    "flows: TradeFlows are needed, given DataFrame; build them with TradeFlows.from_frame": (
        lambda: CUT.respond(FLOWS.frame, 0.25, 0.15)
    ),
    "rate_before: one rate or 2 are needed, given shape (3,)": (
        lambda: CUT.respond(FLOWS, [0.1, 0.2, 0.3], 0.15)
    ),
    "rate_after: one rate or 2 are needed, given shape (2, 1)": (
        lambda: CUT.respond(FLOWS, 0.25, [[0.1], [0.2]])
    ),
    "rate_after: finite rates above -1 are needed; leave out what is unknown": (
        lambda: CUT.respond(FLOWS, 0.25, [0.1, -1.0])
    ),
    "rate_before: finite rates above -1 are needed; leave out what is unknown": (
        lambda: CUT.respond(FLOWS, math.nan, 0.15)
    ),
    "rate_before: numbers are needed, given '25%'": lambda: CUT.respond(FLOWS, "25%", 0.15),
    "rate_after: numbers are needed, given {'KOR': 0.15}": (
        lambda: CUT.respond(FLOWS, 0.25, {"KOR": 0.15})
    ),
    "StaticResponse cannot be built:\n  - pass_through: input should be less than or equal to 1, "
    "given 1.5": lambda: tc.StaticResponse(pass_through=1.5),
}


@pytest.mark.parametrize(("message", "call"), FAULTS.items())
def test_what_cannot_be_trade_is_refused(message: str, call: Callable) -> None:
    """TRADE-25: wrong frames, codes, rates and shares raise InputError (full message)."""
    with pytest.raises(InputError) as caught:
        call()
    assert type(caught.value) is InputError
    assert str(caught.value) == message


UNKNOWN: dict[str, Callable[[], object]] = {
    "unknown trade table 'us-imports-2023'; did you mean 'us-imports-2024'? Allowed: "
    "us-imports-2024.": lambda: tc.load_flows("us-imports-2023"),
    "unknown partner in us-imports-2024 'KO'; did you mean 'KOR'? Allowed: KOR, JPN, EU27, GBR, "
    "CHN, MEX, CAN, TWN, VNM, CHE, IND, ROW.": (
        lambda: tc.load_flows("us-imports-2024", partners=["KOR", "KO"])
    ),
    "unknown partner in collected duties 'THA'. Allowed: KOR, JPN, EU27, GBR, CHN, MEX, CAN, TWN, "
    "VNM, CHE, IND, ROW, … (13 in all).": lambda: tc.load_collected_duties(partners=["THA"]),
    "unknown grouping of collected duties 'hs'. Allowed: naics3.": (
        lambda: tc.load_collected_duties(by="hs")
    ),
    "unknown partner in flows 'USA'. Allowed: JPN, KOR.": lambda: FLOWS.only("USA"),
}


@pytest.mark.parametrize(("message", "call"), UNKNOWN.items())
def test_trade_that_is_not_there_is_refused(message: str, call: Callable) -> None:
    """TRADE-26: an unknown table or partner raises UnknownNameError (full message)."""
    with pytest.raises(UnknownNameError) as caught:
        call()
    assert str(caught.value) == message


@settings(max_examples=20)  # 8,327 lines each
@given(CUTS, SHARES)
def test_the_packaged_lines_gain_together_what_they_gain_apart(cut: tuple, share: float) -> None:
    """TRADE-27: on the 8,327 lines, static_totals = fsum of respond to 12 digits of what moves.

    The largest error is that of a sum of 8,327 terms, below 8,327·2^−53 = 1e-12 of their sizes.
    """
    flows = tc.load_flows("us-imports-2024")
    before, after = (np.full((1, len(flows)), rate) for rate in cut)
    value = flows.frame["value_usd"].to_numpy()
    gain, revenue = static_totals(value, before, after, np.array([share]))
    answer = respond(flows, before[0], after[0], share)
    size = math.fsum(abs(answer["exporter_gain_usd"])) + math.fsum(value) * abs(cut[1] - cut[0])
    size += math.fsum(abs(answer["exporter_gain_usd"])) * cut[1]
    assert abs(gain.item() - math.fsum(answer["exporter_gain_usd"])) <= 1e-12 * size
    assert abs(revenue.item() - math.fsum(answer["revenue_change_usd"])) <= 1e-12 * size


def test_every_listed_table_loads_and_no_other_does() -> None:
    """TRADE-28: list_flows names exactly the tables that load_flows loads, in order."""
    names = tc.list_flows()
    assert names == sorted(set(names))
    assert [tc.load_flows(name).name for name in names] == names
    with pytest.raises(UnknownNameError):
        tc.load_flows(f"{names[0]}-")


# Trade of the competitors

EVERYONE = ("KOR", "JPN", "EU27", "GBR", "CHN", "MEX", "CAN", "TWN", "VNM", "CHE", "IND", "ROW")
AMOUNTS = ["value_usd", "duty_usd"]


def packaged(*partners: str) -> pd.DataFrame:
    return tc.load_flows("us-imports-2024", partners=list(partners)).frame


def year_2024() -> pd.DataFrame:
    """Return the published duty of 2024 by partner, which no packaged line enters."""
    table = tc.load_collected_duties(start="2024-01", end="2024-12", by=None)
    return table[AMOUNTS].groupby("partner").sum()


def test_lines_of_each_partner_add_up_to_its_published_year() -> None:
    """TRADE-29: Σ lines of 2024 = Σ months of 2024 to the dollar; of ROW 50 sources are there."""
    flows = tc.load_flows("us-imports-2024", partners=None)
    lines, published = flows.frame.groupby("partner")[AMOUNTS].sum(), year_2024()
    assert flows.partners == sorted(EVERYONE) == published.index.tolist()
    rest = lines.drop("ROW")
    pd.testing.assert_frame_equal(rest, published.drop("ROW"), check_exact=True)
    assert (lines.loc["ROW"] < published.loc["ROW"]).all()
    assert math.fsum(flows.frame["value_usd"]) == 3_208_820_074_369
    assert math.fsum(flows.frame["duty_usd"]) == 75_631_629_940


# Billions of dollars to cents, read off the source's own table by heading.
HEADINGS = {
    "8703": [36.86, 41.90, 50.61, 10.58, 3.54, 49.75, 28.26, 0.09, 0.16],
    "8708": [6.38, 7.06, 6.42, 0.42, 9.04, 34.95, 11.30, 1.85, 0.58],
    "8473": [6.93, 0.09, 0.51, 0.04, 4.48, 1.64, 0.32, 24.61, 6.02],
    "8542": [2.42, 0.99, 3.31, 0.06, 0.90, 1.48, 0.31, 11.13, 0.92],
    "8471": [0.14, 0.43, 2.80, 0.37, 35.45, 48.34, 0.54, 25.82, 15.29],
    "2710": [5.06, 0.33, 11.40, 1.98, 0.33, 4.20, 12.89, 0.40, 0.00],
    "8507": [2.88, 1.81, 2.67, 0.17, 17.01, 1.67, 0.80, 0.34, 0.80],
    "4011": [0.85, 1.46, 2.43, 0.06, 0.76, 2.16, 1.86, 0.20, 1.37],
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_lines_of_a_heading_add_up_to_what_is_published(heading: str) -> None:
    """TRADE-30: imports by heading and partner are the published ones to $0.01bn."""
    partners = EVERYONE[:9]
    frame = packaged(*partners)
    own = frame[frame["hs"].str[:4] == heading].groupby("partner")["value_usd"].sum()
    found = own.reindex(list(partners), fill_value=0.0) / 1e9
    assert found.round(2).tolist() == HEADINGS[heading]


def base_duty(frame: pd.DataFrame) -> pd.Series:
    use, mfn = frame["preference_use_share"], frame["mfn_rate"]
    return frame["value_usd"] * (use * frame["preferential_rate"] + (1 - use) * mfn)


@pytest.mark.parametrize("partner", ["JPN", "EU27", "GBR", "TWN", "VNM", "CHE", "IND"])
def test_partners_without_an_agreement_paid_what_the_law_says(partner: str) -> None:
    """TRADE-31: MFN rate × value = duty collected to 3% where every line below has one rate.

    Chapters 72, 73, 76 (Section 232) and heading 8541 (Section 201) apart; nothing of the duty
    that was collected enters these rates.
    """
    frame = packaged(partner)
    other = frame["hs"].str[:2].isin(["72", "73", "76"]) | (frame["hs"].str[:4] == "8541")
    one = (frame["base_rate_basis"] == "statutory") & (frame["preference_use_share"] == 0.0)
    here = frame[one & ~other]
    assert math.fsum(here["value_usd"]) > 0.4 * math.fsum(frame["value_usd"])
    assert abs(math.fsum(base_duty(here)) / math.fsum(here["duty_usd"]) - 1) < 0.03


@pytest.mark.parametrize("partner", [name for name in EVERYONE if name not in ("KOR", "CHN")])
def test_base_duty_is_near_the_duty_collected(partner: str) -> None:
    """TRADE-32: the base duty of 2024 is that collected to 3% (MEX 10%), metals and 8541 apart."""
    frame = packaged(partner)
    other = frame["hs"].str[:2].isin(["72", "73", "76"]) | (frame["hs"].str[:4] == "8541")
    implied, paid = (math.fsum(part[~other]) for part in (base_duty(frame), frame["duty_usd"]))
    assert abs(implied / paid - 1) < (0.1 if partner == "MEX" else 0.03)


def test_packaged_lines_share_their_attributes() -> None:
    """TRADE-33: MFN rate, sector, industry and metal content of an HS6 line have no partner."""
    frame = tc.load_flows("us-imports-2024", partners=EVERYONE[1:]).frame
    shared = ["mfn_rate", "base_rate_basis", "steel_share", "aluminum_share", "copper_share",
              "naics3", "sector"]  # fmt: skip
    assert len(frame[["hs", *shared]].drop_duplicates()) == frame["hs"].nunique()
    assert tc.sectors(frame["hs"]).tolist() == frame["sector"].tolist()


SUBSETS = st.lists(st.sampled_from(EVERYONE), min_size=1, max_size=4)


@FEWER
@given(SUBSETS)
def test_partners_loaded_together_are_those_loaded_apart(partners: list) -> None:
    """TRADE-34: load_flows(a, b) = load_flows(a) above load_flows(b), each partner once."""
    together = tc.load_flows("us-imports-2024", partners=partners)
    once = list(dict.fromkeys(partners))
    assert together.frame["partner"].drop_duplicates().tolist() == once
    for partner in once:
        alone = packaged(partner)
        own = together.only(partner).frame[alone.columns]
        pd.testing.assert_frame_equal(own, alone, check_exact=True)


# Collected duties

MONTHS = st.integers(0, 34).map(lambda n: f"{2023 + n // 12}-{n % 12 + 1:02d}")


def test_partners_add_up_to_all_imports() -> None:
    """TRADE-35: Σ twelve partners = US imports for consumption; Germany is within the union."""
    everyone = tc.load_collected_duties(by=None)
    years = everyone["value_usd"].groupby(everyone.index.get_level_values("month").year).sum()
    # Published: $3,068.96bn in 2023, $3,251.19bn in 2024, $3,115.36bn to November 2025.
    assert (years / 1e9).round(2).tolist() == [3068.96, 3251.19, 3115.36]
    inside, union = (
        tc.load_collected_duties(partners=[name]).droplevel("partner")[AMOUNTS]
        for name in ("DEU", "EU27")
    )
    assert (inside <= union.loc[inside.index]).all(axis=None)


@FEWER
@given(SUBSETS, MONTHS, MONTHS)
def test_a_part_of_the_collected_duties_is_that_part_of_the_whole(
    partners: list, first: str, last: str
) -> None:
    """TRADE-36: load(partners, start, end) = the rows of load() that they name (composition)."""
    first, last = sorted([first, last])
    part = tc.load_collected_duties(partners=partners, start=first, end=last)
    whole = tc.load_collected_duties()
    month, partner = (whole.index.get_level_values(n) for n in ("month", "partner"))
    here = partner.isin(partners) & (month >= f"{first}-01") & (month <= f"{last}-01")
    pd.testing.assert_frame_equal(part, whole[here], check_exact=True)
    sums = tc.load_collected_duties(partners=partners, start=first, end=last, by=None)
    assert math.fsum(sums["duty_usd"]) == math.fsum(part["duty_usd"])
    assert (sums["effective_rate"] == sums["duty_usd"] / sums["value_usd"]).all()


# Groups


@FEWER
@given(trade_flows())
def test_sections_gather_chapters(flows: tc.TradeFlows) -> None:
    """TRADE-37: value and duty of a section = Σ those of its chapters; sections in their order."""
    assume(not flows.frame["hs"].str[:2].isin(["00", "77"]).any())
    law, names = tc.TariffSchedule(measures=()), tc.hs_chapters()
    chapters = law.effective_rate(flows, on="2025-10-17", by="chapter")
    sections = law.effective_rate(flows, on="2025-10-17", by="section")
    label = (names["section"] + " " + names["section_name"]).loc[chapters.index]
    assert sections.index.tolist() == label.drop_duplicates().tolist()
    for section, row in sections.iterrows():
        for amount in AMOUNTS:
            parts = chapters.loc[(label == section).to_numpy(), amount]
            assert math.isclose(row[amount], math.fsum(parts), rel_tol=4 * UNIT * len(flows))


@FEWER
@given(trade_flows(), st.dictionaries(hs_codes(digits=[4, 6]), st.sampled_from("abc"), max_size=3))
def test_a_mapping_groups_as_its_column_does(flows: tc.TradeFlows, mapping: dict) -> None:
    """TRADE-38: by=mapping is by= a column of tc.sectors(hs, mapping=mapping) (definition)."""
    mapping = {**{f"{number:02d}": "rest" for number in range(100)}, **mapping}
    frame = flows.frame.assign(sector=tc.sectors(flows.frame["hs"], mapping=mapping))
    law = tc.TariffSchedule(measures=())
    ours = law.effective_rate(flows, on="2025-10-17", by=mapping)
    theirs = law.effective_rate(frame, on="2025-10-17", by="sector")
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_the_rest_of_the_world_holds_its_countries() -> None:
    """TRADE-39: a measure on ROW reaches ROW and each country in it, and nobody with own lines."""
    partners = ["ROW", "THA", "BRA", "KOR", "EU27", "DEU", "USA"]
    lines = pd.DataFrame({"hs": "8703", "partner": partners, "mfn_rate": 0.0})
    measure = tc.TariffMeasure(
        name="rest", authority="rest", rate=0.5, partners=("ROW",), start="2025-01-01"
    )
    rates = tc.TariffSchedule(measures=(measure,)).rates(lines, on="2025-10-17")
    assert rates["total_rate"].tolist() == [0.5, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0]

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.scenario import columns as columns_room
from tariffcalc.scenario import evaluate
from tariffcalc.scenario.columns import BREAK_EVEN_BOUNDS, COLUMNS
from tariffcalc.scenario.evaluate import (
    Evaluation,
    evaluation,
    names_of,
)
from tariffcalc.scenario.relief import Law, law_of

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024").frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::400], LINES[LINES["value_usd"] > 1e9]]))
STRUCTURES = [structure.name for structure in PACKAGED.pledge.structures]
ASKED = evaluation(PACKAGED, FLOWS)


def one(name: str) -> dict[str, np.ndarray]:
    return ASKED.columns(ASKED.cases(), name)


def test_the_columns_and_their_units_are_the_contract() -> None:
    assert dict(COLUMNS) == {
        "headline_usd": "USD",
        "cash_usd": "USD",
        "loan_usd": "USD",
        "guarantee_usd": "USD",
        "private_usd": "USD",
        "pv_outlay_usd": "USD",
        "pv_receipts_usd": "USD",
        "net_cost_usd": "USD",
        "risk_adjusted_cost_usd": "USD",
        "subsidy_rate": "share of PV of outlays",
        "payer_irr": "fraction per year",
        "break_even_project_irr": "fraction per year",
        "payback_year": "calendar year",
        "peak_year_outlay_usd": "USD per calendar year",
        "peak_share_of_reserves": "share of reserves",
        "peak_over_fx_capacity": "multiple of yearly FX capacity",
        "contingent_peak_usd": "USD",
        "peak_debt_share_of_gdp": "share of GDP",
        "duty_saving_usd": "USD per year",
        "relief_pv_usd": "USD",
        "net_benefit_usd": "USD",
        "benefit_cost_ratio": "relief per USD of net cost",
    }
    assert list(one("upfront-cash")) == list(COLUMNS)
    assert BREAK_EVEN_BOUNDS == (-0.5, 1.0)


def test_a_plain_structure_by_hand() -> None:
    # All in cash at once: 350bn out, a level 50% and then 10% of the projects' cash back.
    found = {column: values.item() for column, values in one("upfront-cash").items()}
    assert found["headline_usd"] == found["cash_usd"] == found["pv_outlay_usd"] == 350e9
    assert found["loan_usd"] == found["guarantee_usd"] == found["private_usd"] == 0.0
    assert found["peak_year_outlay_usd"] == 350e9
    assert found["peak_share_of_reserves"] == 350e9 / 422.02e9
    assert found["peak_over_fx_capacity"] == 20.0
    assert found["contingent_peak_usd"] == 0.0
    assert found["net_cost_usd"] == 350e9 - found["pv_receipts_usd"]


def test_only_the_columns_asked_for_are_given_in_their_order() -> None:
    found = ASKED.columns(ASKED.cases(), "three-years", ["net_cost_usd", "headline_usd"])
    assert list(found) == ["headline_usd", "net_cost_usd"]


def test_columns_that_need_a_search_are_not_computed_unasked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr(columns_room, "bracketed_roots", never)
    quick = [c for c in COLUMNS if c != "break_even_project_irr"]
    assert len(ASKED.columns(ASKED.cases(), "three-years", quick)) == 21
    with pytest.raises(AssertionError, match="searched"):
        ASKED.columns(ASKED.cases(), "three-years", ["break_even_project_irr"])


def test_the_break_even_project_irr_is_where_net_cost_vanishes() -> None:
    irr = one("three-years")["break_even_project_irr"].item()
    path = "pledge.structures.three-years.project_irr"
    cost = ASKED.columns(ASKED.cases({path: np.array([irr, 0.07])}, 2), "three-years")
    assert abs(cost["net_cost_usd"][0]) < 1e-12 * 350e9
    assert cost["break_even_project_irr"].tolist() == [irr, irr]  # it does not depend on the IRR


def test_without_cash_there_is_no_break_even_project_irr() -> None:
    path = "pledge.structures.upfront-cash.cash_share"
    cases = ASKED.cases({path: np.array([0.0, 0.5, 0.0, 1.0])}, 4)
    found = ASKED.columns(cases, "upfront-cash", ["break_even_project_irr"])
    assert np.isnan(found["break_even_project_irr"]).tolist() == [True, False, True, False]
    none = ASKED.cases({path: np.zeros(2)}, 2)
    found = ASKED.columns(none, "upfront-cash", ["break_even_project_irr"])
    assert np.isnan(found["break_even_project_irr"]).all()
    unused = PACKAGED.replace(
        {
            "pledge.structures.upfront-cash.cash_share": 0.0,
            "pledge.structures.upfront-cash.utilisation_share": 0.0,
        }
    )
    asked = evaluation(unused, FLOWS)
    found = asked.columns(asked.cases(), "upfront-cash", ["break_even_project_irr"])
    assert np.isnan(found["break_even_project_irr"]).tolist() == [True]


@pytest.mark.parametrize(
    "path", ["pledge.headline_usd", "pledge.structures.mixed.utilisation_share"]
)
def test_where_nothing_is_paid_in_there_is_no_break_even_project_irr(path: str) -> None:
    asked = with_structure(tc.Tranche(name="cash", instrument=tc.Equity(), share=1.0))
    found = asked.columns(asked.cases({path: np.array([0.0, 1.0])}, 2), "mixed")
    assert found["net_cost_usd"][0] == found["cash_usd"][0] == 0.0
    assert np.isnan(found["break_even_project_irr"]).tolist() == [True, False]
    nothing = asked.columns(asked.cases({path: np.zeros(1)}), "mixed")
    assert np.isnan(nothing["break_even_project_irr"]).tolist() == [True]


def test_cash_may_be_brought_in_case_by_case() -> None:
    # Companies' money costs nothing at any IRR, which is no break-even where it is all there is.
    asked = with_structure(
        tc.Tranche(name="cash", instrument=tc.Equity(), share=0.0),
        tc.Tranche(name="own", instrument=tc.PrivateInvestment(expected_return=0.1), share=1.0),
    )
    path = "pledge.structures.mixed.cash_share"
    found = asked.columns(asked.cases({path: np.array([0.0, 0.5, 1.0])}, 3), "mixed")
    assert found["net_cost_usd"][0] == 0.0
    irr = found["break_even_project_irr"]
    assert np.isnan(irr[0])
    assert irr[1] == pytest.approx(irr[2], rel=1e-12)
    cost = asked.columns(
        asked.cases({path: np.ones(1), "pledge.structures.mixed.project_irr": irr[2:]}), "mixed"
    )["net_cost_usd"]
    assert abs(cost.item()) < 1e-12 * 350e9


def with_structure(*tranches: tc.Tranche) -> Evaluation:
    terms = PACKAGED.pledge.structure("upfront-cash")
    mixed = tc.FundingStructure(**{**dict(terms), "name": "mixed", "tranches": tranches})
    pledge = tc.Pledge(**{**dict(PACKAGED.pledge), "structures": (mixed,)})
    changed = {**dict(PACKAGED), "pledge": pledge, "provenance": {}}
    return evaluation(tc.Scenario(**changed), FLOWS)


def test_net_cost_that_turns_twice_has_no_single_break_even_project_irr() -> None:
    # All distributions count towards a deemed rate above the discount rate, and nothing is paid
    # after recovery: projects that recover late return more than those that recover at once.
    terms = {
        "construction_years": 0,
        "waterfall.split_before": 0.9,
        "waterfall.split_after": 0.0,
        "waterfall.deemed_rate": 0.08,
        "waterfall.counts": "all_distributions",
    }
    changed = {f"pledge.structures.upfront-cash.{path}": value for path, value in terms.items()}
    asked = evaluation(PACKAGED.replace({**changed, "valuation.discount_rate": 0.04}), FLOWS)
    irr = {"pledge.structures.upfront-cash.project_irr": np.array([0.0, 0.15, 0.5])}
    found = asked.columns(asked.cases(irr, 3), "upfront-cash")
    assert np.sign(found["net_cost_usd"]).tolist() == [1.0, -1.0, 1.0]
    assert np.isnan(found["break_even_project_irr"]).all()


def test_every_column_has_one_row_or_one_for_each_case() -> None:
    for name in STRUCTURES:
        assert {values.shape for values in one(name).values()} == {(1,)}


def test_a_structure_may_have_an_amount_of_its_own() -> None:
    own = PACKAGED.replace({"pledge.structures.three-years.headline_usd": 100e9})
    asked = evaluation(own, FLOWS)
    assert asked.headline(asked.cases(), "three-years").tolist() == [100e9]
    assert asked.headline(asked.cases(), "upfront-cash").tolist() == [350e9]
    assert asked.headline(asked.cases(), "no-deal").tolist() == [0.0]
    varied = asked.cases({"pledge.headline_usd": np.array([1.0, 2.0])}, 2)
    assert asked.headline(varied, "upfront-cash").tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("timing", "outlay", "receipt"),
    [
        ("outlays_start_receipts_end", 1.0, 1 / 1.1),
        ("all_start", 1.0, 1.0),
        ("all_end", 1 / 1.1, 1 / 1.1),
    ],
)
def test_factors_follow_the_timing(timing: str, outlay: float, receipt: float) -> None:
    changed = {"valuation.timing": timing, "valuation.discount_rate": 0.1}
    asked = evaluation(PACKAGED.replace(changed), FLOWS)
    factors = asked.factors(asked.cases(), 2)
    assert factors["outlay"][0] == pytest.approx([outlay, outlay / 1.1], rel=1e-15)
    assert factors["receipt"][0] == pytest.approx([receipt, receipt / 1.1], rel=1e-15)


@pytest.mark.parametrize(
    ("timing", "years"),
    [("all_start", 0), ("all_middle", 0), ("all_end", 0), ("outlays_start_receipts_end", 1)],
)
def test_the_return_counts_the_time_between_outlay_and_receipt(timing: str, years: int) -> None:
    terms = {
        "valuation.timing": timing,
        "pledge.structures.upfront-cash.construction_years": 0,
        "pledge.structures.upfront-cash.life_years": 2,
        "pledge.structures.upfront-cash.waterfall.split_before": 1.0,
        "pledge.structures.upfront-cash.waterfall.split_after": 1.0,
    }
    found = tc.compare(PACKAGED.replace(terms), structures=["upfront-cash"], flows=FLOWS)
    # 1 = C·A(7%, 2): two receipts of C, from `years` after the outlay on.
    cash = 0.07 / (1 - 1.07**-2)
    irr = 0.07 if years else 1 / ((1 - cash) / cash) - 1
    assert found["payer_irr"].item() == pytest.approx(irr, rel=1e-9)


def test_net_cost_of_zero_or_less_has_no_ratio() -> None:
    path = "pledge.structures.upfront-cash.utilisation_share"
    rich = "pledge.structures.upfront-cash.project_irr"
    cases = ASKED.cases({path: np.array([0.0, 1.0, 1.0]), rich: np.array([0.07, 0.07, 0.4])}, 3)
    found = ASKED.columns(cases, "upfront-cash", ["net_cost_usd", "benefit_cost_ratio"])
    assert np.sign(found["net_cost_usd"]).tolist() == [0.0, 1.0, -1.0]
    assert np.isnan(found["benefit_cost_ratio"]).tolist() == [True, False, True]


def test_names_are_checked_and_given_once() -> None:
    assert ASKED.structures == STRUCTURES
    assert ASKED.chosen(None) == STRUCTURES
    assert ASKED.chosen("no-deal") == ["no-deal"]
    assert ASKED.chosen(iter(["no-deal", "upfront-cash", "no-deal"])) == ["no-deal", "upfront-cash"]
    assert names_of(None, iter("ab"), "letter") == ["a", "b"]
    for given, said in (
        ([], "letters: at least one is needed of a, b"),
        (5, "letters: a list of names is needed, given 5"),
    ):
        with pytest.raises(InputError) as caught:
            names_of(given, "ab", "letter")  # type: ignore[arg-type]
        assert str(caught.value) == said
    with pytest.raises(UnknownNameError) as unknown:
        names_of(["a", "c"], "ab", "letter")
    assert str(unknown.value) == "unknown letter 'c'. Allowed: a, b."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("korea-us", "a Scenario is needed, given str; did you mean load_scenario('korea-us')?"),
        (None, "a Scenario is needed, given NoneType"),
        (PACKAGED.tree(), "a Scenario is needed, given dict"),
    ],
)
def test_only_scenarios_are_evaluated(given: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluation(given, FLOWS)  # type: ignore[arg-type]
    assert str(caught.value) == said


def test_only_trade_flows_are_valued() -> None:
    with pytest.raises(InputError) as caught:
        evaluation(PACKAGED, FLOWS.frame)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "flows: TradeFlows are needed, given DataFrame; build them with TradeFlows.from_frame"
    )


def test_relief_under_the_law_of_today_and_none_without_a_deal() -> None:
    assert ASKED.columns(ASKED.cases(), "no-deal", ["relief_pv_usd"])["relief_pv_usd"] == [0.0]
    today = PACKAGED.replace({"pledge.structures.upfront-cash.schedule": "status_quo"})
    asked = evaluation(today, FLOWS)
    some = asked.columns(asked.cases(), "upfront-cash", ["relief_pv_usd"])["relief_pv_usd"]
    assert 0.0 < some.item() < one("upfront-cash")["relief_pv_usd"].item()


def test_only_the_payer_s_flows_are_read_and_only_lists_of_the_vintage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[tuple] = []

    def flows_of(name: str, *, partners: list) -> tc.TradeFlows:
        read.append((name, partners))
        return FLOWS

    def law(schedules: dict, flows: tc.TradeFlows, on: object, partner: str) -> Law:
        found = law_of(schedules, flows, on, partner)
        read.append((list(schedules), {each.as_of for each in schedules.values()}, on, partner))
        return found

    monkeypatch.setattr(evaluate, "load_flows", flows_of)
    monkeypatch.setattr(evaluate, "law_of", law)
    evaluation(PACKAGED)
    assert read == [
        ("us-imports-2024", ["KOR"]),
        (
            ["status_quo", "no_deal", "deal"],
            {dt.date(2025, 10, 17)},
            PACKAGED.tariffs.law_date,
            "KOR",
        ),
    ]


def test_flows_are_the_scenario_s_own_unless_others_are_given() -> None:
    own, given = LINES["value_usd"].sum(), FLOWS.frame["value_usd"].sum()
    assert evaluation(PACKAGED).law.value.sum() == pytest.approx(own)
    assert evaluation(PACKAGED, FLOWS).law.value.sum() == pytest.approx(given)
    elsewhere = PACKAGED.replace({"trade.flows": "my-own"})
    assert evaluation(elsewhere, FLOWS).law.value.sum() == pytest.approx(given)
    with pytest.raises(UnknownNameError, match="unknown trade table 'my-own'"):
        evaluation(elsewhere)


def test_relief_is_suspended_only_by_a_missed_call_and_only_where_the_terms_say_so() -> None:
    missed = SimpleNamespace(snap_back=np.array([[0.0, 1.0, 0.0]]))
    plain = ASKED.relief(ASKED.cases(), "three-years").amounts
    unmoved = ASKED.relief(ASKED.cases(), "three-years", missed).amounts
    snapping = evaluation(PACKAGED.replace({"tariffs.snap_back": True}), FLOWS)
    paid = snapping.relief(snapping.cases(), "three-years").amounts
    unpaid = snapping.relief(snapping.cases(), "three-years", missed).amounts
    for account, amounts in plain.items():
        assert unmoved[account].tolist() == paid[account].tolist() == amounts.tolist()
        assert unpaid[account][0, 1] == 0.0
        assert np.delete(unpaid[account], 1).tolist() == np.delete(amounts, 1).tolist()

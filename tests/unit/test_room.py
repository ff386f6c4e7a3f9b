import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024", partners=["KOR"]).frame[::300])
OWN = "pledge.structures.three-years."


def traded(structure: str = "three-years", scenario: tc.Scenario = PACKAGED, **options: object):
    return tc.trade_off(scenario, structure, flows=FLOWS, **options)  # type: ignore[arg-type]


def refusal(structure: str = "three-years", **options: object) -> str:
    with pytest.raises(InputError) as caught:
        traded(structure, **options)
    return str(caught.value)


def test_terms_without_room_are_left_out_unless_named() -> None:
    name = "strategic-loans.instrument.spread"  # a spread on a curve that the loan does not have
    assert name not in traded("japan-terms").values.index
    assert refusal("japan-terms", terms=[name]) == (
        f"{name}: no value beside the present one is within its limits"
    )


def test_limits_are_found_term_by_term() -> None:
    scenario = PACKAGED.replace({f"{OWN}waterfall.split_before": 0.0})
    terms = ["split_before", "cash_share", "split_after", "deemed_rate"]
    found = traded(scenario=scenario, terms=terms).slopes.xs("net_cost", level="figure")
    assert found["below_usd"].isna().tolist() == [True, False, False, False]
    assert found["above_usd"].isna().tolist() == [False, True, False, False]


def test_one_name_is_a_list_of_one() -> None:
    assert list(traded(terms="split_before").values.index) == ["split_before"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"structure": "no-deal"}, "terms: 'no-deal' has none; name the numbers that are meant"),
        ({"terms": []}, "terms: at least one name is needed, given none"),
        ({"terms": 5}, "terms: a list of names is needed, given 5"),
        ({"steps": [1]}, "steps: a mapping from term to step is needed, given [1]"),
        ({"terms": ["split_before"], "steps": {"split_before": -0.1}},
         "steps: split_before: a number above 0 is needed, given -0.1"),
        ({"terms": ["split_before"], "steps": {"split_before": "x"}},
         "steps: split_before: a number is needed, given 'x'"),
        ({"terms": ["draw_years"], "steps": {"draw_years": 1.5}},
         "steps: draw_years: a whole number above 0 is needed, given 1.5"),
        ({"terms": ["draw_years"], "steps": {"draw_years": 0}},
         "steps: draw_years: a whole number above 0 is needed, given 0"),
    ],
)  # fmt: skip
def test_refusals(options: dict, said: str) -> None:
    assert refusal(**options) == said

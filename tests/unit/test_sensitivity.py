import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis import sensitivity as module
from tariffcalc.analysis.elasticity import elasticities
from tariffcalc.analysis.tornado import one_at_a_time
from tariffcalc.analysis.uncertainty import Uncertain, Uncertainty, uncertainty
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.scenario.evaluate import evaluation

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
DURABILITY, YEARS, GROWTH = "tariffs.durability", "tariffs.relief_years", "trade.growth_rate"
IRR = "pledge.structures.*.project_irr"
FLAT = tc.Uniform(low=0.0, high=1.0)


def ranged(ranges: dict[str, tuple[float, float]]) -> tc.Scenario:
    """Return the packaged scenario with no ranges but these."""
    tree = PACKAGED.tree()
    for entry in tree["provenance"].values():
        entry.pop("low", None)
        entry.pop("high", None)
    for path, (low, high) in ranges.items():
        origin = {"status": "assumption", "source": "", "low": low, "high": high}
        tree["provenance"][path] = origin
    return tc.Scenario.from_tree(tree)


SMALL = ranged({DURABILITY: (0.5, 1.0), YEARS: (5, 30), IRR: (0.0, 0.12)})


def sensitive(**options: object) -> pd.DataFrame:
    asked = {"flows": FLOWS, "structures": ["upfront-cash"], **options}
    return tc.sensitivity(SMALL, **asked)  # type: ignore[arg-type]


def refusal(**options: object) -> str:
    with pytest.raises((InputError, UnknownNameError)) as caught:
        sensitive(**options)
    return str(caught.value)


# What each method gives


def test_one_at_a_time_is_the_tornado_of_what_is_uncertain() -> None:
    table = tc.sensitivity(SMALL, flows=FLOWS, structures=["upfront-cash"])
    names = ["upfront-cash"]
    own = one_at_a_time(evaluation(SMALL, FLOWS), uncertainty(SMALL), names, "net_benefit_usd")
    pd.testing.assert_frame_equal(table, own, check_exact=True)
    assert table.attrs["scenario_hash"] == SMALL.hash
    units = dict.fromkeys(list(table.columns)[2:], "USD")
    assert table.attrs["units"] == units | dict.fromkeys(("low", "high"), "unit of the parameter")
    given = sensitive(distributions={"growth_rate": FLAT}, target="subsidy_rate")
    assert given.loc[("upfront-cash", "growth_rate"), ["low", "high"]].tolist() == [0.0, 1.0]
    assert given.attrs["units"]["swing_subsidy_rate"] == "share of PV of outlays"
    assert len(tc.sensitivity(SMALL, flows=FLOWS)) == 3 * len(PACKAGED.pledge.structures)


def test_elasticities_are_of_fractions_with_a_range_that_are_not_zero() -> None:
    scenario = SMALL.replace({"pledge.structures.three-years.project_irr": 0.0})
    table = tc.sensitivity(
        scenario, method="elasticities", structures=["upfront-cash"], flows=FLOWS
    )
    assert table.index.tolist() == [("upfront-cash", DURABILITY), ("upfront-cash", IRR)]
    irr = {f"pledge.structures.{s.name}.project_irr": s.project_irr
           for s in scenario.pledge.structures if s.project_irr}  # fmt: skip
    assert len(irr) == 6
    own = elasticities(
        evaluation(scenario, FLOWS), {DURABILITY: {DURABILITY: 0.9}, IRR: irr}, ["upfront-cash"],
        "net_benefit_usd",
    )  # fmt: skip
    pd.testing.assert_frame_equal(table, own, check_exact=True)
    assert table.attrs["units"] == {"elasticity": "% per %", "error_bound": "% per %"}
    assert table.attrs["scenario_hash"] == scenario.hash


@pytest.mark.parametrize("given", ["durability", ["durability"], ("durability",)])
def test_elasticities_may_be_asked_for_by_name(given: object) -> None:
    table = sensitive(method="elasticities", parameters=given, target="relief_pv_usd")
    assert table.index.tolist() == [("upfront-cash", "durability")]
    own = elasticities(
        evaluation(SMALL, FLOWS), {"durability": {DURABILITY: 0.9}}, ["upfront-cash"],
        "relief_pv_usd",
    )  # fmt: skip
    pd.testing.assert_frame_equal(table, own, check_exact=True)


def test_by_a_pattern_the_numbers_that_are_not_zero_move() -> None:
    pattern = "pledge.structures.*.tranches.*.instrument.rate"
    own = ("pledge.structures.japan-terms.tranches.", ".instrument.rate")
    stated = PACKAGED.parameters()["value"].to_dict()
    present = {
        path: value
        for path, value in stated.items()
        if path.startswith(own[0]) and path.endswith(own[1])
    }
    first = next(iter(present))
    scenario = SMALL.replace({first: 0.0})
    table = tc.sensitivity(
        scenario, method="elasticities", parameters=[pattern, "durability"],
        structures=["japan-terms"], target="net_cost_usd", flows=FLOWS,
    )  # fmt: skip
    assert table.index.get_level_values("parameter").tolist() == [pattern, "durability"]
    rest = {path: value for path, value in present.items() if path != first}
    own = elasticities(
        evaluation(scenario, FLOWS), {pattern: rest}, ["japan-terms"], "net_cost_usd"
    )
    assert table["elasticity"].iloc[0] == own["elasticity"].item() != 0.0


@pytest.mark.parametrize(("method", "samples", "cases"), [("sobol", 1024, 5), ("morris", 64, 4)])
def test_sampled_methods_have_their_number_of_cases(
    method: str, samples: int, cases: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict] = []

    def recorded(*given: object, **options: object) -> pd.DataFrame:
        asked.append({"given": given, **options})
        return pd.DataFrame({"total_share": [1.0], "mean_effect_cash_usd": [2.0]})

    monkeypatch.setitem(module.SAMPLED, method, recorded)
    steps = [].append
    options = {"method": method, "target": "cash_usd", "map": map, "progress": steps}
    table = sensitive(seed=0, **options)
    sensitive(seed=np.int64(7), samples=np.int64(2), **options)
    one, two = asked
    base, uncertain, names, target = one.pop("given")
    assert (base.scenario, base.flows, names, target) == (
        SMALL,
        FLOWS,
        ["upfront-cash"],
        "cash_usd",
    )
    assert uncertain == uncertainty(SMALL)
    assert one == {"samples": samples, "seed": 0, "mapped": map, "progress": steps}
    assert (two["samples"], two["seed"], type(two["seed"])) == (2, 7, int)
    assert table.attrs["units"] == {
        "mean_effect_cash_usd": "USD", "total_share": "share of variance"
    }  # fmt: skip
    assert table.attrs["scenario_hash"] == SMALL.hash
    assert cases == len(uncertain.rows) + {"sobol": 2, "morris": 1}[method]


def test_a_target_that_is_a_share_has_its_own_unit() -> None:
    frame = pd.DataFrame({"mean_effect_peak_share_of_reserves": [0.0], "first_order_share": [0.0]})
    assert module._units(frame, "peak_share_of_reserves") == {
        "mean_effect_peak_share_of_reserves": "share of reserves",
        "first_order_share": "share of variance",
    }
    low = pd.DataFrame({"low": [1.0], "error_bound": [1.0], "other": [1.0]})
    assert module._units(low, "cash_usd") == {
        "low": "unit of the parameter", "error_bound": "% per %",
    }  # fmt: skip


def test_rows_that_nothing_uses_are_left_out_of_a_design() -> None:
    sure = tc.Branches(branches=[tc.Branch(name="x", probability=1.0)])
    numbers = (Uncertain("c", 3, FLAT, whole=False), Uncertain("b", 1, FLAT, whole=True))
    found = module._used(Uncertainty(("a", "b", "c0", "c", "d", "e"), numbers, ((5, sure),)))
    assert found == Uncertainty(
        ("b", "c", "e"),
        (Uncertain("c", 1, FLAT, whole=False), Uncertain("b", 0, FLAT, whole=True)),
        ((2, sure),),
    )


# Refusals


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "sobols"}, ("unknown method 'sobols'; did you mean 'sobol'? Allowed: "
         "one_at_a_time, elasticities, sobol, morris.")),
        ({"parameters": ["durability"]},
         "parameters: one_at_a_time takes all that is uncertain; give distributions"),
        ({"method": "sobol", "parameters": []},
         "parameters: sobol takes all that is uncertain; give distributions"),
        ({"method": "elasticities", "distributions": {}},
         "distributions: elasticities are taken at the present values; leave out"),
        ({"method": "elasticities", "parameters": "relief_years"},
         f"parameters: {YEARS} has no elasticity; use sweep over its values"),
        ({"method": "elasticities", "parameters": "cash_share"},
         ("parameters: pledge.structures.credit-ceiling.cash_share has no elasticity; use sweep "
         "over its values")),
        ({"method": "elasticities", "parameters": "pledge.structures.no-deal.headline_usd"},
         ("parameters: pledge.structures.no-deal.headline_usd is 0, and 1% of 0 is nothing; use "
         "sweep")),
        ({"method": "sobol"}, "seed: a whole number of at least 0 is needed, given None"),
        ({"method": "sobol", "seed": -1}, "seed: a whole number of at least 0 is needed, given -1"),
        ({"method": "sobol", "seed": True},
         "seed: a whole number of at least 0 is needed, given True"),
        ({"method": "morris", "seed": 1.0},
         "seed: a whole number of at least 0 is needed, given 1.0"),
        ({"method": "morris", "seed": 1, "samples": 1},
         "samples: a whole number of at least 2 is needed, given 1"),
        ({"method": "sobol", "seed": 1, "samples": 12},
         "samples: a power of two is needed, such as 1024, given 12"),
        ({"structures": ["upfront-cas"]}, None),
        ({"target": "net_benefit"}, None),
    ],
)  # fmt: skip
def test_a_question_that_does_not_fit_is_refused(options: dict, said: str | None) -> None:
    found = refusal(**options)
    if said is None:
        ((kind, given),) = options.items()
        word, given = ("structure", given[0]) if kind == "structures" else ("column", given)
        said = f"unknown {word} {given!r}; did you mean "
        found = found[: len(said)]
    assert found == said

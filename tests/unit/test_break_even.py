import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError, MultipleRootsError, NoRootError, UnknownNameError
from tariffcalc.numeric.crossings import SCAN_POINTS

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024").frame
FLOWS = tc.TradeFlows.from_frame(pd.concat([LINES.iloc[::400], LINES[LINES["value_usd"] > 1e9]]))


def found(path: str, structure: str = "upfront-cash", **options: object) -> tc.BreakEven:
    return tc.break_even(PACKAGED, path, structure=structure, flows=FLOWS, **options)  # type: ignore[arg-type]


def refusal(path: str, structure: str = "upfront-cash", **options: object) -> str:
    with pytest.raises(InputError) as caught:
        found(path, structure, **options)
    return str(caught.value)


def test_what_was_found_is_kept() -> None:
    answer = found("project_irr", target="net_cost_usd")
    assert (answer.path, answer.structure, answer.target) == (
        "project_irr",
        "upfront-cash",
        "net_cost_usd",
    )
    assert (answer.value, answer.bounds) == (0.0, (0.0, 1.0))
    assert answer.results[0] > 0.0 > answer.results[1]
    assert float(answer) == answer.values[0] == pytest.approx(0.150097, abs=1e-6)
    ((low, high),) = answer.brackets
    assert high - low == pytest.approx(1 / (SCAN_POINTS - 1), rel=1e-12)
    assert low < float(answer) < high
    assert repr(answer) == (
        f"BreakEven(project_irr = {float(answer):.6g} gives net_cost_usd = 0 for 'upfront-cash')"
    )


def test_the_usual_target_is_a_net_benefit_of_zero() -> None:
    answer = found("project_irr")
    assert answer.target == "net_benefit_usd"
    row = tc.compare(
        PACKAGED.replace({"pledge.structures.upfront-cash.project_irr": float(answer)}),
        structures=["upfront-cash"],
        flows=FLOWS,
    )
    assert abs(row["net_benefit_usd"].item()) < 1e-9 * 350e9


def test_bounds_are_those_of_a_share_or_ten_times_the_present() -> None:
    for path in ("durability", "cash_share", "discount_rate"):
        answer = found(path, target="relief_pv_usd", value=-1.0)
        assert (answer.bounds, answer.values) == ((0.0, 1.0), ())
    path = "pledge.structures.three-years.headline_usd"
    own = PACKAGED.replace({path: 4e9})
    answer = tc.break_even(
        own, path, structure="three-years", target="cash_usd", value=10e9, flows=FLOWS
    )
    assert answer.bounds == (0.0, 40e9)
    assert float(answer) == pytest.approx(10e9, rel=1e-12)


def test_bounds_keep_inside_the_limits_of_the_number() -> None:
    assert refusal("fx_capacity_usd").endswith("input should be greater than 0, given 0.0")
    asked = {"target": "peak_over_fx_capacity", "value": 4.0}
    answer = found("fx_capacity_usd", bounds=(1e9, 175e9), **asked)
    assert float(answer) == pytest.approx(350e9 / 4, rel=1e-12)


def test_a_number_of_one_is_searched_between_zero_and_one() -> None:
    assert found("utilisation_share", target="cash_usd", value=175e9).values == (0.5,)


def test_a_value_at_an_end_or_on_the_scan_is_found_once() -> None:
    for goal, share in ((0.0, 0.0), (350e9, 1.0), (350e9 * 0.25, 0.25)):
        answer = found("utilisation_share", target="cash_usd", value=goal)
        assert answer.values == (share,)
        assert len(answer.brackets) == 1
        assert answer.brackets[0][0] <= share <= answer.brackets[0][1]
    assert found("utilisation_share", target="cash_usd", value=350e9).brackets == ((1.0, 1.0),)


def test_a_result_that_never_moves_is_told_without_a_list_of_all_points() -> None:
    answer = found("durability", "no-deal")
    assert len(answer.values) == SCAN_POINTS == 401
    assert repr(answer) == (
        "BreakEven(durability = 0, 0.0025, 0.005, 0.0075, 0.01, … (401 in all) gives "
        "net_benefit_usd = 0 for 'no-deal')"
    )
    with pytest.raises(MultipleRootsError) as caught:
        float(answer)
    assert str(caught.value) == repr(answer)


def test_up_to_five_values_are_shown() -> None:
    for count in (1, 5, 6):
        values = tuple(float(place) for place in range(count))
        shown = tc.BreakEven("p", "s", "t", 0.5, (0.0, 9.0), (1.0, 2.0), values, ())
        ending = ", … (6 in all)" if count == 6 else ""
        listed = ", ".join(str(place) for place in range(min(count, 5)))
        assert repr(shown) == f"BreakEven(p = {listed}{ending} gives t = 0.5 for 's')"
        if count == 1:
            assert float(shown) == 0.0


def test_nothing_found_says_what_the_ends_are() -> None:
    answer = tc.BreakEven("p", "s", "t", 1e9, (0.0, 0.5), (1.25e9, 123456.789), (), ())
    said = (
        "BreakEven(no p in [0, 0.5] gives t = 1e+09 for 's': it is 1.25e+09 at the low end and "
        "123457 at the high end)"
    )
    assert repr(answer) == said
    with pytest.raises(NoRootError) as caught:
        float(answer)
    assert str(caught.value) == said


def test_a_name_that_stands_for_one_number_in_each_structure_means_this_one() -> None:
    one = found("project_irr", "three-years", target="net_cost_usd")
    path = "pledge.structures.three-years.project_irr"
    assert found(path, "three-years", target="net_cost_usd").values == one.values


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("life_years", {}, ("pledge.structures.upfront-cash.life_years is a whole number; use "
         "sweep over its values")),
        ("draw_years", {}, ("pledge.structures.upfront-cash.draw_years is a whole number; use "
         "sweep over its values")),
        ("durability", {"bounds": (0.5, 0.5)}, ("bounds: two numbers in ascending order are "
         "needed, given (0.5, 0.5)")),
        ("durability", {"bounds": (0.1, 0.2, 0.3)}, ("bounds: two numbers in ascending order are "
         "needed, given (0.1, 0.2, 0.3)")),
        ("durability", {"bounds": 5}, ("bounds: two numbers in ascending order are needed, given "
         "5")),
        ("durability", {"bounds": (0, None)}, "bounds: a number is needed, given None"),
        ("durability", {"bounds": "01"}, "bounds: a number is needed, given '0'"),
        ("durability", {"value": "0"}, "value: a number is needed, given '0'"),
        ("durability", {"value": np.nan}, ("value: a finite number is needed, given nan; leave "
         "out what is unknown")),
        ("durability", {"bounds": (0.5, 1.5)}, ("Scenario cannot be built:\n  - "
         "tariffs.durability: input should be less than or equal to 1, given 1.5")),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_refused(path: str, options: dict, said: str) -> None:
    assert refusal(path, **options) == said


def test_unknown_names_are_refused() -> None:
    for path, structure, target, said in (
        ("durabilty", "upfront-cash", "net_cost_usd", "unknown path 'durabilty'"),
        ("durability", "upfront", "net_cost_usd", "unknown structure 'upfront'"),
        ("durability", "upfront-cash", "npv", "unknown column 'npv'"),
    ):
        with pytest.raises(UnknownNameError, match=f"^{said}"):
            found(path, structure, target=target)


def test_an_answer_cannot_be_changed() -> None:
    answer = found("durability", target="relief_pv_usd", value=-1.0)
    with pytest.raises(AttributeError):
        answer.value = 1.0  # type: ignore[misc]


# The scan, of functions known exactly


def test_several_values_are_no_one_value() -> None:
    two = tc.BreakEven("p", "s", "t", 0.0, (0.0, 1.0), (1.0, 2.0), (0.25, 0.75), ())
    with pytest.raises(
        MultipleRootsError, match=r"^BreakEven\(p = 0.25, 0.75 gives t = 0 for 's'\)"
    ):
        float(two)


@pytest.mark.parametrize("count", [1, 5, 6])
def test_up_to_five_jumps_are_shown(count: int) -> None:
    jumps = tuple((place + 0.125, place + 0.5) for place in range(count))
    answer = tc.BreakEven("p", "s", "t", 1.0, (0.0, 9.0), (0.5, 2.0), (), (), jumps)
    shown = ", ".join(f"{place}.125" for place in range(min(count, 5)))
    assert repr(answer) == (
        "BreakEven(no p in [0, 9] gives t = 1 for 's': it is 0.5 at the low end and 2 at the high "
        f"end, and jumps over it at {shown})"
    )


def test_the_structure_is_the_one_the_path_lies_in_or_the_only_one() -> None:
    path = "pledge.structures.three-years.project_irr"
    by_path = tc.break_even(PACKAGED, path, target="net_cost_usd", flows=FLOWS)
    assert by_path.structure == "three-years"
    names = ", ".join(structure.name for structure in PACKAGED.pledge.structures)
    with pytest.raises(InputError) as caught:
        tc.break_even(PACKAGED, "durability", flows=FLOWS)
    assert str(caught.value) == f"structure: 'durability' concerns several; name one of {names}"
    alone = PACKAGED.replace({"pledge.structures": (PACKAGED.pledge.structure("three-years"),)})
    assert tc.break_even(alone, "discount_rate", flows=FLOWS).structure == "three-years"


def test_the_results_at_both_ends_are_those_of_the_sweep() -> None:
    answer = found("durability", target="relief_pv_usd", bounds=(0.25, 0.75), value=1e9)
    ends = tc.sweep(
        PACKAGED, {"durability": [0.25, 0.75]}, structures=["upfront-cash"], flows=FLOWS
    )
    assert answer.results == pytest.approx(ends["relief_pv_usd"].tolist(), rel=1e-14)
    assert answer.jumps == ()

import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024", partners=["KOR"]).frame[::300])
NAME = "three-years"
OWN = f"pledge.structures.{NAME}."
HOST = ("host_government", "host_treasury")


def agreed(terms: object, structure: str = NAME, **options: object) -> tc.Agreement:
    return tc.bargain(PACKAGED, structure=structure, terms=terms, flows=FLOWS, **options)  # type: ignore[arg-type]


def refusal(terms: object, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        agreed(terms, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("terms", "counts"),
    [
        ({"split_before": (0, 1)}, [401]),
        ({"split_before": (0, 1), "cash_share": (0, 1)}, [65, 65]),
        ({"split_before": (0, 1), "cash_share": (0, 1), "deemed_rate": (0, 0.1)}, [15, 15, 15]),
        ({"split_before": (0, 1), "cash_share": (0, 1), "draw_years": (1, 20)}, [13, 13, 20]),
        ({"split_before": (0, 1), "draw_years": [1, 2, 3, 4]}, [401, 4]),
        ({"split_before": (0, 1), "cash_share": list(np.linspace(0, 1, 2000))}, [5, 2000]),
        ({"draw_years": (1, 20)}, [20]),
    ],
)
def test_the_grid_has_some_four_thousand_points(terms: dict, counts: list[int]) -> None:
    points = agreed(terms).points.iloc[:-1]
    assert [points[name].nunique() for name in terms] == counts
    assert len(points) == np.prod(counts)


def test_a_range_is_even_and_has_its_ends() -> None:
    points = agreed({"deemed_rate": (0.01, 0.07)}, points=7).points.iloc[:-1]
    assert points["deemed_rate"].tolist() == np.linspace(0.01, 0.07, 7).tolist()


def test_a_list_of_two_is_two_values_and_repeated_ones_count_once() -> None:
    assert agreed({"split_before": [0.2, 0.6]}).points["split_before"].tolist()[:-1] == [0.2, 0.6]
    listed = agreed({"split_before": [0.6, 0.2, 0.6]}).points["split_before"].tolist()
    assert listed[:-1] == [0.6, 0.2]
    assert len(agreed({"split_before": (0.2, 0.4, 0.6)}).points) == 4
    assert len(agreed({"split_before": np.array([0.2, 0.4])}).points) == 3


@pytest.mark.parametrize(
    ("terms", "options", "said"),
    [
        ({}, {}, ("terms: a mapping of 1 to 6 terms to (low, high) or a list of values is needed, "
         "given {}")),
        (5, {}, ("terms: a mapping of 1 to 6 terms to (low, high) or a list of values is needed, "
         "given 5")),
        ({"split_before": 0.5}, {}, ("terms: split_before: (low, high) or values are needed, given "
         "0.5")),
        ({"split_before": "01"}, {}, ("terms: split_before: (low, high) or values are needed, "
         "given '01'")),
        ({"split_before": {0: 1}}, {}, ("terms: split_before: (low, high) or values are needed, "
         "given {0: 1}")),
        ({"split_before": []}, {}, "terms: split_before: at least one value is needed, given none"),
        ({"split_before": ["x"]}, {}, "terms: split_before: a number is needed, given 'x'"),
        ({"split_before": (0.5, 0.5)}, {}, ("terms: split_before: low has to be below high, given "
         "(0.5, 0.5)")),
        ({"split_before": (0.6, 0.5)}, {}, ("terms: split_before: low has to be below high, given "
         "(0.6, 0.5)")),
        ({"split_before": (0, 1)}, {"points": 1}, ("points: a whole number of at least 2 is "
         "needed, given 1")),
        ({"split_before": (0, 1)}, {"points": True}, ("points: a whole number of at least 2 is "
         "needed, given True")),
        ({"split_before": (0, 1)}, {"points": 2.5}, ("points: a whole number of at least 2 is "
         "needed, given 2.5")),
        ({"split_before": (0, 1), "cash_share": (0, 1)}, {"points": 1001}, ("terms: 1,002,001 "
         "points are more than 1,000,000; give fewer values")),
        ({"draw_years": (1, 2.5)}, {}, f"{OWN}draw_years: whole numbers are needed, given 2.5"),
    ],
)  # fmt: skip
def test_refusals(terms: object, options: dict, said: str) -> None:
    assert refusal(terms, **options) == said


def test_seven_terms_are_too_many() -> None:
    names = ("cash_share", "split_before", "split_after", "deemed_rate", "durability",
             "utilisation_share", "growth_rate")  # fmt: skip
    assert refusal({name: [0.5] for name in names}).startswith("terms: a mapping of 1 to 6 terms")
    assert len(agreed({name: [0.5] for name in names[:6]}).points) == 2


def test_corners_out_of_limits_are_refused() -> None:
    assert refusal({"cash_share": (0, 1), "split_before": (0.5, 1.5)}).endswith(
        "input should be less than or equal to 1, given 1.5"
    )
    assert refusal({"split_before": (-0.5, 0.5)}).endswith(
        "input should be greater than or equal to 0, given -0.5"
    )

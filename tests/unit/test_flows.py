import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import UnknownNameError
from tariffcalc.trade.frames import frame_faults

FRAME = pd.DataFrame(
    {"hs": ["8703", "85", "8703"], "partner": ["KOR", "JPN", "KOR"], "value_usd": [1e9, 5e8, 1]}
)
REQUIRED = ("hs", "partner", "value_usd")
TEXT_DTYPE = pd.Series(["1"]).dtype  # str, and object before pandas 3


def test_flows_print_their_size() -> None:
    assert repr(tc.TradeFlows.from_frame(FRAME)) == (
        "TradeFlows('flows', 3 lines, 2 partners, $1.50bn)"
    )
    one = tc.TradeFlows.from_frame(FRAME[:1], name="cars")
    assert repr(one) == "TradeFlows('cars', 1 line, 1 partner, $1.00bn)"
    many = tc.TradeFlows.from_frame(pd.concat([FRAME] * 1000))
    assert repr(many) == "TradeFlows('flows', 3,000 lines, 2 partners, $1500.00bn)"
    assert len(many) == 3000
    huge = tc.TradeFlows.from_frame(FRAME[:1].assign(value_usd=5e17))
    assert repr(huge).endswith(", $500000000.00bn)")


def test_figures_become_float64_and_other_columns_stay() -> None:
    frame = FRAME.assign(
        quantity=[1, 2, 3], mfn_rate=pd.array([0.025, None, 0], dtype="Float64"),
        steel_share=np.float32(0.5), month=[1, 2, 3], note="x", duty_usd=0, preferential_rate=0,
    )  # fmt: skip
    flows = tc.TradeFlows.from_frame(frame.set_index("month", drop=False))
    kinds = flows.frame.dtypes.to_dict()
    for name in (
        "value_usd",
        "quantity",
        "duty_usd",
        "mfn_rate",
        "preferential_rate",
        "steel_share",
    ):
        assert kinds[name] == np.float64
    assert kinds["month"] == np.int64
    assert flows.frame["note"].tolist() == ["x"] * 3
    assert flows.frame.index.tolist() == [0, 1, 2]
    assert np.isnan(flows.frame["mfn_rate"][1])


def test_the_flows_of_one_partner_keep_the_name() -> None:
    flows = tc.TradeFlows.from_frame(FRAME, name="mine")
    assert flows.partners == ["JPN", "KOR"]
    korea = flows.only("KOR")
    assert (korea.name, korea.partners, korea.value_usd) == ("mine", ["KOR"], 1e9 + 1)
    assert korea.frame.index.tolist() == [0, 1]
    with pytest.raises(UnknownNameError) as caught:
        flows.only("KO")
    assert str(caught.value) == (
        "unknown partner in mine 'KO'; did you mean 'KOR'? Allowed: JPN, KOR."
    )


def test_a_frame_without_fault_has_none() -> None:
    assert frame_faults(FRAME, REQUIRED) == []
    assert frame_faults(FRAME[["hs", "partner"]], ("hs", "partner")) == []
    assert frame_faults(FRAME[:0], REQUIRED, empty=True) == []


def test_faults_that_stop_the_others_come_alone() -> None:
    assert frame_faults(None, REQUIRED) == ["a pandas DataFrame is needed, given NoneType"]
    assert frame_faults(FRAME[:0], REQUIRED) == ["the frame has no rows"]
    assert frame_faults(FRAME[[]], REQUIRED) == ["columns missing: hs, partner, value_usd"]
    misspelt = FRAME.rename(columns={"partner": "partners", "hs": "hs10"})
    assert frame_faults(misspelt, REQUIRED) == [
        "columns missing: hs, partner; did you mean 'hs10'?; did you mean 'partners'?"
    ]
    doubled = pd.concat([FRAME, FRAME[["value_usd", "hs", "hs"]]], axis=1)
    assert frame_faults(doubled, REQUIRED) == [
        "columns given more than once: hs, value_usd; keep one of each"
    ]


def test_all_other_faults_come_together() -> None:
    frame = pd.DataFrame(
        {
            "hs": ["870", "85", "86"],
            "partner": ["KOR", "XX", "JPN"],
            "value_usd": [np.inf, -1.0, np.nan],
            "mfn_rate": [-0.5, 11.0, np.nan],
            "quantity": ["1", "2", "3"],
            "steel_share": [1.0, 0.0, 1.25],
            "copper_share": [True, False, True],
        }
    )
    assert frame_faults(frame, REQUIRED) == [
        (
            "hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: '870'; did you mean '0870'? "
            "A leading zero was lost"
        ),
        "partner: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given 1 unknown code: 'XX'",
        "value_usd: finite numbers are needed in 2 rows (first 2: 0, 2)",
        "value_usd: numbers of at least 0 are needed in 1 row: 1",
        "mfn_rate: numbers of at least 0 are needed in 1 row: 0",
        "mfn_rate: rates are fractions: 11 means 1100%; did you mean 0.11? in 1 row: 1",
        f"quantity: numbers are needed, given a column of {TEXT_DTYPE}",
        "steel_share: shares are fractions: 1.25 means 125%; did you mean 0.0125? in 1 row: 2",
        "copper_share: numbers are needed, given a column of bool",
    ]


@pytest.mark.parametrize(
    ("column", "values", "fault"),
    [
        ("mfn_rate", [0.0, 10.0, np.nan], None),
        ("preferential_rate", [10.001, 0, 0], ("rates are fractions: 10.001 means 1000.1%; did you "
         "mean 0.10001? in 1 row: 0")),
        ("zinc_share", [0.0, 1.0, np.nan], None),
        ("zinc_share", [1.01, 0.0, 2.0], ("shares are fractions: 1.01 means 101%; did you mean "
         "0.0101? in 2 rows (first 2: 0, 2)")),
        ("quantity", [1e300, 0.0, np.nan], None),
        ("quantity", [-1e-9, 0.0, 0.0], "numbers of at least 0 are needed in 1 row: 0"),
        ("duty_usd", [11.0, np.inf, 0.0], "finite numbers are needed in 1 row: 1"),
        ("value_usd", [0.0, 11.0, 1e12], None),
        ("my_rate", [15.0, -1.0, np.nan], None),  # not a column the library reads
    ],
)  # fmt: skip
def test_figures_have_limits(column: str, values: list, fault: str | None) -> None:
    expected = [] if fault is None else [f"{column}: {fault}"]
    assert frame_faults(FRAME.assign(**{column: values}), REQUIRED) == expected


def test_at_most_five_rows_are_named() -> None:
    frame = pd.concat([FRAME] * 3, ignore_index=True).assign(value_usd=-1.0)
    assert frame_faults(frame, REQUIRED) == [
        "value_usd: numbers of at least 0 are needed in 9 rows (first 5: 0, 1, 2, 3, 4)"
    ]

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.trade.packaged import PACKAGED, _hs6

ALL = ["KOR", "JPN", "EU27", "GBR", "CHN", "MEX", "CAN", "TWN", "VNM", "CHE", "IND", "ROW"]
BEFORE = [
    "hs", "partner", "value_usd", "duty_usd", "mfn_rate", "preferential_rate",
    "preference_use_share", "base_rate_basis", "preference_use_basis", "steel_share",
    "aluminum_share", "copper_share", "usmca_share", "naics3",
]  # fmt: skip
METALS = ["steel_share", "aluminum_share", "copper_share"]


def load(*partners: str) -> pd.DataFrame:
    return tc.load_flows("us-imports-2024", partners=list(partners)).frame


@pytest.mark.parametrize("name", tc.list_flows())
def test_a_packaged_table_passes_the_checks_of_a_users_table(name: str) -> None:
    flows = tc.load_flows(name, partners=None)
    checked = tc.TradeFlows.from_frame(flows.frame, name=name)
    assert checked.value_usd == flows.value_usd
    assert checked.partners == sorted(ALL)


def test_metal_content_never_exceeds_the_value_of_a_good() -> None:
    content = load(*ALL)[METALS].sum(axis=1)
    assert 0.9 < content.max() <= 1.0


def test_the_packaged_trade_of_korea() -> None:
    assert tc.list_flows() == ["us-imports-2024"] == list(PACKAGED)
    flows = tc.load_flows("us-imports-2024")
    assert flows.partners == ["KOR"]
    frame = flows.frame
    assert frame.columns.tolist() == [*BEFORE, "sector", "description"]
    twice = tc.load_flows("us-imports-2024", partners=["KOR", "KOR"])
    assert len(twice) == len(flows) == 8327
    assert set(frame["base_rate_basis"]) == {"statutory", "collected"}
    assert set(frame["preference_use_basis"]) == {"chapter", "all chapters", "no preference"}
    assert (frame["usmca_share"] == 0.0).all()


@pytest.mark.parametrize("partner", ALL[1:])
def test_the_packaged_trade_of_another_partner(partner: str) -> None:
    flows = tc.load_flows("us-imports-2024", partners=[partner])
    frame = flows.frame
    assert (flows.name, flows.partners) == ("us-imports-2024", [partner])
    assert frame.columns.tolist() == [*BEFORE, "sector"]
    assert frame["hs"].is_unique
    assert frame["hs"].is_monotonic_increasing
    assert (frame["hs"].str.len() == 6).all()
    assert frame.notna().all().all()
    assert (frame["value_usd"] > 0).all()
    assert set(frame["base_rate_basis"]) <= {
        "statutory", "weighted lines", "mean of lines", "collected",
    }  # fmt: skip


def test_numbers_are_float64_whatever_is_loaded() -> None:
    for partners in (["KOR"], ["IND"], ["IND", "KOR"]):
        frame = load(*partners)
        numbers = [name for name in frame if name.endswith(("_usd", "_rate", "_share"))]
        assert len(numbers) == 9
        assert (frame[numbers].dtypes == np.float64).all()


def test_partners_come_in_the_order_asked_for() -> None:
    frame = load("IND", "KOR", "IND")
    parts = [load("IND"), load("KOR")]
    assert frame["partner"].drop_duplicates().tolist() == ["IND", "KOR"]
    assert len(frame) == sum(map(len, parts))
    for part in parts:
        own = frame[frame["partner"] == part["partner"].iloc[0]].reset_index(drop=True)
        pd.testing.assert_frame_equal(own[part.columns], part)
    assert frame["description"].isna().sum() == len(parts[0])
    everyone = tc.load_flows("us-imports-2024", partners=None).frame
    assert everyone["partner"].drop_duplicates().tolist() == ALL


def test_without_a_preference_there_is_one_base_rate() -> None:
    for partner in ("EU27", "GBR", "CHN", "TWN", "VNM", "CHE", "IND"):
        frame = load(partner)
        assert (frame["preference_use_basis"] == "no preference").all()
        assert (frame["preference_use_share"] == 0.0).all()
        assert frame["preferential_rate"].equals(frame["mfn_rate"].rename("preferential_rate"))


@pytest.mark.parametrize("partner", ["MEX", "CAN", "ROW"])
def test_a_preference_frees_each_dutiable_line(partner: str) -> None:
    frame = load(partner)
    dutiable = frame["mfn_rate"] > 0
    assert (frame["preference_use_basis"] == np.where(dutiable, "line", "no preference")).all()
    assert (frame["preferential_rate"] == 0.0).all()
    assert (frame["preference_use_share"][~dutiable] == 0.0).all()
    known = frame[(frame["preference_use_share"] > 0) & (frame["preference_use_share"] < 1)]
    avoided = 1 - known["duty_usd"] / (known["mfn_rate"] * known["value_usd"])
    assert (known["preference_use_share"] - avoided).abs().max() <= 5e-5 + 1e-12
    assert len(known) > 1000


def test_japan_has_a_preference_on_the_lines_of_its_agreement() -> None:
    frame = load("JPN").set_index("hs")
    lines = data_table("trade/hs6-attributes.csv.gz").set_index("hs")
    has = frame["preference_use_basis"] == "line"
    assert 0 < has.sum() < 257  # the agreement frees 257 lines of eight digits
    assert frame.loc["920120", "preferential_rate"] == 0.0  # grand pianos are free
    assert frame.loc["870323", "preferential_rate"] == 0.025  # cars are not
    assert (frame["mfn_rate"] == lines["mfn_rate"].loc[frame.index].astype(float)).all()


def test_usmca_claims_are_those_of_its_members() -> None:
    for partner, least in (("MEX", 0.69), ("CAN", 0.65)):
        frame = load(partner)
        claimed = (frame["usmca_share"] * frame["value_usd"]).sum() / frame["value_usd"].sum()
        assert least < claimed < least + 0.01
    assert (load("JPN", "ROW", "CHN")["usmca_share"] == 0.0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "us-imports"}, ("unknown trade table 'us-imports'; did you mean "
         "'us-imports-2024'? Allowed: us-imports-2024.")),
        ({"partners": ["USA"]}, ("unknown partner in us-imports-2024 'USA'. Allowed: KOR, JPN, "
         "EU27, GBR, CHN, MEX, CAN, TWN, VNM, CHE, IND, ROW.")),
        ({"partners": "KOR"}, "partners: a list is needed, given 'KOR'; did you mean ['KOR']?"),
        ({"partners": []}, ("partners: at least one is needed of KOR, JPN, EU27, GBR, CHN, MEX, "
         "CAN, TWN, VNM, CHE, IND, ROW")),
    ],
)  # fmt: skip
def test_trade_that_is_not_packaged_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises((InputError, UnknownNameError)) as caught:
        tc.load_flows(**{"name": "us-imports-2024", **arguments})
    assert str(caught.value) == message


@pytest.mark.parametrize("partner", ["KOR", "CHE"])
def test_what_is_done_to_packaged_trade_stays_with_the_caller(partner: str) -> None:
    before = load(partner)
    changed = load(partner)
    changed["value_usd"] = 0.0
    assert load(partner).equals(before)
    assert before["value_usd"].sum() > 0


def test_the_lines_of_a_partner_are_read_from_two_tables() -> None:
    table = _hs6("JPN").set_index("hs")
    assert table.columns.tolist() == [*BEFORE[1:], "sector"]
    assert (len(table), set(table["partner"])) == (3907, {"JPN"})
    horse, cutting = table.loc["010121"], table.loc["060313"]
    assert horse[["value_usd", "duty_usd", "naics3"]].tolist() == ["2576143", "0", "112"]
    assert horse[["sector", "base_rate_basis"]].tolist() == ["Agriculture and fish", "statutory"]
    # Where no preference is known the rate without one stands in, used by nobody.
    assert horse[["preferential_rate", "preference_use_share"]].tolist() == ["0.0", "0"]
    assert horse["preference_use_basis"] == "no preference"
    assert cutting["mfn_rate"] == "0.064"
    assert cutting[["preferential_rate", "preference_use_share"]].tolist() == ["0", "0.4997"]
    assert cutting["preference_use_basis"] == "line"

import pytest

import tariffcalc as tc


@pytest.mark.parametrize("name", tc.list_flows())
def test_a_packaged_table_passes_the_checks_of_a_users_table(name: str) -> None:
    flows = tc.load_flows(name)
    checked = tc.TradeFlows.from_frame(flows.frame, name=name)
    assert checked.value_usd == flows.value_usd


def test_metal_content_never_exceeds_the_value_of_a_good() -> None:
    frame = tc.load_flows("us-imports-2024").frame
    content = frame["steel_share"] + frame["aluminum_share"] + frame["copper_share"]
    assert content.max() <= 1.0
    assert frame.loc[content.idxmax(), "value_usd"] >= 0

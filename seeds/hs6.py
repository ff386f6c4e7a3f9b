"""The other partners' lines of 2024 at HS6, and what all partners share by line."""

from __future__ import annotations

import numpy as np
import pandas as pd
from attributes import SHARES, add_sectors, fill_shares
from files import read_numbers, read_seed

# In 2024 these paid the MFN rate: no trade agreement with the United States (Japan's is narrow),
# no general system of preferences, no duty under Section 301.
MFN_PARTNERS = ("JPN", "EU27", "GBR", "TWN", "VNM", "CHE", "IND")
# Section 232 duty of 2024 on steel and aluminium cannot be told from base duty in these chapters.
METAL_CHAPTERS = ("72", "73", "76")
# Partners with preferences on any line; Japan has them on the lines of its agreement of 2019.
PREFERENCES = ("MEX", "CAN", "ROW")


def trade() -> pd.DataFrame:
    """Return value and duty of each partner and line."""
    name = "trade/us-imports-2024-hs6.csv.gz"
    return read_numbers(name, whole=("value_usd", "duty_usd"), fractions=())


def lines() -> pd.DataFrame:
    """Return what the law and the estimates say of each line."""
    return read_numbers(
        "trade/hs6-attributes.csv.gz",
        whole=("lines", "ad_valorem_lines", "japan_lines"),
        fractions=(
            *("lowest_rate", "mean_rate", "highest_rate"),
            *SHARES,
            *("usmca_share_can", "usmca_share_mex"),
        ),
    ).set_index("hs")


def japan_free(flows: pd.DataFrame, law: pd.DataFrame) -> pd.Series:
    """Tell which rows are Japan's, on codes whose every line its agreement frees."""
    free = (law["japan_lines"] == law["lines"]) & (law["lines"] > 0)
    return (flows["partner"] == "JPN") & flows["hs"].map(free)


def collected_rate(flows: pd.DataFrame, law: pd.DataFrame) -> pd.Series:
    """Return duty ÷ value of the partners that paid MFN; of all partners where those sold none."""
    mfn = flows["partner"].isin(MFN_PARTNERS) & ~japan_free(flows, law)
    amounts = ["value_usd", "duty_usd"]
    paid = flows[mfn].groupby("hs")[amounts].sum().reindex(law.index, fill_value=0)
    everyone = flows.groupby("hs")[amounts].sum().reindex(law.index)
    paid = paid.where(paid["value_usd"] > 0, everyone)
    return paid["duty_usd"] / paid["value_usd"]


def base_rates(flows: pd.DataFrame, law: pd.DataFrame) -> pd.DataFrame:
    """Return the MFN rate of each line and where it comes from."""
    collected = collected_rate(flows, law)
    ad_valorem = (law["lines"] > 0) & (law["ad_valorem_lines"] == law["lines"])
    one_rate = ad_valorem & (law["lowest_rate"] == law["highest_rate"])
    mean = ad_valorem & ~one_rate & law.index.str[:2].isin(METAL_CHAPTERS)
    weighted = collected.clip(law["lowest_rate"], law["highest_rate"])
    cases = [one_rate, mean, ad_valorem]
    rate = np.select(cases, [law["lowest_rate"], law["mean_rate"], weighted], collected)
    basis = np.select(cases, ["statutory", "mean of lines", "weighted lines"], "collected")
    return pd.DataFrame({"mfn_rate": rate.round(6), "base_rate_basis": basis}, index=law.index)


def preference_use(flows: pd.DataFrame, law: pd.DataFrame, mfn_rate: pd.Series) -> pd.Series:
    """Return the share of MFN duty avoided in 2024; NaN where the partner has no preference."""
    rate = flows["hs"].map(mfn_rate)
    has = (flows["partner"].isin(PREFERENCES) | japan_free(flows, law)) & (rate > 0)
    full = (rate * flows["value_usd"]).where(has)
    return (1 - flows["duty_usd"] / full).clip(0, 1).round(4)


def usmca_share(flows: pd.DataFrame, law: pd.DataFrame) -> pd.Series:
    """Return the share of value that claimed the USMCA in 2025; 0 for other partners."""
    claimed = pd.Series(0.0, index=flows.index)
    for partner in ("CAN", "MEX"):
        of_partner = flows["hs"].map(law[f"usmca_share_{partner.lower()}"])
        claimed = claimed.where(flows["partner"] != partner, of_partner)
    return claimed


def partners() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table by partner and line, and the table by line, as they are packaged."""
    flows, law = trade(), lines()
    rates = base_rates(flows, law)
    flows["preference_use_share"] = preference_use(flows, law, rates["mfn_rate"])
    flows["usmca_share"] = usmca_share(flows, law)
    attributes = rates.join(law[[*SHARES, "naics3"]]).reset_index()
    fill_shares(attributes)
    add_sectors(attributes, read_seed("sectors.csv"))
    return flows, attributes

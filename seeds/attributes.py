"""What the build adds to lines of any level: metal content and sector."""

from __future__ import annotations

import numpy as np
import pandas as pd

SHARES = ("steel_share", "aluminum_share", "copper_share")


def fill_shares(table: pd.DataFrame) -> None:
    """Give the few lines without an estimate of metal content the mean of their heading."""
    for share in SHARES:
        for digits in (6, 4, 2):
            nearest = table.groupby(table["hs"].str[:digits])[share].transform("mean")
            table[share] = table[share].fillna(nearest.round(5))
        table[share] = table[share].fillna(0.0)
    # The estimates come from input-output coefficients and can add up to more than the value of
    # the good; content cannot, so such lines are scaled down to their full value.
    together = table[list(SHARES)].sum(axis=1).clip(lower=1.0)
    for share in SHARES:
        # The millionth keeps 0.00242·10^5 = 241.999… at 242: other lines stay as they are.
        table[share] = np.floor(table[share] / together * 1e5 + 1e-6) / 1e5


def add_sectors(table: pd.DataFrame, sectors: pd.DataFrame) -> None:
    """Give each line the sector of its longest mapped prefix."""
    by_length = {
        length: dict(zip(rows["hs"], rows["sector"], strict=True))
        for length, rows in sectors.groupby(sectors["hs"].str.len())
    }
    table["sector"] = [
        next(
            by_length[n][hs[:n]] for n in sorted(by_length, reverse=True) if hs[:n] in by_length[n]
        )
        for hs in table["hs"]
    ]

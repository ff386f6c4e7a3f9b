"""What an answer means by party: trade created, trade diverted and from whom, who gains what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.tables import labelled
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.responses.bilateral import bilateral
from tariffcalc.trade.responses.markets import markets_of
from tariffcalc.trade.responses.protocol import UNITS

__all__ = ["diverted", "gains_by_party", "trade_diversion", "trade_effects"]

EFFECTS = (
    "import_change_usd",
    "trade_created_usd",
    "trade_diverted_usd",
    "home_sales_change_usd",
)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Of each line: value before, number of the market, seller, buyer, and whether both are one."""

    value: FloatArray
    market: IntArray
    seller: pd.Series
    buyer: pd.Series
    home: BoolArray


def trade_effects(
    answer: pd.DataFrame,
    flows: TradeFlows | pd.DataFrame,
    *,
    home: str = "USA",
    market_digits: int = 6,
) -> pd.DataFrame:
    """Return the trade that a tariff change creates and diverts, by line.

    Parameters
    ----------
    answer
        What a response answers for these flows.
    flows
        The flows it was asked about.
    home
        The importing country of trade flows; its own lines are sales at home, not trade.
    market_digits
        How many digits of the HS code make one product of trade flows.

    Returns
    -------
    pandas.DataFrame
        At the exporters' prices before, by line: ``import_change_usd``, the change in quantity;
        of it ``trade_diverted_usd``, won from (or lost to) other exporters to the same market, and
        ``trade_created_usd``, the rest; ``home_sales_change_usd`` of the lines of ``home``.

    Notes
    -----
    In each market exporters gain G in all and lose D in all. The smaller of the two changes
    hands; each that gains has the part of it that it has in G, each that loses the part it has in
    D. So diversion adds up to 0 and creation to the change in imports.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(pd.DataFrame(
    ...     {"hs": "870323", "partner": ["KOR", "JPN"], "value_usd": [100.0, 300.0]}))
    >>> response = tc.ArmingtonResponse(substitution_elasticity=4.0, demand_elasticity=-1.0)
    >>> answer = response.respond(flows, 0.25, [0.15, 0.25])
    >>> tc.trade_effects(answer, flows)["trade_diverted_usd"].round().tolist()
    [20.0, -20.0]
    """
    lines = _lines(answer, flows, home, market_digits)
    change = _changes(answer, lines)
    imports = np.where(lines.home, 0.0, change)
    moved = diverted(imports, lines.market)
    columns = (imports, imports - moved, moved, np.where(lines.home, change, 0.0))
    table = pd.DataFrame(dict(zip(EFFECTS, columns, strict=True)), index=answer.index)
    return labelled(table, dict.fromkeys(EFFECTS, "USD"))


def trade_diversion(
    answer: pd.DataFrame,
    flows: TradeFlows | pd.DataFrame,
    *,
    home: str = "USA",
    market_digits: int = 6,
) -> pd.DataFrame:
    """Return who takes how much trade from whom: the diverted trade by winner and loser.

    Parameters
    ----------
    answer, flows, home, market_digits
        As for :func:`trade_effects`.

    Returns
    -------
    pandas.DataFrame
        One row per exporter that wins, one column per exporter that loses [USD]; over its markets
        a winner takes from each loser in proportion to what they lose.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(pd.DataFrame(
    ...     {"hs": "870323", "partner": ["KOR", "JPN"], "value_usd": [100.0, 300.0]}))
    >>> response = tc.ArmingtonResponse(substitution_elasticity=4.0, demand_elasticity=-1.0)
    >>> answer = response.respond(flows, 0.25, [0.15, 0.25])
    >>> tc.trade_diversion(answer, flows).loc["KOR"].round().tolist()
    [20.0, 0.0]
    """
    lines = _lines(answer, flows, home, market_digits)
    moved = diverted(np.where(lines.home, 0.0, _changes(answer, lines)), lines.market)
    sellers, names = pd.factorize(lines.seller, sort=True)
    total = np.bincount(lines.market, np.maximum(moved, 0.0))
    shape = (total.size, len(names))
    won, lost = np.zeros(shape), np.zeros(shape)
    np.add.at(won, (lines.market, sellers), np.maximum(moved, 0.0))
    np.add.at(lost, (lines.market, sellers), np.maximum(-moved, 0.0))
    share = won / np.where(total > 0.0, total, 1.0)[:, np.newaxis]
    index, columns = pd.Index(names, name="winner"), pd.Index(names, name="loser")
    table = pd.DataFrame(share.T @ lost, index=index, columns=columns)
    return labelled(table, dict.fromkeys(names, "USD"))


def gains_by_party(
    answer: pd.DataFrame, flows: TradeFlows | pd.DataFrame, *, home: str = "USA"
) -> pd.DataFrame:
    """Return who gains what: exporters, producers at home, importers and treasury, by country.

    Parameters
    ----------
    answer
        What a response answers for these flows.
    flows
        The flows it was asked about.
    home
        The importing country of trade flows.

    Returns
    -------
    pandas.DataFrame
        Index ``country`` and ``party``: ``exporters``, ``producers`` (sales at home),
        ``importers``, ``treasury``; column ``gain_usd``, which adds up to the efficiency gain.

    Examples
    --------
    >>> import pandas as pd, tariffcalc as tc
    >>> flows = tc.TradeFlows.from_frame(pd.DataFrame(
    ...     {"hs": "870323", "partner": ["KOR", "JPN"], "value_usd": [100.0, 300.0]}))
    >>> answer = tc.StaticResponse(pass_through=0.0).respond(flows, 0.25, 0.0)
    >>> tc.gains_by_party(answer, flows)["gain_usd"].round(9).tolist()
    [75.0, 25.0, 0.0, -100.0]
    """
    lines = _lines(answer, flows, home, 2)
    parties = (
        (lines.seller, np.where(lines.home, "producers", "exporters"), "exporter_gain_usd"),
        (lines.buyer, "importers", "importer_gain_usd"),
        (lines.buyer, "treasury", "revenue_change_usd"),
    )
    long = pd.concat(
        pd.DataFrame(
            {"country": who.to_numpy(), "party": role, "gain_usd": answer[gain].to_numpy()}
        )
        for who, role, gain in parties
    )
    table = long.groupby(["country", "party"]).sum()
    return labelled(table, {"gain_usd": "USD"})


def diverted(change: FloatArray, market: IntArray) -> FloatArray:
    """Return what lines win from and lose to each other; arrays of shape (lines,)."""
    won = np.bincount(market, np.maximum(change, 0.0))
    lost = np.bincount(market, np.maximum(-change, 0.0))
    less = np.minimum(won, lost)
    won_part, lost_part = (less / np.where(all_ > 0.0, all_, 1.0) for all_ in (won, lost))
    return change * np.where(change > 0.0, won_part[market], lost_part[market])


def _changes(answer: pd.DataFrame, lines: _Lines) -> FloatArray:
    """Return the change in quantity of each line, at the price before."""
    return np.asarray(lines.value * (answer["quantity_index"].to_numpy() - 1.0))


def _lines(
    answer: pd.DataFrame, flows: TradeFlows | pd.DataFrame, home: str, digits: int
) -> _Lines:
    if not isinstance(answer, pd.DataFrame) or list(answer.columns) != list(UNITS):
        raise InputError("answer: the table that a response answers is needed")
    if len(answer) != len(flows):
        raise InputError(
            f"answer: {len(flows)} rows are needed, one per line of the flows, given {len(answer)}"
        )
    if isinstance(flows, TradeFlows):
        frame = flows._frame
        markets = markets_of(frame, digits, home)
        value = frame["value_usd"].to_numpy(dtype=np.float64)
        buyer = pd.Series(home, index=frame.index)
        return _Lines(value, markets.market, frame["partner"], buyer, markets.home)
    laid = bilateral(flows)
    seller, buyer = flows["exporter"], flows["importer"]
    return _Lines(laid.value, laid.importer, seller, buyer, (seller == buyer).to_numpy())

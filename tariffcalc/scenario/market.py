"""What else is sold in the payer's markets: competitors with their tariffs, and sales at home."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from tariffcalc.errors import InputError
from tariffcalc.numeric.arrays import BoolArray, FloatArray, IntArray
from tariffcalc.tariffs.law import load_schedule
from tariffcalc.trade.domestic import HOME, domestic_sales
from tariffcalc.trade.flows import TradeFlows
from tariffcalc.trade.packaged import load_flows
from tariffcalc.trade.responses.markets import markets_of

__all__ = ["Block", "Market", "given_rivals", "market_of", "packaged_rivals"]

LAW = "united-states"
FINEST = 6  # digits at which competitors and sales at home are packaged
UNMADE = ("98", "99")  # special provisions, which no industry makes


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Markets in which the payer sells up to ``width`` varieties.

    ``lines`` are numbers of the payer's lines; each stands at ``variety`` and ``market`` of a grid
    with two suppliers more: the competitors together, and home. ``markets`` are their numbers.
    """

    width: int
    lines: IntArray
    variety: IntArray
    market: IntArray
    markets: IntArray

    def grid(self, lines: FloatArray, others: FloatArray, home: FloatArray) -> FloatArray:
        """Return values by line, and of the others by market, shape (rows, suppliers, markets)."""
        laid = np.zeros((lines.shape[0], self.width + 2, self.markets.size))
        laid[:, self.variety, self.market] = lines[:, self.lines]
        laid[:, self.width] = others[self.markets]
        laid[:, self.width + 1] = home[self.markets]
        return laid


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """The markets of the payer's lines, and who else sells there.

    ``codes`` are the HS codes of the markets. Competitors are one supplier: where their tariffs
    stay and their supply is alike, all their prices move alike. ``others`` [USD] is their value,
    ``rate`` their mean rate by value, ``home`` [USD] what is sold at home, shape (markets,) each;
    ``parts``, shape (partners, markets), is each competitor's part of ``others``.
    """

    codes: pd.Series
    others: FloatArray
    rate: FloatArray
    home: FloatArray
    partners: tuple[str, ...]
    parts: FloatArray
    blocks: tuple[Block, ...]


def packaged_rivals(name: str, payer: str, home: str, as_of: dt.date, on: dt.date) -> pd.DataFrame:
    """Return what others than the payer sell, from a packaged table of US imports.

    Columns ``hs, partner, value_usd, rate``: the law on each partner as known on ``as_of``.
    """
    if home != HOME:
        raise InputError(
            f"trade.response.home: {name} are imports of {HOME}, given {home!r}; "
            f"give flows to the market of {home}, or set {HOME}"
        )
    return _packaged_rivals(name, payer, as_of, on)


@lru_cache(maxsize=8)
def _packaged_rivals(name: str, payer: str, as_of: dt.date, on: dt.date) -> pd.DataFrame:
    everyone = load_flows(name, partners=None)._frame
    codes = set(everyone["hs"][everyone["partner"] == payer].str[:FINEST])
    chosen = (everyone["partner"] != payer) & everyone["hs"].str[:FINEST].isin(codes)
    return _rated(everyone[chosen].reset_index(drop=True), as_of, on)


def given_rivals(
    flows: TradeFlows, payer: str, home: str, as_of: dt.date, on: dt.date
) -> pd.DataFrame:
    """Return what others than the payer sell, from given flows; without others it is refused."""
    frame = flows._frame
    others = frame[frame["partner"] != payer].reset_index(drop=True)
    if others.empty:
        raise InputError(
            f"{flows.name} hold {payer} alone, and the Armington response needs who else sells: "
            "give the lines of other partners too, or sales at home by add_domestic_sales"
        )
    at_home = others["partner"] == home
    sold = others[at_home].assign(rate=0.0)
    imported = others[~at_home].reset_index(drop=True)
    return pd.concat([_rated(imported, as_of, on), sold], ignore_index=True)


def _rated(frame: pd.DataFrame, as_of: dt.date, on: dt.date) -> pd.DataFrame:
    """Return lines of competitors with the rate that the packaged law of the vintage sets."""
    kept = frame[[c for c in ("hs", "partner", "value_usd", "month") if c in frame]]
    if frame.empty:
        return kept.assign(rate=0.0)
    rates = load_schedule(LAW, as_of=as_of).rates(TradeFlows(frame), on=on)
    return kept.assign(rate=rates["total_rate"].to_numpy())


def market_of(
    lines: pd.DataFrame, rivals: pd.DataFrame, *, digits: int, home: str, packaged: bool
) -> Market:
    """Return the markets of the payer's lines among its rivals.

    ``lines`` have ``hs``, ``partner`` and perhaps ``month``, ``rivals`` also ``value_usd`` and
    ``rate``; ``packaged`` adds what is sold at home.
    """
    if packaged and digits > FINEST:
        raise InputError(
            f"trade.response.market_digits: at most {FINEST} are known of competitors and of "
            f"sales at home, given {digits}"
        )
    columns = [column for column in ("hs", "partner", "month") if column in lines]
    found = markets_of(pd.concat([lines[columns], rivals[columns]]), digits, home)
    used, market = np.unique(found.market[: len(lines)], return_inverse=True)
    place = np.full(int(found.market.max()) + 1, -1)
    place[used] = np.arange(used.size)
    seller = place[found.market[len(lines) :]]
    value, rate = (rivals[column].to_numpy(dtype=np.float64) for column in ("value_usd", "rate"))
    at_home = (rivals["partner"] == home).to_numpy()
    codes = _codes(lines["hs"].str[:digits], market)
    sold = _sums(at_home, seller, value, used.size)
    others, duty = (_sums(~at_home, seller, v, used.size) for v in (value, value * rate))
    whole = np.where(others > 0.0, others, 1.0)
    partners = tuple(sorted(set(rivals["partner"][~at_home])))
    own = [(rivals["partner"] == name).to_numpy() for name in partners]
    parts = [_sums(mask, seller, value, used.size) / whole for mask in own]
    return Market(
        codes,
        others,
        duty / whole,
        _home_sales(codes) if packaged else sold,
        partners,
        np.array(parts).reshape(len(partners), used.size),
        _blocks(found.variety[: len(lines)], market),
    )


def _codes(codes: pd.Series, market: IntArray) -> pd.Series:
    """Return the code of each market."""
    first = np.unique(market, return_index=True)[1]
    return codes.iloc[first].reset_index(drop=True)


def _sums(where: BoolArray, market: IntArray, values: FloatArray, count: int) -> FloatArray:
    """Return the sums by market of chosen lines; −1 is a market in which the payer sells none."""
    chosen = where & (market >= 0)
    return np.asarray(np.bincount(market[chosen], values[chosen], count), dtype=np.float64)


def _home_sales(codes: pd.Series) -> FloatArray:
    """Return what is sold at home of each product, none of what no industry makes."""
    made = ~codes.str[:2].isin(UNMADE)
    sold = np.zeros(len(codes))
    if made.any():
        sold[made] = domestic_sales(codes[made])["domestic_usd"]
    return sold


def _blocks(variety: IntArray, market: IntArray) -> tuple[Block, ...]:
    """Return the markets in blocks whose widths are powers of two, so that grids hold few zeros."""
    width = 2 ** np.ceil(np.log2(np.bincount(market))).astype(np.int64)
    blocks = []
    for size in np.unique(width).tolist():
        markets = np.flatnonzero(width == size)
        lines = np.flatnonzero(width[market] == size)
        place = np.searchsorted(markets, market[lines])
        blocks.append(Block(size, lines, variety[lines], place, markets))
    return tuple(blocks)

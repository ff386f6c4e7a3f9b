"""Readers of the files that statistical offices hand out; they never use the network."""

from tariffcalc.trade.readers.baci import read_baci
from tariffcalc.trade.readers.census import read_census
from tariffcalc.trade.readers.comtrade import read_comtrade
from tariffcalc.trade.readers.dataweb import read_dataweb
from tariffcalc.trade.readers.hts import HtsRates, read_hts

__all__ = ["HtsRates", "read_baci", "read_census", "read_comtrade", "read_dataweb", "read_hts"]

"""The static response by the module that scenarios read it from."""

from tariffcalc.trade.responses.static import StaticResponse, static_gains, static_totals

__all__ = ["StaticResponse", "static_gains", "static_totals"]

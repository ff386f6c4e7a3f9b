"""How trade answers a tariff change: static, constant elasticity, one Armington market, many."""

from tariffcalc.trade.responses.static import StaticResponse

__all__ = ["StaticResponse"]

"""How trade answers a tariff change: static, constant elasticity, one Armington market, many."""

from tariffcalc.trade.responses.armington import ArmingtonResponse
from tariffcalc.trade.responses.constant_elasticity import ConstantElasticityResponse
from tariffcalc.trade.responses.effects import gains_by_party, trade_diversion, trade_effects
from tariffcalc.trade.responses.global_armington import GlobalArmingtonResponse
from tariffcalc.trade.responses.smart import smart_trade_effects
from tariffcalc.trade.responses.static import StaticResponse

__all__ = [
    "ArmingtonResponse",
    "ConstantElasticityResponse",
    "GlobalArmingtonResponse",
    "StaticResponse",
    "gains_by_party",
    "smart_trade_effects",
    "trade_diversion",
    "trade_effects",
]

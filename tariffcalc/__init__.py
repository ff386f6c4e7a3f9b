"""tariffcalc: a tariff change and the investment pledge that pays for it, as scenarios."""

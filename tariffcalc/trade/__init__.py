"""Trade: flows, packaged tables, sectors, and the responses of trade to a tariff."""

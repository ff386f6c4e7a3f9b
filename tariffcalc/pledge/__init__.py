"""The pledge: instruments, drawdown, project cash, waterfall, funding, structures, their flows."""

"""Analysis: compare, ledger, incidence, sweep, break-even, simulate."""

"""Tariffs: measures, product lists, stacking, schedules, comparisons."""

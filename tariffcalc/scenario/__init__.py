"""Scenarios: their parts, paths, files, vintages, and the one room that evaluates them."""

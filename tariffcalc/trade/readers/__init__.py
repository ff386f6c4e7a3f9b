"""Readers of the files that statistical offices hand out; they never use the network."""

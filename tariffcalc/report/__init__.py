"""Tables for people: results as text."""

"""Pure functions over arrays: cases, discounting, cohorts, exponential sums, roots."""

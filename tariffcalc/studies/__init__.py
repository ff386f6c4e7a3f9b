"""Studies: scenarios and what is asked of them, in a file, run into a folder."""

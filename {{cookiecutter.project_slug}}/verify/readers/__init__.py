"""Files to facts; a file that cannot be read is a problem, never an exception."""

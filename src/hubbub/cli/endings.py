"""The exit codes: 0 done, 1 refused, 2 not understood, 3 cannot start."""

REFUSED, CANNOT_START = 1, 3

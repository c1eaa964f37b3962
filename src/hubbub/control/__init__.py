"""The operator's way in: what they may do, and the Unix socket by which their commands reach a running chat."""

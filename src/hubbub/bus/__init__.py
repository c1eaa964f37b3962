"""News between nodes: quick, bounded, and never the truth."""

"""The numbered record of each room: the truth for catching up."""

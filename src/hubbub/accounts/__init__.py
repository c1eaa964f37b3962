"""Who is here: people and bots, how they sign in, and what else lets them in."""

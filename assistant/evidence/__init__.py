"""What one reply may say and show: acts, facts, cards, sources and chips."""

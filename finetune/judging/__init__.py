"""Judging: what an adapter changed, on conversations that it never learned from."""

"""Conversations, what they carry from turn to turn, and where they are kept."""

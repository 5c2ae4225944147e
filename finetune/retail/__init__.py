"""Evaluation in the public retail world of tau-bench: recorded tasks, replayed through this program's actions."""

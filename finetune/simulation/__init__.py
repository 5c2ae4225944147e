"""Simulated shops, customers and facts, from which `finetune.simulator` makes its training dialogues."""

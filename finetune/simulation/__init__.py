"""Simulated customers that talk to a live dialogue, and simulated facts from which `finetune.simulator` makes training dialogues."""

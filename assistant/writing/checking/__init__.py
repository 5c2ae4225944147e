"""The parts of the check: each finds one sort of statement that a sentence may only make through a fact or an act."""

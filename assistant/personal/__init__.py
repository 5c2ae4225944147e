"""Personal data: where it is, its export, its erasure, and how long it is kept."""

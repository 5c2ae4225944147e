"""People who answer in the place of the assistant: hand-over, the agents' desk, and replies suggested to them."""

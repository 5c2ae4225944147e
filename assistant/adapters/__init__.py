"""The adapters of one shop: which there are, which serves, and the change to another one while the server runs."""

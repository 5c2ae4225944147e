"""The agents' desk: pages under `/desk`."""

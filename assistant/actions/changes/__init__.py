"""What each request would change, worked out from the records and the policy. Nothing here writes."""

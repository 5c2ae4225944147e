"""From a query and a filter to a page of ranked products."""

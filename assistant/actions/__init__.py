"""What Aisle does with a signed-in customer's orders, and the orders themselves."""

"""A person in a picture asks that it is taken away."""

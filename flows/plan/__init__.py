"""Read, check, compare, adopt and apply the plan."""

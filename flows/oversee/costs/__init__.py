"""What advertisements cost, per account, unit, campaign and month."""

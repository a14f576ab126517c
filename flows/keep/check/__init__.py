"""What the checks of packages have in common: findings, XML of strangers, files, official schemas."""

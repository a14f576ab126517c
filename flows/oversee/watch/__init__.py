"""The daily watch: what the harvest shows that needs a hand. It proposes and never acts."""

"""Pages of ours in a real browser: accessible, readable on a narrow screen, and whole without scripts."""

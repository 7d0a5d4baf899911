"""What changed: pure functions of items and words. No network, no clock, no database."""

"""Long runs: many visits to a site that misbehaves, and a program killed at any moment."""

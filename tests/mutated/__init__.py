"""Pages damaged at random, and what detection makes of them."""

"""The commands, one a file: load, call, print. Heavy imports happen inside them."""

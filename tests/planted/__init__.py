"""A corpus made by seed, with changes planted in it, and a judge who knows which."""

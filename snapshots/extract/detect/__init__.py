"""Finding a page's record list, and the recipe that reads it, from its bytes alone."""

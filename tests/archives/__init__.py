"""Archives of every schema version, as the program of the time wrote them."""

"""What a page costs, beside other ways to compare two pages. Never touches the network."""

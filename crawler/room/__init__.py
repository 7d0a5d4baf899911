"""The reading room: the archive's pages for a browser, each of which is also JSON."""

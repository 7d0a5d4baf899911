"""A small invented publisher on a loopback port, for the demonstration and the tests."""

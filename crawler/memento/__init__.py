"""Captures that web archives keep: what they list, how they are asked for, what they come to."""

"""Changes, rendered for people and for machines."""

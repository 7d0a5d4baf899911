"""What was seen, and how it is read: records, archive, extraction."""

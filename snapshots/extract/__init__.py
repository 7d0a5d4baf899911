"""Payloads to items. Pure: bytes in, items out."""

# Raise this when the same payload would be read otherwise than before: archives then
# read their history again, so that a better reader is never taken for news.
READER = 5

"""Archives of every schema version, as the program of the time wrote them."""

WORDS = "Officers detain and remove {} who entered the country without inspection"
# What the commands of the time printed of an archive, by file, and how it was asked for.
COMMANDS = {
    "changes.jsonl": ("changes", "--format", "jsonl"),
    "log.jsonl": ("log", WORDS.partition(" {}")[0], "--format", "jsonl"),
    "terms.jsonl": ("terms", "--format", "jsonl"),
}

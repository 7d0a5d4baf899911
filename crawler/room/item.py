"""An item's story: every wording with the interval in which it stood."""

from crawler.room.room import Asked, NotThereError, Page, Room
from crawler.story import chapter_json, chapters, places
from diffs.report.phrases import item_name
from snapshots.archive import Archive


def story(room: Room, archive: Archive, asked: Asked) -> Page:
    """Return the page of one item's story; it is named by its source and its key."""
    source, key = asked.text("source"), asked.text("item")
    told = list(chapters(archive, source, key)) if source and key else []
    if source is None or not told:
        raise NotThereError(f"{source or 'no source'} has no item {key!r}")
    last = told[-1].version
    page = {"source": source, "chapters": [chapter_json(source, each) for each in told]}
    shown = {
        "source": source,
        "chapters": told,
        "item": last.item,
        "places": places(archive, source, last),
        "until": last.until,
    }
    return Page(template="story", title=item_name(last.item), told=page, shown=shown)

"""The corpus: several publishers, their patterns, and terms that change among chance edits."""

from collections import defaultdict
from functools import partial
from random import Random

from planted.edits import reworded, with_body
from planted.patterns import ALONE, ANYWHERE, LISTED, Pattern, redesign, reorder
from planted.publisher import Publisher
from planted.terms import CAMPAIGNS, Campaign
from planted.truth import Corpus, History, Record
from snapshots.records import Read

# Of all items, and how many items of a page are its blocks.
ON_PAGES = 0.2
FULL = 5000
# What chance does, in edits for each item, over all snapshots.
CHANCE = 0.6
# A term never becomes another in fewer items than this; some of its items never change.
FEWEST_ITEMS = 5
HOLDING_OUT = 0.1


def corpus(
    seed: int,
    items: int = FULL,
    snapshots: int = 50,
    listings: int = 6,
    pages: int = 8,
    chance: float = CHANCE,
) -> Corpus:
    """Return a corpus of so many items over so many snapshots, the same again by its seed.

    ``chance`` is how many edits it makes for each item. Every third
    listing has several pages.
    """
    publishers = [*_publishers(str(seed), items, snapshots, listings, pages)]
    made = Corpus(
        seed=seed,
        histories=[publisher.history for publisher in publishers],
        campaigns={},
        changed_by=defaultdict(set),
    )
    random = Random(f"{seed}/campaigns")
    for campaign in CAMPAIGNS:
        _campaign(made, campaign, publishers, random, items / FULL)
    for publisher in publishers:
        _patterns(publisher, random)
    made.chance = _chance(publishers, random, round(items * chance))
    for publisher in publishers:
        publisher.publish()
    return made


def _publishers(
    seed: str, items: int, snapshots: int, listings: int, pages: int
) -> list[Publisher]:
    on_pages = int(items * ON_PAGES)
    # What is added later is part of the whole.
    initial = 0.92
    sizes = [(Read.LISTING, (items - on_pages) // listings)] * listings
    sizes += [(Read.PAGE, on_pages // pages)] * pages
    made = []
    for number, (read, size) in enumerate(sizes):
        is_paged = read is Read.LISTING and number % 3 == 2
        per_page = size * 2 // 5 if is_paged else size * 2
        history = History(key=f"{read}-{number + 1}", read=read, per_page=per_page)
        made.append(Publisher(history, int(size * initial), snapshots, seed))
    return made


def _patterns(publisher: Publisher, random: Random) -> None:
    """Plant every pattern that fits a source, so often as its size calls for."""
    last = publisher.snapshots - 1
    if publisher.is_listing:
        publisher.redesigned_at = random.randint(last // 3, last)
    wanted: dict[Pattern, float] = {**ANYWHERE, **(LISTED if publisher.is_listing else {})}
    size = len(publisher.order)
    for pattern, share in wanted.items():
        often = share * size / 1000
        for _ in range(int(often) + (random.random() < often % 1)):
            at = random.randint(1, last)
            # When all links change, nothing is changed alone.
            is_late = pattern in ALONE and at == publisher.redesigned_at
            pattern(publisher, at % last + 1 if is_late else at)
    reorder(publisher, random.randint(1, last))
    if publisher.is_listing:
        redesign(publisher, publisher.redesigned_at)


def _campaign(
    made: Corpus, campaign: Campaign, publishers: list[Publisher], random: Random, scale: float
) -> None:
    """Let some items hold a term, and change it in them at the campaign's dates."""
    wanted = max(FEWEST_ITEMS, round(campaign.items * scale))
    last = publishers[0].snapshots - 1
    dates = sorted(random.sample(range(1, last - 1), campaign.dates))
    back = random.randint(dates[-1] + 1, last)
    _name(made, campaign)
    for count in range(wanted + round(wanted * HOLDING_OUT)):
        publisher = random.choice(publishers)
        number = publisher.take()
        _hold(publisher, number, campaign, random)
        if count < wanted:
            _replace(made, campaign, publisher, number, dates[count % len(dates)])
            if campaign.is_reverted:
                _replace(made, campaign.reverse, publisher, number, back)


def _name(made: Corpus, campaign: Campaign) -> None:
    made.campaigns[campaign.name] = campaign
    if campaign.is_reverted:
        made.campaigns[campaign.reverse.name] = campaign.reverse


def _hold(publisher: Publisher, number: int, campaign: Campaign, random: Random) -> None:
    record = publisher.records[number]
    for pattern in random.sample(campaign.sentences, random.randint(1, len(campaign.sentences))):
        said = publisher.writer.filled(pattern)
        body = f"{record.body} {said}" if random.random() < 0.5 else f"{said} {record.body}"
        record = with_body(record, body)
    publisher.put(record)


def _replace(made: Corpus, campaign: Campaign, publisher: Publisher, number: int, at: int) -> None:
    def replaced(record: Record) -> Record:
        return with_body(record, campaign.applied(record.body))

    is_back = campaign.name not in {each.name for each in CAMPAIGNS}
    publisher.edit(at, number, replaced, dated=True)
    if is_back:
        publisher.plant("term put back", at, number, flag="reverted")
    else:
        publisher.plant("term", at, number)
    made.changed_by[campaign.name].add((publisher.history.key, number))


def _chance(publishers: list[Publisher], random: Random, edits: int) -> int:
    """Change words by chance, again and again, in items that no pattern has taken."""
    for _ in range(edits):
        publisher = random.choices(publishers, [len(p.free) for p in publishers])[0]
        number, at = random.choice(publisher.free), random.randint(1, publisher.snapshots - 1)
        publisher.edit(at, number, partial(reworded, writer=publisher.writer), dated=True)
        publisher.plant("chance", at, number)
    return edits

"""What became of a removed item: its own link is asked, and the answer kept."""

from crawler.fetch import Fetcher
from crawler.quality import answer_doubt, is_soft_404, is_text, notice_doubt
from diffs.links import canonical_link
from snapshots.archive import Probe
from snapshots.errors import FetchError
from snapshots.records import Capture, Outcome, Verdict


async def probe(fetcher: Fetcher, url: str) -> Probe:
    """Ask a removed item's own link; return the answer with its verdict. Never raises."""
    try:
        capture = await fetcher.fetch(url)
    except FetchError as error:
        verdict = Verdict.BLOCKED if error.is_blocked else Verdict.UNCONFIRMED
        now = fetcher.clock.now()
        return Probe(url=url, final_url=url, probed_at=now, verdict=verdict)
    return Probe(
        url=url,
        final_url=capture.final_url,
        probed_at=capture.captured_at,
        verdict=verdict_of(capture),
        status=capture.status,
        hops=capture.hops,
        response_headers=capture.response_headers,
        payload=capture.payload,
    )


def verdict_of(capture: Capture) -> Verdict:
    """Return what an answer says of an item that its listing no longer has."""
    if is_soft_404(capture):
        return Verdict.SOFT_404
    doubt = answer_doubt(capture) or (notice_doubt(capture, ()) if is_text(capture) else None)
    if doubt and doubt.is_gone:
        return Verdict.GONE
    if doubt:
        return Verdict.BLOCKED if doubt.outcome is Outcome.BLOCKED else Verdict.UNCONFIRMED
    if canonical_link(capture.final_url) != canonical_link(capture.url):
        return Verdict.REDIRECTED
    return Verdict.DELISTED

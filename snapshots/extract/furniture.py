"""Words that belong to a government site rather than to what it says.

Every pattern matches a whole block, so that a sentence which merely mentions a
phrase is kept. Seen on dhs.gov, ice.gov, cbp.gov and uscis.gov, 2018 to 2025, and in
the banner of the U.S. Web Design System.
"""

import re

_PATTERNS = (
    r"(the )?(u\.?s\.?|united states)( of america)? flag",
    r"(an )?official website of .{3,80}",
    r"here['’]s how you know",
    r"(government website|safely connect using https)",
    r"(the \.gov means it['’]s official|the site is secure)\.?",
    r"(official|secure) (websites use \.gov|\.gov websites use https)",
    r"a \.(gov|mil) website belongs to an official .{3,120}",
    r"a lock \(.{0,40}\) or https:// means you['’]ve safely connected .{3,160}",
    r"federal government websites often end in \.gov or \.mil\..{0,160}",
    r"the https:// ensures that you are connecting to the official website .{0,160}",
    r"report crimes: (email or )?call [\w-]+",
    r"last reviewed( ?(/|or) ?updated)?:?( [\w/,. -]{4,24})?",
    r"last published date:?( [\w/,. -]{4,24})?",
    r"skip to (main )?(content|navigation)",
    r"(back|return) to top",
    r"(share|share this( page)?|print|print this page|email this page|breadcrumbs?)",
    r"(email|e-mail|facebook|twitter|x|print|linkedin|instagram|youtube|share|search)"
    r"( (icon|image|logo|link))+",
    r"(mobile|site|header|footer|main|agency|department|ice|dhs|cbp|uscis)"
    r"( [\w-]+)? (icon|image|logo)",
)
_FURNITURE = re.compile("|".join(f"(?:{p})" for p in _PATTERNS), re.IGNORECASE)
LONGEST = 260


def is_furniture(text: str) -> bool:
    """Whether a block's whole text is a banner, share icon, review stamp or the like."""
    return len(text) <= LONGEST and _FURNITURE.fullmatch(text) is not None

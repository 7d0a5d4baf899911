"""What the invented Harbor and Border Service publishes; every word was written for it."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One publication of the library; ``slug`` names its own page and never changes."""

    slug: str
    title: str
    published: date
    summary: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the fact sheets page; ``tag`` is h1, h2, p or li."""

    tag: str
    text: str


def _publications(text: str) -> tuple[Publication, ...]:
    return tuple(_publication(record) for record in text.strip().split("\n\n"))


def _publication(record: str) -> Publication:
    heading, *lines = record.splitlines()
    published, title = heading.split(maxsplit=1)
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    when = date.fromisoformat(published)
    return Publication(slug=slug, title=title, published=when, summary=" ".join(lines))


def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(_block(" ".join(lines.split())) for lines in text.strip().split("\n\n"))


def _block(text: str) -> Block:
    for mark, tag in (("# ", "h1"), ("## ", "h2"), ("- ", "li")):
        if text.startswith(mark):
            return Block(tag, text.removeprefix(mark))
    return Block("p", text)


LIBRARY = _publications("""
2020-10-02 Arrivals by Sea, Fiscal Year 2020
This annual report counts every person inspected at a seaport during the fiscal year. It shows how
many aliens arrived on ferries, cruise ships and cargo vessels, how many were admitted, and how
many aliens were referred to a second inspection before a decision was made.

2020-09-18 Visa Overstay Estimates, 2019
The estimate compares arrival and departure records to find visitors who stayed beyond the period
of their visa. An alien who left by land without being recorded may be counted as an overstay, so
the figures for aliens admitted through border harbors should be read with care.

2020-09-01 Port Kestrel Inspection Hall: Environmental Assessment
The Service proposes to replace the inspection hall at Port Kestrel, built in 1961. This assessment
describes the expected effects on traffic, noise and the shoreline, answers comments received from
residents, and concludes that the new hall would have no significant impact.

2020-08-14 Fear Interviews at Seaports
Officers must ask every alien who faces prompt return whether he or she is afraid to go home. This
paper reports how often aliens were referred to a fear interview at the nine busiest seaports, how
long they waited for it, and how many were heard with an interpreter.

2020-07-30 Alternatives to Detention Quarterly Review
The review covers people released under supervision while their cases are pending. It gives the
number enrolled in telephone reporting, home visits and electronic monitoring, the daily cost of
each, and the share who appeared at every scheduled hearing during the quarter.

2020-07-10 Stowaways: Duties of Vessel Operators
A vessel operator who discovers a stowaway must notify the nearest harbor office before docking.
The operator keeps the alien on board until an officer has inspected him or her, provides food and
medical care, and bears the cost of removing inadmissible aliens from the country.

2020-06-22 Small Vessel Reporting Offices
Masters of pleasure boats arriving from a foreign place must report at once to the nearest office.
This directory lists the telephone numbers, opening hours and berths of forty-one reporting offices,
with notes on the documents that each passenger should have at hand.

2020-06-05 Family Custody Standards
These standards apply wherever alien parents and their children are held together for longer than
one night. They set out what the Service owes to aliens in family custody: private sleeping rooms,
schooling within five days, outdoor play, and a doctor’s visit on arrival.

2020-05-15 Health Screening on Arrival
Travelers who disembark with signs of a contagious disease are seen by a public health nurse before
inspection. The notice explains what the nurse may ask, when a traveler can be held for observation,
and how a carrier is told that a passenger has been isolated.

2020-04-24 Shore Leave and Crew Visas
Shore leave allows an alien crewmember to go ashore while the ship is in port, for up to twenty-nine
days. The guidance explains which visa is needed, how the master asks for permits, and what happens
when aliens serving as crew fail to return before the ship sails.

2020-04-03 Detainee Medical Transfer Directive
The directive tells facility staff how to move a detained person to a hospital. It names the officer
who must approve a transfer, requires that the medical file travel with the patient, and sets a
limit of two hours for telling the next of kin.

2020-03-13 Alien Registration Number: Where to Find It
The Alien Registration Number is a nine-digit figure printed on resident cards, work permits and
most letters from the Service. This leaflet shows where to find it on each document, and whom to
call when two documents show different numbers.

2020-02-21 Cargo Manifest Amendments
The bulletin describes how a manifest may be corrected after a ship has left its last foreign port.
It is addressed to importers, carriers, and customs brokers, and replaces the three circulars on
late amendments, short landings and missing bills that were issued in 2014.

2020-01-31 Biometric Exit at Ferry Terminals
Cameras at four ferry terminals compare departing passengers with the photographs in their travel
documents. The evaluation reports the matching rate by terminal and hour, the number of passengers
who declined to be photographed, and the delay added to each sailing.

2019-12-13 Holding Room Occupancy, 2019
Holding rooms are meant for stays of less than twelve hours. The tables give the average and the
highest number of people held each month in every harbor holding room, the length of their stay,
and the reasons recorded whenever the twelve-hour limit was exceeded.

2019-11-22 Use of Force Reports by Marine Units
Marine units must report each occasion on which force was used to stop or board a vessel. This
summary covers 112 reports, describes the kind of force used and any injuries, and lists the
recommendations made by the review board after its two inquiries.

2019-10-25 Voluntary Departure by Ferry
An alien who has been granted voluntary departure may leave on a scheduled ferry at his or her own
expense. The instructions explain where aliens should present their departure notice, how sailing
is confirmed to the court, and how a bond is returned afterwards.

2019-09-27 Trusted Boater Program Handbook
Members of the program may report their arrival by telephone or from a tablet instead of waiting for
an officer at the dock. The handbook covers eligibility, fees, the interview, renewal after five
years, and the violations for which membership is withdrawn.

2019-08-30 Unaccompanied Children: Transfer of Custody
Within seventy-two hours, an unaccompanied alien child must pass from the custody of the Service
into the care of a welfare agency. The procedure describes who escorts alien children, what records
go with them, and how relatives already in the country are traced.

2019-07-19 Detention Facility Inspection Schedule
Every detention facility is inspected at least once a year by a team that includes a nurse and a
fire engineer. The schedule lists the planned month of each inspection, the standards against which
the facility is measured, and where finished reports are posted.

2019-06-14 Bond Payment Instructions
Anyone lawfully present may pay a bond so that a relative or friend is released from custody. These
instructions list the offices that accept payment, the forms of payment taken, the receipt that the
payer must keep, and the steps for a refund once the case has closed.

2019-04-26 Legal Orientation Sessions
Lawyers from charitable organizations hold weekly sessions in six facilities, where they explain
court hearings, forms of relief and the right to counsel. The report gives attendance by facility
and language, including Kreyòl and Español, and the questions asked most often.

2019-03-08 Privacy Impact Assessment for the Arrival Record System (HBS/PIA-012)
The Arrival Record System holds the name, travel document & photograph of each person inspected at a
harbor. The assessment explains why the information is collected, who may see it, how long it is
kept, and how a traveler can ask for a record to be corrected.
""")

ADDITIONS = _publications("""
2021-01-07 Remote Hearings from Harbor Facilities
Since last summer, judges have heard some custody cases by video link. The report counts the remote
hearings held for detained aliens at three harbor facilities, the technical failures that caused
an adjournment, and the views of lawyers who represented an alien from a distance.

2020-12-18 Winter Storm Plan for Coastal Stations
The plan says when coastal stations close, where patrol vessels shelter, and how people in custody
are moved inland before a storm. It assigns each task to a post rather than a person, and includes
a checklist that station chiefs complete every November.

2020-12-04 Passenger Fee Schedule, 2021
From January, carriers collect a revised inspection fee from each passenger arriving by ferry or
cruise ship. The schedule lists the fee by route, the exemptions for infants and ship’s crew, and
the dates on which carriers must send what they collected.
""")

LATE_ADDITION = _publications("""
2024-05-31 Electronic Travel Permit: First-Year Report
The electronic travel permit replaced the paper landing card on all ferry routes. This report gives
the number of permits requested and refused in the first year, the usual waiting time, and the
changes made to the application after complaints about its translation.
""")

FACT_SHEETS = _blocks("""
# Fact Sheets

These fact sheets answer the questions that reporters, students and families most often put to the
Harbor and Border Service. Figures are revised once a year, and each section names the office that
can tell you more.

## Arrival and Inspection

Every person who comes ashore is inspected. An officer looks at the travel document, asks about the
purpose of the visit, and decides whether the traveler may enter. Most aliens are admitted within
minutes; an alien whose papers raise a question is sent to a second desk.

Harbor inspectors worked at 58 ports last year and met some 31,000 vessels. About one vessel in
twelve was searched from bow to stern, usually because its manifest was late, incomplete or at odds
with what the crew had declared.

- Busiest port of arrival: Port Kestrel, with 2.4 million passengers

- Average wait at the first desk: eleven minutes

## Detention and Custody

The Service may hold aliens in custody while it decides whether they can remain. The law requires
detention of criminal aliens and of those who pose a danger; in other cases an officer weighs family
ties, health and the likelihood that the person will appear in court.

The Tidewater Reception Center houses families in forty cottages beside the old naval yard. Parents
cook for themselves, children attend classes on weekday mornings, and a clinic is open around the
clock. The usual stay is shorter than three weeks.

Anyone in custody may telephone a lawyer free of charge, receive visits on at least three days of
the week, and complain in writing to an inspector who does not answer to the facility. Complaints
are registered on the day they arrive.

- People in custody on an average day: 6,180

- Facilities in use: fourteen, of which three are harbor stations

## Visas and Departure

A visa permits its holder to ask for admission and does not promise it. Aliens who wish to stay
longer than first allowed must apply before the period ends; an alien who remains without permission
can be ordered to leave and barred from returning for several years.

Departures are recorded from carriers’ passenger lists, and at some terminals by a camera. A
traveler whose departure was missed may send copies of tickets or stamps, so that the record is put
right before the next journey.
""")

TIDEWATER_REWRITTEN = (
    "Tidewater Reception Center closed to overnight residents in March 2024 and now serves as a "
    "daytime intake office. Newly landed households register there, collect hearing notices, meet "
    "caseworkers, then continue to lodgings arranged through local charities under contract with "
    "regional authorities."
)

"""Reads every feed of a running server with the readers that people use: feeds.py ADDRESS.

Atom and RSS by feedparser, which marks what is not well formed; iCalendar by icalendar, which refuses it.
"""
import datetime
import sys
import urllib.request

import feedparser
from icalendar import Calendar

# Addresses without their ending; each has entries in the demonstration data.
LISTS = [
    "/search/feed",
    "/search/feed.{}?q=prices",
    "/search/feed.{}?q=prices&topics=economy",
    "/topics/economy/feed",
    "/catalogue/under-five-mortality/feed",
    "/releases",
    "/releases.{}?view=published",
    "/releases.{}?q=energy",
    "/corrections",
]
CALENDARS = [
    "/releases.ics",
    "/releases.ics?view=published",
    "/releases.ics?view=published&topic=economy",
    "/releases.ics?view=month",
    "/releases.ics?q=energy",
    "/releases/energy-prices-monthly/calendar.ics",
    "/search/feed.ics",
    "/search/feed.ics?q=prices&topics=economy",
    "/topics/economy/feed.ics",
    "/catalogue/under-five-mortality/feed.ics",
]
MEDIA_TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "ics": "text/calendar"}


def read(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read(), dict(answer.headers.items())


def with_ending(path, ending):
    return path.format(ending) if "{}" in path else f"{path}.{ending}"


def faults_of_feed(base, path, ending):
    address = base + with_ending(path, ending)
    body, headers = read(address)
    if not headers.get("content-type", "").startswith(MEDIA_TYPES[ending]):
        yield f"its type is {headers.get('content-type')}"
    # Told where it was read, the reader can make whole addresses of those that are not.
    feed = feedparser.parse(body, response_headers={"content-location": address, "content-type": headers["content-type"]})
    if feed.bozo:
        yield f"not well formed: {feed.bozo_exception}"
        return
    if not feed.entries:
        yield "no entries"
    if not feed.feed.get("title") or not feed.feed.get("link"):
        yield "no title or no link of its own"
    names = [entry.get("id") for entry in feed.entries]
    if None in names or len(set(names)) != len(names):
        yield "an entry without a name of its own"
    for entry in feed.entries:
        if not entry.get("title"):
            yield f"{entry.get('id')}: no title"
        if not entry.get("updated_parsed") and not entry.get("published_parsed"):
            yield f"{entry.get('id')}: no time that can be read"
        if not entry.get("link", "").startswith(base):
            yield f"{entry.get('id')}: leads to {entry.get('link')}"


def faults_of_calendar(base, path):
    body, headers = read(base + path)
    if not headers.get("content-type", "").startswith(MEDIA_TYPES["ics"]):
        yield f"its type is {headers.get('content-type')}"
    calendar = Calendar.from_ical(body)
    events = calendar.walk("VEVENT")
    if not events:
        yield "no entries"
    if calendar.errors or any(event.errors for event in events):
        yield f"not well formed: {calendar.errors} {[event.errors for event in events if event.errors]}"
    names = [str(event.get("UID")) for event in events]
    if "None" in names or len(set(names)) != len(names):
        yield "an entry without a name of its own"
    for event in events:
        if not event.get("SUMMARY") or not event.get("DTSTART"):
            yield f"{event.get('UID')}: no title or no time"
        elif not event.get("DTEND") and isinstance(event.decoded("DTSTART"), datetime.datetime):
            yield f"{event.get('UID')}: no end"


def main(base):
    seen, wrong = 0, []
    for language in ("", "/cy"):
        for path in LISTS:
            for ending in ("atom", "rss"):
                found = faults_of_feed(base, language + path, ending)
                wrong += [f"{language}{with_ending(path, ending)}: {fault}" for fault in found]
                seen += 1
        for path in CALENDARS:
            wrong += [f"{language}{path}: {fault}" for fault in faults_of_calendar(base, language + path)]
            seen += 1
    print(f"{seen} feeds, {len(wrong)} problems")
    for fault in wrong:
        print(fault, file=sys.stderr)
    sys.exit(1 if wrong or not seen else 0)


main(sys.argv[1].rstrip("/"))

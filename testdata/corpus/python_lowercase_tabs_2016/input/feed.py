import datetime
import os
import sys

import PyRSS2Gen

feed = PyRSS2Gen.RSS2(
    title="Releases",
    link="https://example.com/releases",
    description="What came out",
    lastBuildDate=datetime.datetime.utcnow(),
    items=[PyRSS2Gen.RSSItem(title="1.0", link="https://example.com/releases/1.0")],
)

with open(os.path.join(sys.argv[1], "releases.xml"), "w") as out:
    feed.write_xml(out)

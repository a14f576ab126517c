"""The Graph API as a protocol, for the platforms that are reached through it: Facebook and Instagram.

What it adds to ``connectors.http``:

* the version in the path, and when it ends (H138, H139);
* the token in a header; where the first call is refused so, once more as a parameter, which some servers want;
* errors by their Graph code, whatever the HTTP status. What throttles is never asked again: each further request
  makes the block longer, so the run ends with the time until which to stay away;
* the usage headers: slower from 75 %, not at all from 90 %;
* paging by ``paging.next``, of which only the cursor is taken, whichever host it names: the address carries the
  access token.

No message holds an address, a cursor, a message of the platform or a token.
"""

from __future__ import annotations

from connectors.graph.connection import ATTEMPTS, HOST, STOPPING, Graph, is_field_unknown
from connectors.graph.cursors import cursor_of
from connectors.graph.faults import Fault, GraphError, fault_of
from connectors.graph.listing import Listing
from connectors.graph.versions import ENDS, VERSION, version_findings

__all__ = [
    "ATTEMPTS",
    "ENDS",
    "HOST",
    "STOPPING",
    "VERSION",
    "Fault",
    "Graph",
    "GraphError",
    "Listing",
    "cursor_of",
    "fault_of",
    "is_field_unknown",
    "version_findings",
]

"""Exit codes of the command line (design, section 8)."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
USAGE: Final = 2
"""Wrong usage, or not readable as what the command expects."""
FINDINGS: Final = 3
"""Done, with findings."""
REFUSED: Final = 4
"""A guard refused."""
PERSON: Final = 5
"""A person is needed."""
UNREACHABLE: Final = 10
"""A neighbour could not be reached."""

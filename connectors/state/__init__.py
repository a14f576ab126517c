"""The state database: everything that is not content, on SQLite or PostgreSQL."""

from connectors.state.database import Database, open_database
from connectors.state.transaction import StateError

__all__ = ["Database", "StateError", "open_database"]

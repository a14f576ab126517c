"""The recorded platform behind ``sample``: a timeline in a folder, asked as a platform would be asked.

This package is the server's side; ``connectors/platforms/sample.py`` is the connector, which knows nothing but the
answers. ``infra/demo/README.md`` has the file format as a table.
"""

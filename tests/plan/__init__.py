"""Tests of the document management plan."""

"""Tests of the documents in schemas/xml."""

"""Tests of the account register: what lacks, decisions, the public list, web pages."""

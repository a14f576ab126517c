"""Tests of flows/oversee/watch."""

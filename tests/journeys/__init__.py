"""Whole ways through the product on real servers."""

"""Deliveries to KB: packages of films in one ``.tar``, their way there, and what KB answers."""

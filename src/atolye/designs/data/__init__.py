"""Catalogue data: materials, processes, machines. Data only; nothing in these files is executed."""

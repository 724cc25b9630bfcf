"""Supervision: the board, the dossier, and how they are asked."""

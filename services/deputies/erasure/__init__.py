"""The end of a person's data (删除): asked for by staff, decided by another, once out of office."""

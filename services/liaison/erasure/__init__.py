"""The end of a citizen's words (删除): asked for under his receipt code, granted by staff, or kept closed."""

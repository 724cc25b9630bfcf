"""The published language: every event and value that one service may read of another."""

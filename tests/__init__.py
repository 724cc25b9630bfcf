"""Every rule of the house with its cases."""

"""The browser client, served as it is, and the tutorial's page."""

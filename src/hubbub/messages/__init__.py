"""Messages: posting, editing, deleting and reading them."""

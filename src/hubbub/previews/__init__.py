"""Previews: what the pages that messages link to say of themselves, fetched once by the server."""

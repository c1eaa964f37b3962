"""The protocol's page: the AsyncAPI document, told to people, with a socket to try it on."""

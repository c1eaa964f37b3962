"""`fastapi run` in the project's folder: the same chat, and the same way in for its owner."""

from hubbub_process import PASSWORD, FastapiRun


def test_the_link_that_is_printed_makes_the_owner_once(serves, folder):
    server = serves(folder, kind=FastapiRun)
    owner = {"token": server.link.rsplit("/", 1)[1], "name": "ada", "password": PASSWORD}
    with server.http() as browser:
        assert browser.get("/api/site").json()["setup"] is True
        assert browser.post("/api/setup", json=owner).json()["user"]["role"] == "owner"
        assert browser.post("/api/setup", json=owner).status_code == 403
    server.stops()
    assert serves(folder, kind=FastapiRun).link is None


def test_the_link_begins_with_the_public_address_where_there_is_one(serves, folder):
    server = serves(folder, kind=FastapiRun, HUBBUB_PUBLIC_URL="https://chat.example.org/")
    assert server.link.startswith("https://chat.example.org/#/setup/")
    assert "put the host and port in front" not in server.said

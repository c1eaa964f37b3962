"""`python -m hubbub` is the command line."""

from hubbub.cli import app

if __name__ == "__main__":
    app(prog_name="hubbub")

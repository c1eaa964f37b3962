"""How the settings of the site are kept: a name and a value each. No rules and no commits here."""

from sqlalchemy import Connection, insert, select, update

from hubbub.database.schema import site_settings


def setting(connection: Connection, name: str) -> str | None:
    """The value of a setting; None when nobody ever set it."""
    value: str | None = connection.execute(select(site_settings.c.value).where(site_settings.c.name == name)).scalar()
    return value


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Keep a setting."""
    if not connection.execute(update(site_settings).where(site_settings.c.name == name).values(value=value)).rowcount:
        connection.execute(insert(site_settings).values(name=name, value=value))

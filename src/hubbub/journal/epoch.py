"""The journal's epoch: another one after a backup was restored, so that cursors from after it are not believed."""

from sqlalchemy import insert, select

from hubbub.database import Transaction
from hubbub.database.schema import meta
from hubbub.protocol.ids import new_id


def epoch_of(transaction: Transaction) -> str:
    """The epoch of this database, made with it."""
    epoch: str | None = transaction.connection.execute(select(meta.c.value).where(meta.c.key == "epoch")).scalar()
    if epoch is None:
        epoch = new_id()
        transaction.connection.execute(insert(meta).values(key="epoch", value=epoch))
    return epoch

"""What all tables start from: the metadata, and the types of columns that occur in many."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import DeclarativeBase

ID = String(36)
TIME = String(32)
HEX = String(64)
ROWID = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """The metadata that migrations must lead to."""

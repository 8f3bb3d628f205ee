"""Actors: who they are (``registry``), where a text names them, and which of them a source is."""

from onrecord.actors.actor import Actor, Match, Name, Noun, Office, Role
from onrecord.actors.registry import Registry, fold

__all__ = ["Actor", "Match", "Name", "Noun", "Office", "Registry", "Role", "fold"]

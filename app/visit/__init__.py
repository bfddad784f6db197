"""Walks one visit through the rooms, stage by stage."""

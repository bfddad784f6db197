"""Per person, sealed to that person alone: titles and words of their visits, so that lists and search open little.

Everything here is derived and can be made again from the visits themselves. Which visits a person holds is never read
from here, so that a withdrawn or destroyed visit is gone at once; a trigger takes the bucket that held it away.
"""

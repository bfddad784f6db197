"""How the clinician opens an order: 'we'll', 'I'd like you to', 'you should', 'what we could do is', 'please'."""

import re

OPEN, DECIDED, PATIENTS, NOT, REFUSED, SAME = "open", "decided", "patient", "not", "refused", ""
MAY, MIGHT = "may", "might"
"""What an opening makes of the verb behind it: thought of, decided, told to the patient, forbidden, not done, free."""

_ADVERBS = r"(?: also| just| really| certainly| definitely| probably| strongly| maybe| perhaps| possibly| still)*"
_SOMEBODY = r"(?:an?|the|my|our|one of|someone|somebody|another)\b"
_THING = r"(?:what|the (?:first|next|other|main|best|only) thing(?: that)?)"
_ADVISE = r"(?:advise|recommend|suggest|encourage|urge)"

_AT_ONCE = (
    r"(?:prescribe|refer|order|advise|start|stop|continue|raise|increase|lower|reduce|repeat|recheck|switch|change"
    r"|add|book"
    r"|schedule|arrange|treat)\b"
)
"""Verbs that order something in the plain present: 'we raise the dose'."""
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"i (?:do )?(?:think|guess|suppose|believe|feel)(?: that)?,?", SAME),
    (rf"{_THING} (?:i think )?(?:i|we) (?:might|could|may) do(?: is)?,?", OPEN),
    (
        rf"{_THING} (?:i|we)(?:'ll|'d| will| would) {_ADVISE}(?: now| here| next)? (?:is|would be),?(?: to| that"
        rf"| just)*",
        PATIENTS,
    ),
    (
        rf"{_THING} (?:i|we)(?:'ll|'d| will| would| want to| need to| can| should| have to)?(?: like to)?"
        r" do(?: now| next| first| then| for (?:that|this|it))?,?(?: is| would be)?(?: to| that| just| actually)*"
        r"(?: (?:i'm |we're )?going to)?,?",
        DECIDED,
    ),
    (
        r"what (?:i|we) (?:should|could|might|can|need to|want to)(?: also| probably)* (?:think about|consider|look at)"
        r" is,?",
        OPEN,
    ),
    (rf"you(?:'re| are){_ADVERBS} going to(?= need\b)", DECIDED),
    (r"(?:i|we) (?:really |just )*like,?(?= would like\b)", SAME),
    (r"would like you to", PATIENTS),
    (r"either", SAME),
    (r"(?:my|our|the) (?:recommendation|advice|suggestion|plan) (?:would be|is)(?: to| that)?(?: just)?", DECIDED),
    (r"(?:i|we) (?:do not|don't) want you(?: to)?", NOT),
    (r"(?:i|we)(?:'d| would)(?: rather| prefer)(?: that)? you (?:not|didn't)(?: to)?", NOT),
    (
        r"(?:i|we)"
        r"(?: do not| don't| won't| will not| would not| wouldn't|'m not going to|'re not going to| are not going to)"
        r"(?: want to| like to)?",
        REFUSED,
    ),
    (r"(?:i|we)(?:'m| am|'re| are) happy to", DECIDED),
    (
        r"it (?:might|may|could) be (?:worth|sensible|helpful|best|an idea"
        r"|a good idea)(?:,? you(?= \w+ing\b))?(?: to)?",
        OPEN,
    ),
    (
        rf"it(?:'s|'d| would| is)(?: be)?{_ADVERBS} (?:worth|sensible|best|good|useful|helpful|a good idea)"
        r"(?:,? you(?= \w+ing\b))?(?: to)?",
        DECIDED,
    ),
    (
        r"(?:the )?(?:other |next |best |first |main )?thing to do(?: here| now| next)? (?:is|would be)(?: to)?",
        PATIENTS,
    ),
    (r"(?:i|we)(?:'d| would)(?= (?:continue|stop|start|keep|avoid|leave|hold|increase|reduce)\b)", DECIDED),
    (r"you(?= need (?:an?|some|another)\b)", DECIDED),
    (r"(?:he|she) (?:should|must|needs to|has to)", PATIENTS),
    (r"you (?:should not|shouldn't|must not|mustn't)", NOT),
    (r"you (?:cannot|can't)(?= (?:take|have|use|drink|eat|drive|lift|mix|smoke|fly|put|go back)\b)", NOT),
    (r"(?:please )?(?:do not|don't|never)(?: you)?", NOT),
    (
        r"(?:i|we)(?:'ll| will)(?: also)? be(?= (?:ordering|prescribing|referring|sending|starting|giving|getting)\b)",
        DECIDED,
    ),
    (rf"(?:i|we)(?:(?:'m|'re| am| are){_ADVERBS} going to|'ll| will| shall){_ADVERBS}", DECIDED),
    (rf"(?:i|we)(?:'d| would){_ADVERBS} (?:like|love|want|ask)(?: for)? you{_ADVERBS} to", PATIENTS),
    (rf"(?:i|we)(?:'d| would){_ADVERBS} (?:like|love|want) to", DECIDED),
    (rf"(?:i|we)(?: do)?{_ADVERBS} (?:want|need) you(?: guys)?{_ADVERBS} to", PATIENTS),
    (
        rf"(?:i|we)(?:'d| would)?{_ADVERBS} {_ADVISE}(?: that)?(?: you(?: to)?| we)?(?: try)?",
        PATIENTS,
    ),
    (rf"(?:{_ADVISE}|ask|have|get) you to", PATIENTS),
    (rf"{_ADVISE}(?: that)?(?: we| you)?", PATIENTS),
    (rf"(?:i|we)(?: do)?{_ADVERBS} (?:want|need|have) to", DECIDED),
    (rf"(?:we|i) (?:can|should|must){_ADVERBS}", DECIDED),
    (rf"(?:we|i) (?:could|might|may){_ADVERBS}(?: need| want| have)?(?: to)?", OPEN),
    (r"(?:maybe|perhaps|possibly)(?: if (?:we|i)| that)?", OPEN),
    (rf"(?:i|we){_ADVERBS}(?= {_AT_ONCE})", DECIDED),
    (r"it(?:'s| is)(?: really| just| all| mainly| mostly)+(?: about| a (?:case|matter) of)?,?", DECIDED),
    (
        r"(?:i|we)(?:'ve| have)(?: just| already| also)?"
        r"(?= (?:prescribed|ordered|booked|referred|requested|arranged|put)\b"
        r"(?!.*\b(?:ago|last|before|previously)\b))",
        DECIDED,
    ),
    (r"(?:let us|let's|let me(?! know))", DECIDED),
    (rf"(?:i|we)(?:'m| am|'re| are){_ADVERBS}(?= \w+ing\b)", DECIDED),
    (rf"you(?:'ll| will)?{_ADVERBS} (?:should|must|need to|have to|ought to|'d better|had better){_ADVERBS}", PATIENTS),
    (r"you(?:'d|'ll| had| will) (?:better|have to|need to)", PATIENTS),
    (rf"you can{_ADVERBS}(?: always)?", MAY),
    (rf"you (?:could|may|might){_ADVERBS}(?: want to| like to| always)?", MIGHT),
    (rf"you(?:'ll| will){_ADVERBS}", PATIENTS),
    (r"(?:make sure|be sure|ensure)(?: that)?(?: you| to)(?! (?:are|have)\b)", PATIENTS),
    (r"(?:have|get) you(?= (?:come|back|use|do|take|try|see|start|stop|keep|follow|return)\b)", SAME),
    (rf"(?:ask|get|have) (?:them|{_SOMEBODY}(?: \w+){{0,2}}?),? to", DECIDED),
    (r"(?:to )?go ahead(?:,| and)?", SAME),
    (
        r"(?:also|then|just|certainly|definitely|probably|please|first|now|again|still|simply|to"
        r"|do(?= (?:call|get in|come|let|ring|keep|take|make)\b))",
        SAME,
    ),
    (r"(?:start off with(?= \w+ing\b)|try and)", SAME),
    (r"(?:(?:think|thinking) about|consider|considering)", OPEN),
)
OPENINGS = tuple((re.compile(rf"^{pattern}\s+(?=\S)", re.IGNORECASE), effect) for pattern, effect in _PATTERNS)
"""Each opening with its effect; tried in order, as often as one fits."""

THOUGHT_OF = re.compile(r"^(?:(?:think|thinking) about|consider|considering)\s", re.IGNORECASE)
"""Openings behind which the thing itself may stand: 'consider paracetamol'."""
PLAN_IS = re.compile(
    r"^(?:my|our|the) plan (?:is|would be)(?: just| for)? (?P<what>.+)$"
    r"|^(?:i think )?(?:my|our|the) (?:best|only) (?:course of action|option|thing)(?: (?:we|you) have)?"
    r" (?:is going to be|is|would be)(?: just| for| to do| to have| to)* (?P<best>.+)$",
    re.IGNORECASE,
)
"""'The plan is rest and ice.'"""
YOU_CAN_GET = re.compile(
    r"^(?:there(?:'s| is| are)|you(?:'ve| have))"
    r" (?P<what>.+? (?:that )?you (?:can|could) (?:get|buy|take|try|use)\b.*)$",
    re.I,
)
"""'There are sachets you can get from the pharmacy.'"""
A_COLLEAGUE_IS_TO = re.compile(
    rf"^(?:i|we)(?:'d| would) (?:like|want) (?P<what>{_SOMEBODY}.{{0,40}} to \w+.*)$", re.IGNORECASE
)
"""'I'd like a physiotherapist to see you.'"""
LEAD = re.compile(
    r"^(?:(?:so|and|but|then|ok(?:ay)?|now|well|also|plus|alright|all right|right|first(?: of all|ly)?|second(?:ly)?"
    r"|again|lastly|finally|next|actually|certainly|obviously|basically|you know|i mean|yes|yeah|yep|exactly|great|good"
    r"|sure|eh|um|uh|for (?:that|this|it|now|(?:your|the) [^,]{1,60})"
    r"|as for [^,]{1,40}|in terms of [^,]{1,60}|in answer to [^,]{1,40}"
    r"|like i said|at this (?:point|stage|time)(?: in time)?|moving forwards?|going forwards?)"
    r"(?:\s*,\s*|\s+(?=(?:i|we|you|let's|if|what|please|eh)\b)))+",
    re.IGNORECASE,
)
"""What stands before an order without being part of it."""
PLAIN_LEAD = re.compile(r"^(?:(?:so|and|but|then|now|also|ok(?:ay)?|well|just|eh|um|uh)\s+)+(?=\w)", re.IGNORECASE)
TIME_LEAD = re.compile(
    r"^(?:(?P<time>for now|for the moment|in the meantime|in the interim|today|tomorrow|tonight|until then|after that"
    r"|(?:in|for|over|within) the next [^,]{1,30}|in (?:a|two|three|four|\d+)[^,]{1,20}),"
    r"|(?P<soon>straight ?away|immediately|right away),?)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
"""When something is to be done, said first."""
AWAY = re.compile(r"\b(?:hospital|emergency (?:room|department)|a&e|a and e|ambulance|urgent care)\b", re.IGNORECASE)
AROUND = re.compile(r"\b(?:after|before|until|following|prior to) (?:the |your |that )?\w+", re.IGNORECASE)
DONE = re.compile(r"\s+(?:done|taken|performed|carried out)$", re.IGNORECASE)
PARTING = re.compile(r"(?:see (?:you|me|us) )?(?:next time|soon|later|then|there|around|again)", re.IGNORECASE)
OF_ANOTHER = re.compile(r"(?:that|this|those|these) (?:\w+ ){1,3}of \w+", re.IGNORECASE)
"""Where somebody goes, when only, what is to be got 'done', a farewell, and a dose of another medicine than 'it'."""

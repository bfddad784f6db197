"""The true words of a recording, where they lie beside it."""

import json
from pathlib import Path


def reference_text(audio: Path) -> str | None:
    """Return what was truly said in a recording, or None.

    Looks for `NAME.transcript.json` beside it (the transcript contract), then for its id in `osce_audio.jsonl` in its
    folder or the one above.
    """
    beside = audio.with_suffix(".transcript.json")
    if beside.is_file():
        data = json.loads(beside.read_text(encoding="utf-8"))
        return " ".join(utterance["text"] for utterance in data["utterances"])
    for folder in (audio.parent, audio.parent.parent):
        listing = folder / "osce_audio.jsonl"
        if listing.is_file():
            for line in listing.read_text(encoding="utf-8").splitlines():
                item = json.loads(line)
                if item["id"] == audio.stem:
                    return " ".join(turn["text"] for turn in item["turns"])
    return None

"""Words counted where nobody spoke."""

from app.domain.live import FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.words import Word
from app.engine.live_codec import heard_to_json, hypothesis_to_json, window_final_to_json
from app.insight.aims import beside_aims
from app.insight.quiet_words import WordsShown, quiet_figures
from app.speech.live.final import WindowFinal


def test_the_most_words_on_the_screen_at_once():
    shown = WordsShown()
    words = (Word(0.0, 0.4, " Thank", 0.3), Word(0.4, 0.6, " you.", 0.3))
    shown(hypothesis_to_json(Hypothesis(0.0, "", "Thank you for watching")))
    assert shown.most == 4
    shown(window_final_to_json(WindowFinal(HeardWindow(0.0, 1.0, words), FinalText(0.0, 1.0, ()), {})))
    shown(hypothesis_to_json(Hypothesis(1.0, "so", "well")))
    shown(heard_to_json(2.0))
    assert shown.most == 4
    shown(hypothesis_to_json(Hypothesis(1.0, "so well", "then")))
    assert shown.most == 5


def test_totals_by_way_and_words_by_sound():
    figures = quiet_figures({"hum": {"words_live": 0, "words_plain": 2}, "music": {"words_live": 1, "words_plain": 3}})
    assert (figures["words_live"], figures["words_plain"]) == (1, 5)
    assert figures["by_sound"]["music"] == {"words_live": 1, "words_plain": 3}
    assert beside_aims("quiet", figures)["words_live"] == {"at_most": 0.0, "met": False}

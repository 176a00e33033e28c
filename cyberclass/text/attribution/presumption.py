"""What a sentence that no rule fits still lets presume of who was behind an attack."""

from cyberclass.text.attribution.clause import Clause
from cyberclass.text.attribution.lexicon import Reading
from cyberclass.text.attribution.phrases import Phrase
from cyberclass.text.attribution.rules import ACCUSED, ATTACK, NEAR, Finding, is_hearsay
from cyberclass.text.attribution.sentence import Sentence

#: Lists of what shows that somebody judges, claims or denies.
_CUES = (
    *("suspected.words", "assessed.words", "firm.words", "claimed.direct", "claimed.voice", "claimed.loose"),
    *("denied.own", "denied.other"),
)


def may_presume(reading: Reading, is_telling: bool) -> bool:
    """Tell quickly whether anything could be presumed; `is_telling` if an excerpt or a known name promises it."""
    return is_telling or (reading.has(ATTACK) and reading.has(("perpetrators.core", "intro.words")))


def presumed_in(sentence: Sentence, is_near: bool) -> list[Finding]:
    """Find what a sentence that no rule fits still lets presume: an actor beside a cue, or before what actors do.

    `is_near` if an attack is told of around it.
    """
    clause = Clause(sentence, 0, len(sentence.words))
    if clause.has("profile.words") or (sentence.words[-1] == "?" and not sentence.known):
        return []
    deeds = [start for start, _ in clause.hits("attack.crimes", "attack.verbs", "accused.before")]
    is_told = clause.speaker is not None or clause.has("court.words") or clause.has_word(sentence.grammar.first_person)
    is_attack = is_near or clause.has(*ATTACK)
    has_cue, accusing = clause.has(*ACCUSED, *_CUES), clause.hits(*ACCUSED)
    best, most = None, 0
    for phrase in sentence.phrases_before(clause.last, clause.first):
        if sentence.is_speaker(phrase, clause.speaker) or sentence.is_negated(phrase):
            continue
        acts = any(0 <= start - phrase.end <= NEAR for start in deeds)
        score = 0
        if sentence.is_known(phrase) or sentence.is_introduced(phrase):
            score = 4 if acts else 3 if has_cue else int(is_told or is_near)
        elif is_attack and (sentence.is_state(phrase) or sentence.is_actor(phrase)):
            score = 2 if acts or has_cue else 0
        elif is_attack and is_told:
            score = acts or any(0 <= phrase.start - end <= 2 or 0 <= start - phrase.end <= 2 for start, end in accusing)
        if score > most:
            best, most = phrase, score
    return [_presumed(clause, best)] if best else []


def _presumed(clause: Clause, phrase: Phrase) -> Finding:
    sentence, by = clause.sentence, clause.by()
    actor = sentence.text_of(phrase)
    if clause.has("denied.own", "denied.other"):
        return Finding(by if by in ("government", "company", "victim") else "actor", "denied", actor)
    if by in ("unnamed", "actor") and clause.has("claimed.direct", "claimed.voice", "claimed.loose"):
        return Finding("actor", "claimed", actor)
    return Finding(by, "claimed" if is_hearsay(clause, by) else clause.stance(by), actor)

"""The rules: whether a clause leaves the author open, denies, claims or accuses; the first that applies counts."""

from typing import NamedTuple

from cyberclass.text.attribution.attributions import SPEAKERS
from cyberclass.text.attribution.clause import Clause, clauses_of
from cyberclass.text.attribution.lexicon import Reading
from cyberclass.text.attribution.phrases import Phrase
from cyberclass.text.attribution.sentence import Sentence

#: Lists of those who are accused, by what stands before or behind them.
ACCUSED = (
    *("accused.after", "accused.said_after", "accused.before", "accused.in_court", "accused.cleft"),
    *("accused.loosely_after", "accused.loosely_before"),
)
#: Lists of which an expression may make an attribution of itself, and those of which one does so of a group.
_SURE = (*ACCUSED[:5], "claimed.direct", "claimed.voice", "denied.own", "denied.other", "unknown.direct")
_UNSURE = (*ACCUSED[5:], "claimed.loose", "attack.verbs", "attack.more", "attack.crimes")
GROUPS = (
    *("perpetrators.core", "perpetrators.neutral", "perpetrators.ideological", "perpetrators.criminal"),
    *("perpetrators.state", "intro.words"),
)
ATTACK = ("attack.nouns", "attack.verbs", "attack.crimes")
_ACCUSING = ("confirmed", "assessed", "suspected")
_RESPONSIBILITY = frozenset(("responsibility", "credit"))

#: Words between "who" and "is not known", and between an actor and what it did, at most.
_REACH, NEAR = 25, 8


class Finding(NamedTuple):
    """An attribution, as yet without its sentence."""

    by: str
    stance: str
    actor: str


def may_attribute(reading: Reading, has_names: bool) -> bool:
    """Tell quickly whether any rule could apply to a sentence; `has_names` if it names a known actor."""
    if reading.has(_SURE) or (reading.has(("unknown.who",)) and reading.has(("unknown.ignorance",))):
        return True
    return reading.has(_UNSURE) and (has_names or reading.has(GROUPS) or reading.has(("attack.crimes",)))


def findings_of(sentence: Sentence) -> list[Finding]:
    """Find the attributions of a sentence."""
    found = []
    for clause in clauses_of(sentence):
        finding = unknown(clause) or denied(clause) or claimed(clause) or accused(clause) or plain(clause)
        if finding and finding not in found:
            found.append(finding)
    if len(found) == 1 and found[0].stance in _ACCUSING:
        # A hedge may stand in another clause.
        whole = Clause(sentence, 0, len(sentence.words))
        return [found[0]._replace(stance=whole.stance(found[0].by))]
    return found


def unknown(clause: Clause) -> Finding | None:
    """Somebody says that the author is not known, or not named."""
    if not clause.has("unknown.direct"):
        who, ignorance = clause.hits("unknown.who"), clause.hits("unknown.ignorance")
        if not any(abs(mine - other) <= _REACH for mine, _ in who for other, _ in ignorance):
            return None
    by = clause.by()
    return Finding(clause.subject() if by == "unnamed" and not clause.speaker else by, "unknown", "")


def denied(clause: Clause) -> Finding | None:
    """The accused denies, or somebody clears him."""
    sentence = clause.sentence
    own, other = clause.hits("denied.own"), clause.hits("denied.other")
    if not own and not other:
        return None
    is_about_attack = sentence.reading.has((*ATTACK, *ACCUSED, *GROUPS)) or sentence.known
    if not is_about_attack and not clause.is_said_by("government"):
        return None
    start, end = (own or other)[0]
    by = clause.by()
    is_defence = by != "government" and clause.has("court.words")
    speaks_of_itself = clause.has_word(sentence.grammar.first_person) or is_defence
    if not own or (clause.is_said_by("company", "victim") and not speaks_of_itself):
        phrase = sentence.phrases.after(end)
        if phrase is None or not phrase.is_name:
            phrase = sentence.actor_in(clause.first, clause.last, clause.speaker) or phrase
        # A victim that denies something without a name denies no author.
        actor = sentence.text_of(phrase) or (sentence.context.recalled() if other else "")
        if by == "unnamed" and phrase and (sentence.is_actor(phrase) or sentence.is_group(phrase)):
            # Who else takes an actor's part?
            by = "actor"
        return Finding(by, "denied", actor) if actor else None
    accused = sentence.subject(start, clause.first) or sentence.actor_in(clause.first, clause.last)
    accused = accused or sentence.actor_in(0, len(sentence.words))
    if clause.is_said_by("government"):
        actor = _country_of(clause) or sentence.text_of(accused) or sentence.context.actor
        return Finding("government", "denied", actor) if actor else None
    actor = sentence.resolved(accused)
    is_state = actor in sentence.places.countries or actor in sentence.places.services
    return Finding("government" if is_state else "actor", "denied", actor) if actor else None


def _country_of(clause: Clause) -> str:
    """Find the country of a government that speaks: "Iran's mission", "the Iranian ambassador"."""
    sentence, speaker = clause.sentence, clause.speaker
    places = sentence.places.countries | sentence.places.people
    if speaker is None:
        return ""
    for start in range(speaker.start, speaker.end):
        for end in range(min(speaker.end, start + 3), start, -1):
            if " ".join(sentence.words[start:end]) in places:
                return " ".join(sentence.words[start:end])
    for place in range(speaker.start, speaker.end):
        if sentence.phrases.capital[place]:
            start, end = sentence.phrases.capitals.run_at(place)
            owner = next((at for at in range(start, end) if sentence.lower[at] == "'s"), end)
            if sentence.phrases.barred.isdisjoint(range(start, owner)):
                return sentence.text_of(Phrase(start, owner, True))
            break
    return ""


def claimed(clause: Clause) -> Finding | None:
    """The actor says that he did it."""
    sentence = clause.sentence
    direct, voice, loose = clause.hits("claimed.direct"), clause.hits("claimed.voice"), clause.hits("claimed.loose")
    if not direct and not voice and not loose:
        return None
    phrase = _claimant(clause)
    is_actor = phrase is not None and sentence.is_actor(phrase)
    is_told = clause.has("accused.after") or not direct
    if phrase and is_actor and any(start == phrase.end for start, _ in loose):
        # "On Wolfsbane's blog".
        return Finding("actor", "claimed", sentence.text_of(phrase))
    if is_told and clause.is_said_by("government", "company", "victim"):
        return None
    if not direct and not voice and clause.is_said_by("unnamed") and not clause.has("intro.voice"):
        return None
    if phrase and not direct and not voice and sentence.is_state(phrase):
        return None
    is_group = phrase is not None and sentence.is_group(phrase)
    if not direct and not voice and not is_actor and not is_group:
        return None
    if phrase and not voice and not is_actor and _is_source(sentence, phrase):
        return None
    if phrase and clause.is_said_by("government", "victim", "company") and sentence.is_speaker(phrase, clause.speaker):
        return None
    actor = sentence.resolved(phrase)
    is_plain = bool(voice and loose) or clause.has(*ATTACK) or clause.has_word(_RESPONSIBILITY)
    if not actor or not (is_actor or is_group or is_plain):
        return None
    if clause.is_said_by("government") and not is_actor and not is_group:
        # What police tell of a suspect's words is a confession.
        return Finding("government", "confirmed", actor)
    is_hearsay = clause.is_said_by("unnamed") and clause.has("intro.voice") and not clause.has_word(_RESPONSIBILITY)
    return Finding("unnamed" if is_hearsay else "actor", "claimed", actor)


def _claimant(clause: Clause) -> Phrase | None:
    sentence = clause.sentence
    direct, loose = clause.hits("claimed.direct"), clause.hits("claimed.loose")
    phrase = sentence.introduced_in(clause.first, clause.last)
    for _, end in direct + loose:
        if phrase is None and sentence.lower[end - 1] in ("by", "signed", "of", "as"):
            phrase = sentence.phrases.after(end)
    if phrase is None and direct:
        phrase = sentence.subject(direct[0][0], clause.first)
    if phrase is None and clause.has("claimed.voice"):
        phrase = sentence.actor_in(clause.first, clause.last)
    for start, _ in loose:
        if phrase is None:
            subject = sentence.subject(start, clause.first)
            if subject and (sentence.is_actor(subject) or sentence.is_group(subject)):
                phrase = subject
    return phrase


def _is_source(sentence: Sentence, phrase: Phrase) -> bool:
    """Whether a word for an official or a victim stands in a phrase or close to it."""
    return any(
        start >= phrase.start - 4 and end <= phrase.end + 3
        for start, end in sentence.reading.of("sources.victim.words", "sources.government.words")
    )


def accused(clause: Clause) -> Finding | None:
    """Somebody says that another did it."""
    sentence, speaker = clause.sentence, clause.speaker
    phrase, is_bare = _accused_phrase(clause)
    actor = sentence.text_of(phrase)
    if not actor and is_bare:
        sentence.context.catch_up()
        actor = sentence.context.actor or sentence.context.group
    if not actor:
        return None
    if speaker and not speaker.by and phrase and phrase.start < speaker.end and speaker.start < phrase.end:
        clause.speaker = speaker = None
    by = clause.by()
    if is_hearsay(clause, by):
        return Finding(by, "claimed", actor)
    return Finding(by, clause.stance(by), actor)


def is_hearsay(clause: Clause, by: str) -> bool:
    """Whether a voice that nobody stands by accuses."""
    return by == "unnamed" and (
        (clause.speaker is not None and clause.has("intro.voice")) or clause.has("sources.unnamed.voices")
    )


def _accused_phrase(clause: Clause) -> tuple[Phrase | None, bool]:
    """Find who is accused, a name and a sure expression first, or whether a pronoun is."""
    sentence, speaker = clause.sentence, clause.speaker
    best, most, is_bare = None, -1, False
    in_court = clause.has("court.words")
    for name in ACCUSED:
        is_after, is_loose = name.endswith(("after", "cleft")), "loosely" in name
        if name == "accused.said_after":
            is_loose = not _is_said(clause)
        if name == "accused.in_court" and not in_court:
            continue
        for start, end in clause.hits(name):
            phrase = sentence.phrases.after(end) if is_after else sentence.subject(start, clause.first, speaker)
            if phrase is None:
                is_bare = is_bare or (not is_loose and sentence.is_bare(end if is_after else start - 1))
                continue
            if phrase.end > clause.last or sentence.is_speaker(phrase, speaker) or sentence.is_negated(phrase):
                continue
            is_actor = sentence.is_actor(phrase)
            is_person = not sentence.phrases.marks["personal"].isdisjoint(range(phrase.start, phrase.end))
            if not is_actor and (
                (is_loose and not is_person) or (name == "accused.cleft" and not _is_cleft(clause, phrase))
            ):
                continue
            score = 4 * phrase.is_name + 2 * is_actor + is_after - 2 * is_loose
            score += 3 * (sentence.lower[end - 1] == "as") - 3 * sentence.is_country(phrase)
            if score > most:
                best, most = phrase, score
    introduced = sentence.introduced_in(clause.first, clause.last)
    return (introduced if best and introduced and most < 7 else best), is_bare


def _is_weighed(clause: Clause) -> bool:
    """Whether somebody whom a list knows says how sure he is."""
    return clause.is_said_by(*SPEAKERS) and clause.has("assessed.words", "suspected.words", "firm.words")


def _is_said(clause: Clause) -> bool:
    """Whether somebody speaks who weighs what he says."""
    sentence = clause.sentence
    if clause.has_word(sentence.grammar.first_person) or clause.is_said_by(*SPEAKERS):
        return True
    if any(sentence.is_bare(start - 1) for start, _ in clause.hits("speech.before")):
        return True
    return clause.speaker is not None and clause.has("assessed.words", "suspected.words", "firm.words")


def _is_cleft(clause: Clause, phrase: Phrase) -> bool:
    """Whether a phrase behind "it was" is a perpetrator's: "it was a clerk who ...", or a name from an official."""
    lower = clause.sentence.lower
    if "who" in lower[phrase.end : phrase.end + 1 + (_REACH if lower[phrase.end : phrase.end + 1] == [","] else 0)]:
        return True
    if not phrase.is_name:
        return False
    return clause.is_said_by("government", "company") or lower[phrase.end : phrase.end + 1] in ([","], ['"'])


def plain(clause: Clause) -> Finding | None:
    """The writer says without more what an actor did."""
    sentence, speaker = clause.sentence, clause.speaker
    crimes = {start for start, _ in clause.hits("attack.crimes")}
    verbs = [(start, False) for start in crimes]
    verbs += [(start, False) for start, _ in clause.hits("attack.verbs")]
    if clause.has("attack.nouns"):
        verbs += [(start, True) for start, _ in clause.hits("attack.more")]
    for start, needs_name in sorted(verbs):
        phrase = sentence.phrases.before(start, max(clause.first, start - 2 * NEAR))
        if phrase is None or start - phrase.end > NEAR:
            continue
        if speaker and speaker.by and sentence.is_speaker(phrase, speaker):
            continue
        is_enough = phrase.is_name and start in crimes and _is_weighed(clause)
        if (
            sentence.is_known(phrase)
            or sentence.is_introduced(phrase)
            or is_enough
            or (start in crimes and not sentence.phrases.marks["personal"].isdisjoint(range(phrase.start, phrase.end)))
            or (not needs_name and sentence.is_named_actor(phrase))
        ):
            by = speaker.by if speaker and speaker.by else "victim" if clause.is_filing() else "unnamed"
            return Finding(by, clause.stance(by), sentence.text_of(phrase))
    return None

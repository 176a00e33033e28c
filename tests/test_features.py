"""Features: forms, blocks and rows of the vectorizer, and the scorer that must agree with it."""

import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import spacy
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.utils import estimator_checks

from cyberclass.corpora.documents import texts_of
from cyberclass.model import scorer as scorer_module
from cyberclass.model import space
from cyberclass.model.features import IncidentVectorizer
from cyberclass.model.forms import form_of
from cyberclass.model.grams import bounded_grams, keys_of_forms, keys_of_grams
from cyberclass.model.lookup import Lookup
from cyberclass.model.scorer import Scorer
from cyberclass.text.cues import load_cues
from cyberclass.text.names import KINDS

TEXTS = [
    "State-sponsored hackers stole the plans of the ministry, the ministry said.",
    "A gang stole 1,500 customer records and asked for a ransom; the gang was paid.",
    "In 2016 hackers stole the records of a hospital and asked for a ransom of 20 bitcoin.",
    "Turla stole the plans, and LockBit ransomware hit the hospital: see https://a.example/1.",
]
ODD = ["", " \n\t ", "-", "?!", "zzyzx qqfoo", "\U0001f480", "ransom " * 500, "Ιός İSTANBUL ß", "a", "a\u2028b", "\x00"]
TOKENIZER = spacy.blank("en").tokenizer


def forms_of(text):
    return [
        form_of(token.text) for token in TOKENIZER(text) if not token.is_space and token.text not in "-\u2013\u2014"
    ]


def dense(matrix):
    return matrix.toarray()


@pytest.fixture(scope="module")
def texts(small_frame):
    return texts_of(small_frame)[::3]


@pytest.fixture(scope="module")
def fitted(texts):
    return IncidentVectorizer().fit(texts)


@pytest.fixture
def weights(fitted):
    return np.random.default_rng(0).normal(size=(len(fitted.get_feature_names_out()), 3))


@pytest.mark.parametrize(
    ("token", "form"),
    [
        ("", ""),
        ("-", "-"),
        ("Hackers", "hackers"),
        ("U.S.", "u.s."),
        ("ÉTAT", "état"),
        ("1899", "0"),
        ("1900", "0000"),
        ("2016", "0000"),
        ("2099", "0000"),
        ("2100", "0"),
        ("20160", "0"),
        ("7", "0"),
        ("1,500", "0"),
        ("10.0.0.1", "0"),
        ("12:30", "0"),
        ("1/2", "0"),
        (".", "."),
        ("...", "..."),
        ("5m", "5m"),
        ("APT29", "apt29"),
        ("٣", "0"),
        ("½", "½"),
        ("CVE-2021-44228", "cve-0"),
        ("cve-2021", "cve-2021"),
        ("https://a.example/1", "www"),
        ("HXXPS://a.example", "www"),
        ("hxxp://x.example", "www"),
        ("www.a.example", "www"),
        ("a.example", "a.example"),
        ("http", "http"),
    ],
)
def test_a_token_is_folded_into_its_form(token, form):
    assert form_of(token) == form


@pytest.mark.parametrize(
    ("form", "lengths", "grams"),
    [
        ("", (2, 5), ["<>"]),
        ("", (3, 5), []),
        ("a", (2, 2), ["<a", "a>"]),
        ("a", (2, 5), ["<a", "a>", "<a>"]),
        ("gru", (3, 4), ["<gr", "gru", "ru>", "<gru", "gru>"]),
        ("gru", (1, 1), ["<", "g", "r", "u", ">"]),
        ("aaa", (2, 2), ["<a", "aa", "aa", "a>"]),
        ("\U0001f480é", (2, 3), ["<\U0001f480", "\U0001f480é", "é>", "<\U0001f480é", "\U0001f480é>"]),
    ],
)
def test_character_grams_are_those_of_the_bounded_form(form, lengths, grams):
    assert bounded_grams(form, lengths) == grams


@pytest.mark.parametrize("lengths", [(1, 1), (2, 5), (3, 3), (4, 9)])
@pytest.mark.parametrize(
    "forms", [[], [""], ["a"], ["", "a", "", "ab"], ["ransomware", "ware", "\U0001f480é", "aaaa", "\ud800"], ["x" * 50]]
)
def test_keys_of_forms_are_those_of_their_grams(forms, lengths):
    keys, owners = keys_of_forms(forms, lengths)
    found = Counter(zip(owners.tolist(), keys.tolist(), strict=True))
    grams = [(owner, gram) for owner, form in enumerate(forms) for gram in bounded_grams(form, lengths)]
    numbers = keys_of_grams([gram for _, gram in grams]).tolist()
    assert found == Counter(zip([owner for owner, _ in grams], numbers, strict=True))


def test_different_grams_have_different_keys(texts):
    grams = sorted({gram for text in texts for form in forms_of(text) for gram in bounded_grams(form, (1, 6))})
    assert len(np.unique(keys_of_grams(grams))) == len(grams)


def test_words_and_pairs_are_weighted_as_by_scikit_learn(texts):
    reference = TfidfVectorizer(
        tokenizer=forms_of, token_pattern=None, lowercase=False, ngram_range=(1, 2), min_df=2, sublinear_tf=True
    ).fit(texts)
    vectorizer = IncidentVectorizer().fit(texts)
    names = [name.split(":", 1) for name in vectorizer.get_feature_names_out()[: vectorizer.blocks()["pair"].stop]]
    columns = [reference.vocabulary_[name] for _, name in names]
    assert sorted(columns) == list(range(len(reference.vocabulary_)))
    shown = [*texts[:40], *TEXTS, *ODD]
    found = dense(vectorizer.transform(shown))[:, : len(names)]
    assert found == pytest.approx(dense(reference.transform(shown))[:, columns], abs=1e-12)


def test_inverse_document_frequencies_are_those_of_scikit_learn():
    counts = CountVectorizer(tokenizer=forms_of, token_pattern=None, lowercase=False, min_df=2).fit(TEXTS)
    reference = TfidfTransformer(smooth_idf=True).fit(counts.transform(TEXTS))
    vocabulary = IncidentVectorizer().fit(TEXTS).vocabulary_
    assert vocabulary.words.tolist() == counts.get_feature_names_out().tolist()
    assert vocabulary.word_idf == pytest.approx(reference.idf_, abs=1e-15)
    assert vocabulary.unseen_idf == pytest.approx(np.log(5 / 1) + 1)


def test_characters_are_summed_over_words_by_the_weights_of_these():
    vectorizer = IncidentVectorizer(char_lengths=(2, 3), char_weight=0.5).fit(TEXTS)
    vocabulary = vectorizer.vocabulary_
    idf_of = dict(zip(vocabulary.words.tolist(), vocabulary.word_idf, strict=True))
    gram_idf = dict(zip(vocabulary.grams.tolist(), vocabulary.gram_idf, strict=True))
    shown = [*TEXTS, "unseen words: ransomware hits hospitals, hospitals", *ODD]
    expected = np.zeros((len(shown), len(gram_idf)))
    for row, text in zip(expected, shown, strict=True):
        counts = Counter(forms_of(text))
        shares = {form: (1 + np.log(n)) * idf_of.get(form, vocabulary.unseen_idf) for form, n in counts.items()}
        length = np.sqrt(sum(share**2 for share in shares.values()))
        for form, share in shares.items():
            grams = Counter(gram for gram in bounded_grams(form, (2, 3)) if gram in gram_idf)
            values = np.array([grams[gram] * gram_idf[gram] for gram in gram_idf])
            if grams:
                row += 0.5 * share / length * values / np.sqrt((values**2).sum())
    assert dense(vectorizer.transform(shown))[:, vectorizer.blocks()["char"]] == pytest.approx(expected, abs=1e-12)


def test_grams_stand_in_more_texts_than_words_must():
    vectorizer = IncidentVectorizer(min_documents=2, char_lengths=(2, 3)).fit(["abc x", "abc x", "abd x", "q x"])
    assert vectorizer.vocabulary_.words.tolist() == ["abc", "x"]
    assert vectorizer.vocabulary_.grams.tolist() == ["<a", "<ab", "<x", "<x>", "ab", "x>"]


def test_cues_and_kinds_of_actors_have_columns_of_their_own(fitted):
    text = "Spies spied. Turla and Turla and LockBit."
    named = dict(zip(fitted.get_feature_names_out(), dense(fitted.transform([text]))[0], strict=True))
    assert named["motive:spying"] == pytest.approx(0.1 * np.log(3))
    assert [named[f"actor:{kind}"] for kind in ("state", "criminal", "activist")] == [0.3, 0.3, 0.0]


def test_the_vocabularies_know_nothing_of_later_texts(fitted, texts):
    before = fitted.get_feature_names_out().tolist()
    fitted.transform(["floccinaucinihilipilification " * 3])
    assert fitted.get_feature_names_out().tolist() == before


def test_rows_of_words_have_length_one(fitted, texts):
    words = dense(fitted.transform([*texts, *ODD]))[:, : fitted.blocks()["pair"].stop]
    lengths = np.sqrt((words**2).sum(axis=1))
    assert lengths[: len(texts)] == pytest.approx(1)
    assert all(length == pytest.approx(0) or length == pytest.approx(1) for length in lengths)


@pytest.mark.parametrize("text", ["", " \n", "-", "\u2014 -"])
def test_a_text_without_words_is_a_row_of_zeros(fitted, text):
    assert fitted.transform([text]).nnz == 0


def test_no_texts_have_no_rows(fitted):
    assert fitted.transform([]).shape == (0, len(fitted.get_feature_names_out()))


def test_every_column_has_a_name_and_a_block(fitted, texts):
    names = fitted.get_feature_names_out()
    assert len(names) == fitted.transform(texts[:2]).shape[1]
    assert len(set(names)) == len(names)
    ends = 0
    for block, place in fitted.blocks().items():
        assert place.start == ends
        assert {name.split(":")[0] for name in names[place]} <= {block}
        ends = place.stop
    assert ends == len(names)
    cues = load_cues()
    motive, harm = cues.names[: cues.n_motive], cues.names[cues.n_motive :]
    last = [
        *(f"motive:{cue}" for cue in motive),
        *(f"harm:{cue}" for cue in harm),
        *(f"actor:{kind}" for kind in KINDS),
    ]
    assert names[-len(last) :].tolist() == last


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "one string"),
        ("one text", "one string"),
        ([b"bytes"], "bytes at position 0"),
        (["a", None], "NoneType at position 1"),
        ([1.5], "float"),
        ([["a"]], "list"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_list_of_strings_is_refused(fitted, given, says):
    with pytest.raises(TypeError, match=says):
        IncidentVectorizer().fit(given)
    with pytest.raises(TypeError, match=says):
        fitted.transform(given)


@pytest.mark.parametrize("given", [[], [""], ["", " ", "-"], ["alpha", "beta"]])
def test_texts_without_a_shared_word_teach_nothing(given):
    with pytest.raises(ValueError, match="no word to learn from"):
        IncidentVectorizer().fit(given)


@pytest.mark.parametrize("make", [tuple, iter, np.array, lambda texts: (text for text in texts)])
def test_any_iterable_of_strings_will_do(make):
    expected = dense(IncidentVectorizer().fit_transform(TEXTS))
    assert np.array_equal(dense(IncidentVectorizer().fit(make(TEXTS)).transform(make(TEXTS))), expected)


@pytest.mark.parametrize("text", [*TEXTS, *ODD])
def test_a_row_does_not_depend_on_its_neighbours_or_on_what_was_read_before(fitted, texts, text):
    alone = dense(fitted.transform([text]))
    fresh = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(dense(fresh.transform([text])), alone)
    for before, after in ([texts[:3], texts[3:6]], [[], texts[:1]], [["", "state"], ["sponsored"]]):
        among = dense(fitted.transform([*before, text, *after]))[len(before)]
        assert np.array_equal(among, alone[0])


def test_the_order_of_training_texts_does_not_matter(texts):
    forwards, backwards = IncidentVectorizer().fit(texts), IncidentVectorizer().fit(texts[::-1])
    assert forwards.get_feature_names_out().tolist() == backwards.get_feature_names_out().tolist()
    assert np.array_equal(dense(forwards.transform(texts)), dense(backwards.transform(texts)))


def test_scores_are_rows_times_weights(fitted, texts, weights):
    shown = [*texts, *TEXTS, *ODD]
    expected = fitted.transform(shown) @ weights
    scorer = Scorer(fitted, weights)
    for _ in range(2):
        assert np.abs(scorer.score(shown)[0] - expected).max() < 1e-9
    one_by_one = np.vstack([scorer.score([text])[0] for text in shown])
    assert np.abs(one_by_one - expected).max() < 1e-9
    assert scorer.score([])[0].shape == (0, 3)


def test_scores_are_the_same_to_the_bit_whatever_was_read_before_and_beside(fitted, texts, weights):
    shown = [*texts[:40], *TEXTS, *ODD]
    expected = Scorer(pickle.loads(pickle.dumps(fitted)), weights).score(shown)[0]
    other = Scorer(pickle.loads(pickle.dumps(fitted)), weights)
    assert np.array_equal(other.score(shown[::-1])[0], expected[::-1])
    assert np.array_equal(np.vstack([other.score([text])[0] for text in shown]), expected)


def test_memory_has_a_bound_and_letting_go_changes_nothing(fitted, texts, weights, monkeypatch):
    shown = [*texts[:30], *ODD]
    expected = fitted.transform(shown) @ weights
    monkeypatch.setattr(space, "MEMO_CHUNKS", 50)
    scorer = Scorer(fitted, weights)
    lookups = []
    for place, text in enumerate(shown):
        assert np.abs(scorer.score([text])[0] - expected[place]).max() < 1e-9
        if place % 7 == 0:
            assert np.abs(fitted.transform([text]) @ weights - expected[place]).max() < 1e-9
        with fitted.reading() as lookup:
            lookups.append(lookup)
    assert len({id(lookup) for lookup in lookups}) > 10
    assert lookups[-1].n_chunks <= 50


def test_random_words_neither_push_the_memory_beyond_its_bound_nor_out_what_is_met_again(fitted, weights, monkeypatch):
    monkeypatch.setattr(space, "MEMO_CHUNKS", 200)
    monkeypatch.setattr(scorer_module, "_BLOCK", 300)
    scorer = Scorer(fitted, weights)
    words = (f"{place:x}w" for place in range(10**6))
    common = " ".join(next(words) for _ in range(20))
    largest, known = 0, []
    for _ in range(30):
        texts = [f"{common} {' '.join(next(words) for _ in range(10))}" for _ in range(10)]
        expected = Scorer(clone(fitted).adopt(fitted.vocabulary_), weights).score(texts)
        assert np.abs(scorer.score(texts).scores - expected.scores).max() < 1e-9
        with fitted.reading() as lookup:
            largest = max(largest, lookup.n_chunks)
            before = lookup.n_chunks
            lookup.see([common])
            known.append(lookup.n_chunks == before)
    # One block goes beyond the bound at most.
    assert largest <= 200 + 30
    assert all(known)


def test_chunks_known_from_the_beginning_change_nothing(fitted, texts):
    chunks = ["Ransomware", "don't", "a\u3000b", "never-met", "APT28", ""]
    shown = [*texts[:30], *ODD, " ".join(chunks)]
    plain, warm = Lookup(fitted.vocabulary_), Lookup(fitted.vocabulary_, chunks)
    assert warm.n_chunks == len(chunks) - 1
    first, second = plain.see(shown), warm.see(shown)
    # Sums in another order differ in their last bit.
    assert np.abs(dense(first.words) - dense(second.words)).max() < 1e-12
    assert np.abs(dense(first.pairs) - dense(second.pairs)).max() < 1e-12
    assert np.array_equal(first.cues, second.cues)
    assert np.array_equal(first.kinds, second.kinds)
    assert first.matches == second.matches
    assert np.array_equal(first.n_words, second.n_words)


def test_texts_scored_in_blocks_have_the_scores_of_one(fitted, texts, weights, monkeypatch):
    shown = ["", *texts[:30], "", *ODD]
    whole = Scorer(fitted, weights).score(shown)
    monkeypatch.setattr(scorer_module, "_BLOCK", 500)
    parts = Scorer(fitted, weights).score(shown)
    assert np.abs(parts.scores - whole.scores).max() < 1e-9
    assert parts.matches == whole.matches
    assert np.array_equal(parts.n_words, whole.n_words)


def test_threads_that_share_a_model_get_the_scores_of_one(fitted, texts, weights, monkeypatch):
    monkeypatch.setattr(space, "MEMO_CHUNKS", 500)
    scorer = Scorer(fitted, weights)
    batches = [texts[start : start + 10] for start in range(0, len(texts), 10)]
    expected = [Scorer(fitted, weights).score(batch).scores for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda batch: scorer.score(batch).scores, batches))
    for mine, theirs in zip(found, expected, strict=True):
        assert np.abs(mine - theirs).max() < 1e-9


def test_within_the_bound_the_lookup_stays(fitted, texts):
    fitted.transform(texts)
    with fitted.reading() as lookup:
        pass
    fitted.transform(TEXTS)
    with fitted.reading() as again:
        assert again is lookup


@pytest.mark.parametrize(
    "place",
    [
        "cyberclass.model.forms.form_of",
        "cyberclass.model.forms.FormTable._describe",
        "cyberclass.model.lookup.Lookup._meet",
        "cyberclass.model.reading.TextReader._count_cues",
        "cyberclass.text.language.TokenMemo._find_watched",
        "cyberclass.text.splitting.ChunkSplitter._is_odd",
    ],
)
def test_an_interruption_changes_nothing_that_comes_after(fitted, texts, weights, place, monkeypatch):
    scorer = Scorer(fitted, weights)
    shown = [*texts[:30], *ODD, "Words (never) met, 12th: CVE-2031-9."]
    expected = scorer.score(shown)[0]
    fitted.adopt(fitted.vocabulary_)
    scorer.score(shown[:3])

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, interrupt)
        with pytest.raises(KeyboardInterrupt):
            scorer.score(shown)
    assert np.abs(scorer.score(shown)[0] - expected).max() < 1e-9


# The checks of scikit-learn that need no matrix of numbers; `parametrize_with_checks` leaves out all the others of an
# estimator of strings, and with them these.
@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_valid_tag_types,
        estimator_checks.check_mixin_order,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
    ],
)
def test_scikit_learns_own_check_passes(check):
    check("IncidentVectorizer", IncidentVectorizer())


def test_fit_returns_the_vectorizer_and_leaves_its_parameters():
    vectorizer = IncidentVectorizer(
        min_documents=1, char_lengths=(3, 3), char_weight=0.1, cue_weight=0.2, name_weight=0.4
    )
    before = vectorizer.get_params()
    assert vectorizer.fit(TEXTS) is vectorizer
    assert vectorizer.get_params() == before
    assert vectorizer.set_params(char_weight=2.0).char_weight == 2.0
    assert clone(vectorizer).get_params() == {**before, "char_weight": 2.0}


@pytest.mark.parametrize(
    "ask",
    [
        lambda vectorizer: vectorizer.transform([""]),
        lambda vectorizer: vectorizer.get_feature_names_out(),
        lambda vectorizer: vectorizer.blocks(),
        lambda vectorizer: Scorer(vectorizer, np.zeros((1, 1))),
        lambda vectorizer: clone(vectorizer.fit(TEXTS)).transform([""]),
    ],
)
def test_what_is_not_fitted_says_so(ask):
    with pytest.raises(NotFittedError):
        ask(IncidentVectorizer())


def test_fitting_again_forgets_the_first_texts():
    again = IncidentVectorizer().fit(["red fox", "red hen"])
    again.transform(["red fox"])
    again.fit(TEXTS)
    assert again.get_feature_names_out().tolist() == IncidentVectorizer().fit(TEXTS).get_feature_names_out().tolist()
    assert np.array_equal(dense(again.transform(TEXTS)), dense(IncidentVectorizer().fit_transform(TEXTS)))


def test_a_pickle_gives_the_same_rows_and_carries_no_memory(fitted, texts):
    expected = dense(fitted.transform(texts))
    small = len(pickle.dumps(fitted))
    fitted.transform([f"word{number}" for number in range(3000)])
    stored = pickle.dumps(fitted)
    assert len(stored) == small
    # Sums over words go in the order these were met, which may move the last bit.
    assert np.array_equal(dense(pickle.loads(stored).transform(texts)), expected)


def test_an_unfitted_vectorizer_survives_a_pickle():
    assert pickle.loads(pickle.dumps(IncidentVectorizer(min_documents=7))).min_documents == 7


@pytest.mark.parametrize(
    ("weight", "block"), [("char_weight", "char"), ("cue_weight", "motive"), ("name_weight", "actor")]
)
def test_a_weight_scales_its_block_alone(weight, block):
    plain, scaled = IncidentVectorizer(**{weight: 1.0}).fit(TEXTS), IncidentVectorizer(**{weight: 3.0}).fit(TEXTS)
    place = plain.blocks()[block]
    before, after = dense(plain.transform(TEXTS)), dense(scaled.transform(TEXTS))
    assert before[:, place].any()
    assert after[:, place] == pytest.approx(3 * before[:, place])
    others = np.ones(before.shape[1], dtype=bool)
    others[place] = False
    others[plain.blocks()["harm"]] &= weight != "cue_weight"
    assert np.array_equal(before[:, others], after[:, others])

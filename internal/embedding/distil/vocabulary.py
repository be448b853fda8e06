#!/usr/bin/env python3
"""Choose the table's vocabulary, and split texts as the Go package does.

    python vocabulary.py --pairs pairs.jsonl --teacher DIR --output vocabulary.txt

words and Splitter are the reference for words.go and wordpiece.go: testdata/
tokens.json holds what they give (see vectors.py), and the Go tests compare.
"""

import argparse
import collections
import functools
import json
import pathlib
import random
import unicodedata

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

UNKNOWN = "[UNK]"
LONGEST_WORD = 100
SPACED = ("de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ko", "cs", "sv", "tr")
DENSE = ("ja", "zh")
FOLDED = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
DENSE_RANGES = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF),
    (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F),
)
DROPPED_RANGES = ((0x0300, 0x036F), (0x0591, 0x05BD), (0x064B, 0x065F), (0xFE00, 0xFE0F))


def within(ranges, point: int) -> bool:
    return any(low <= point <= high for low, high in ranges)


def words(text: str):
    """Yield (word, dense): dense words are of a script that writes no spaces."""
    for chunk in text.split():
        yield from words_of_chunk(chunk)


@functools.lru_cache(maxsize=1 << 20)
def words_of_chunk(text: str) -> list[tuple[str, bool]]:
    return list(scan(text))


def scan(text: str):
    word, dense = [], False
    for character in unicodedata.normalize("NFKD", text):
        point, category = ord(character), unicodedata.category(character)
        if character.isspace() or category[0] == "Z":
            kind = "space"
        elif within(DROPPED_RANGES, point) or category in ("Cc", "Cf", "Co", "Cs") or point == 0xFFFD:
            continue
        elif within(DENSE_RANGES, point):
            kind = "dense"
        else:
            kind = "letter" if category[0] in "LNM" else "symbol"
        if word and (kind in ("space", "symbol") or dense != (kind == "dense") or dense and len(word) == LONGEST_WORD):
            yield "".join(word), dense
            word = []
        if kind == "symbol":
            yield character, False
        elif kind != "space":
            dense = kind == "dense"
            lower = character.lower()
            lower = lower if len(lower) == 1 else character
            word.append(FOLDED.get(lower, lower))
    if word:
        yield "".join(word), dense


class Splitter:
    """Greedy longest match: continuations of a spaced word start with ##."""

    def __init__(self, tokens: list[str]):
        self.rows = {}
        for row, token in enumerate(tokens):
            self.rows.setdefault(token, row)
        self.unknown = self.rows[UNKNOWN]
        self.longest = max(map(len, tokens))
        self.known = {}

    def split(self, word: str, dense: bool) -> list[int]:
        if not dense and len(word) > LONGEST_WORD:
            return [self.unknown]
        pieces, prefix = [], ""
        while word:
            for end in range(min(len(word), self.longest), 0, -1):
                row = self.rows.get(prefix + word[:end])
                if row is not None:
                    pieces.append(row)
                    word = word[end:]
                    break
            else:
                if not dense:
                    return [self.unknown]
                pieces.append(self.unknown)
                word = word[1:]
            prefix = prefix if dense else "##"
        return pieces

    def rows_of(self, text: str) -> list[int]:
        found = []
        for word in words(text):
            if word not in self.known:
                self.known[word] = self.split(*word)
            found += self.known[word]
        return found


def count_words(texts: list[str]) -> tuple[collections.Counter, collections.Counter]:
    spaced, dense = collections.Counter(), collections.Counter()
    for text in texts:
        for word, is_dense in words(text):
            (dense if is_dense else spaced)[word] += 1
    return spaced, dense


def dense_pieces(runs: collections.Counter, limit: int) -> list[str]:
    """Characters, and the strings of up to six that occur more often than the
    longer strings around them explain."""
    counts = collections.Counter()
    for run, times in runs.items():
        for start in range(len(run)):
            for end in range(start + 1, min(start + 6, len(run)) + 1):
                counts[run[start:end]] += times
    inner = collections.Counter()
    for piece, times in counts.items():
        if len(piece) > 1:
            for part in (piece[1:], piece[:-1]):
                inner[part] = max(inner[part], times)
    characters = [p for p, times in counts.most_common() if len(p) == 1 and times >= 3]
    longer = {p: times for p, times in counts.items() if len(p) > 1 and times >= 12 and inner[p] < 0.8 * times}
    strength = {p: times * (len(p) - 1) ** 0.5 * cohesion(p, counts) for p, times in longer.items()}
    return characters + sorted(strength, key=strength.get, reverse=True)[: max(0, limit - len(characters))]


def cohesion(piece: str, counts: collections.Counter) -> float:
    """How much of the rarer half's occurrences are in this piece."""
    return max(counts[piece] / min(counts[piece[:cut]], counts[piece[cut:]]) for cut in range(1, len(piece)))


def subwords(texts: list[str], size: int) -> list[str]:
    """Pieces by byte-pair merges over all languages (as WordPiece trainers do)."""
    model = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    model.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=5, special_tokens=[UNKNOWN], limit_alphabet=600, show_progress=False)
    model.train_from_iterator((" ".join(w for w, dense in words(text) if not dense) for text in texts), trainer)
    return sorted(model.get_vocab(), key=model.token_to_id)


def teacher_tokens(folder: pathlib.Path) -> list[str]:
    """The teacher's own words and pieces, as far as this splitter can reach them."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    found = []
    for token in sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id):
        body = token.removeprefix("##")
        parts = list(words(body))
        if not (token.startswith("[") and token.endswith("]")) and len(parts) == 1 and parts[0] == (body, False):
            if body.isascii() or unicodedata.category(body[0])[0] == "L":
                found.append(token)
    return found


def choose(pairs: list[dict], folder: pathlib.Path, options) -> list[str]:
    random.seed(0)
    by_language = {name: [pair[name] for pair in pairs if pair.get(name)] for name in ("en", *SPACED, *DENSE)}
    chosen = dict.fromkeys([UNKNOWN, *teacher_tokens(folder)])
    sample = [t for texts in by_language.values() for t in random.sample(texts, min(options.sample, len(texts)))]
    chosen |= dict.fromkeys(subwords(sample, options.subwords))
    characters = {c for token in chosen for c in token.removeprefix("##") if unicodedata.category(c)[0] in "LNM"}
    chosen |= dict.fromkeys(prefix + c for c in sorted(characters) for prefix in ("", "##") if not within(DENSE_RANGES, ord(c)))
    for language, texts in by_language.items():
        spaced, dense = count_words(texts)
        if language in DENSE:
            chosen |= dict.fromkeys(dense_pieces(dense, options.dense))
            continue
        room = options.english if language == "en" else options.words
        fresh = [w for w, times in spaced.most_common() if w not in chosen and len(w) > 2 and times > 2 and w.isalpha()]
        chosen |= dict.fromkeys(fresh[:room])
        print(f"{language}: {len(texts)} texts, {len(fresh)} words beyond, {len(chosen)} tokens", flush=True)
    return list(chosen)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=pathlib.Path, required=True)
    parser.add_argument("--teacher", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--sample", type=int, default=40000)
    parser.add_argument("--subwords", type=int, default=36000)
    parser.add_argument("--words", type=int, default=2500)
    parser.add_argument("--english", type=int, default=14000)
    parser.add_argument("--dense", type=int, default=6500)
    options = parser.parse_args()
    pairs = [json.loads(line) for line in options.pairs.open()]
    options.output.write_text("\n".join(choose(pairs, options.teacher, options)))


if __name__ == "__main__":
    main()

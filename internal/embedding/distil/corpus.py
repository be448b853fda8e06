#!/usr/bin/env python3
"""Collect English texts and their translations from unpacked packages.

    python corpus.py --root DIR --output pairs.jsonl

DIR holds the packages of packages.txt, unpacked. Each line of the output is
{"source", "en", "de", "fr", …}: one English text and what it was translated to.
Message catalogues, help pages with numbered paragraphs and dictionaries are
translations of each other by construction, so nothing is aligned by guessing.
"""

import argparse
import collections
import gettext
import gzip
import html
import itertools
import json
import pathlib
import re
import zipfile

FOLDERS = {
    "de": "de", "de_DE": "de", "fr": "fr", "fr_FR": "fr", "es": "es", "es_ES": "es", "es-ES": "es", "it": "it", "it_IT": "it",
    "pt": "pt", "pt_BR": "pt", "pt-BR": "pt", "nl": "nl", "nl_NL": "nl", "pl": "pl", "pl_PL": "pl", "ru": "ru",
    "ru_RU": "ru", "ja": "ja", "ja_JP": "ja", "zh_CN": "zh", "zh-CN": "zh", "zh_Hans": "zh", "zh_Hans_CN": "zh",
    "zh-hans": "zh", "ko": "ko", "ko_KR": "ko", "cs": "cs", "cs_CZ": "cs", "sv": "sv", "sv_SE": "sv", "sv-SE": "sv",
    "tr": "tr", "tr_TR": "tr", "pt-br": "pt", "pt_PT": "pt",
}
DICTIONARIES = {
    "ces": "cs", "deu": "de", "fra": "fr", "ita": "it", "jpn": "ja", "nld": "nl",
    "pol": "pl", "por": "pt", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr",
}
PROPER_NAMES = re.compile(r"^(iso_|freeciv-(nations|ruledit)|kstars|kalzium|step)")
LONGEST = 600

Pairs = dict[tuple[str, str], dict[str, str]]


def clean(text: str) -> str:
    """Strip markup, placeholders and accelerators of user interfaces."""
    text = html.unescape(re.sub(r"<[^<>]{1,200}>", "", text))
    text = re.sub(r"%\([A-Za-z_]+\)[sdif]|%[-+0-9.]*(?:\d\$)?l?[sdiuflcxg]\b|%\d|\$\w+|\{[^{}]{0,60}\}|\\[nt]", " ", text)
    text = re.sub(r"\((?:&|_|~)\w\)", "", text)
    text = re.sub(r"(?<!\s)[_&~](?=\w)|\b[_&~](?=\w)|[_&~](?=\w)", "", text)
    return re.sub(r"\s+", " ", text).strip()


def language_of(path: pathlib.Path) -> str | None:
    for part in reversed(path.parts[:-1]):
        if part in FOLDERS:
            return FOLDERS[part]
    return FOLDERS.get(path.stem)


class Collection:
    """English texts with their translations; the first translation wins."""

    def __init__(self):
        self.pairs: Pairs = collections.defaultdict(dict)

    def add(self, source: str, english: str, language: str, text: str) -> None:
        english, text = clean(english), clean(text)
        if 2 < len(english) <= LONGEST and re.search(r"[A-Za-z]{2}", english):
            known = self.pairs[source, english]
            if text and text != english and len(text) <= 2 * LONGEST:
                known.setdefault(language, text)

    def add_aligned(self, source: str, english: dict, language: str, translated: dict) -> None:
        for key, text in english.items():
            if isinstance(text, str) and isinstance(translated.get(key), str):
                self.add(source, text, language, translated[key])


def catalogues(root: pathlib.Path, found: Collection) -> None:
    """Compiled gettext catalogues: the key is the English text."""
    for path in sorted(root.rglob("*.mo")):
        language = language_of(path)
        if language is None or PROPER_NAMES.match(path.stem):
            continue
        try:
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)._catalog
        except (OSError, UnicodeDecodeError, ValueError):
            continue
        for key, text in catalogue.items():
            key = key[0] if isinstance(key, tuple) else key
            found.add("messages:" + path.stem, key.split("\x04")[-1], language, text)


def sources_of_catalogues(root: pathlib.Path, found: Collection) -> None:
    """Catalogues that come as .po files only."""
    entry = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', re.M)
    for folder in ("trytond", "request-tracker5"):
        for path in sorted(p for p in root.rglob("*.po") if folder in str(p)):
            language = language_of(path)
            if language is None:
                continue
            for key, text in entry.findall(path.read_text(errors="replace")):
                key, text = ("".join(re.findall(r'"(.*)"', part)).replace('\\"', '"') for part in (key, text))
                found.add("messages:" + folder, key, language, text)


def office_help(root: pathlib.Path, found: Collection) -> None:
    """LibreOffice help: paragraphs carry the same number in every language."""
    paragraph = re.compile(r'<(?:p|h\d) id="([a-z]+_[a-z]*\d+)"[^>]*>(.*?)</(?:p|h\d)>', re.S)

    def read(path):
        return dict(paragraph.findall(path.read_text(errors="replace")))

    base = root / "usr/share/libreoffice/help"
    for path in sorted((base / "en-US").rglob("*.html")):
        english = read(path)
        for folder in sorted(base.iterdir()):
            other = folder / path.relative_to(base / "en-US")
            if folder.name in FOLDERS and other.exists():
                found.add_aligned("help:libreoffice", english, FOLDERS[folder.name], read(other))


def desktop_help(root: pathlib.Path, found: Collection) -> None:
    """GNOME help: a page has the same elements in the same order."""
    element = re.compile(r"<(p|title|desc|para|term)\b[^>]*>((?:(?!<\1\b).)*?)</\1>", re.S)
    base = root / "usr/share/help"
    for path in sorted(itertools.chain((base / "C").rglob("*.page"), (base / "C").rglob("*.xml"), (base / "C").rglob("*.docbook"))):
        english = element.findall(path.read_text(errors="replace"))
        for folder in sorted(base.iterdir()):
            other = folder / path.relative_to(base / "C")
            if folder.name not in FOLDERS or not other.exists():
                continue
            translated = element.findall(other.read_text(errors="replace"))
            if [tag for tag, _ in english] == [tag for tag, _ in translated]:
                for (_, one), (_, two) in zip(english, translated):
                    found.add("help:desktop", one, FOLDERS[folder.name], two)


def browser(root: pathlib.Path, found: Collection) -> None:
    """Firefox and Thunderbird: the same keys in every language pack."""
    line = re.compile(r"^\s*([A-Za-z][\w.-]*)\s*=\s*(.+)$", re.M)
    for product in ("firefox", "thunderbird"):
        packs = {}
        for path in sorted(root.rglob(f"langpack-*@{product}*.xpi")):
            name = re.match(r"langpack-([A-Za-z-]+)@", path.name).group(1)
            texts = {}
            with zipfile.ZipFile(path) as pack:
                for member in pack.namelist():
                    if member.endswith((".ftl", ".properties")):
                        place = member.replace(f"/{name}/", "/*/").replace(f"/{name}/", "/*/")
                        for key, text in line.findall(pack.read(member).decode(errors="replace")):
                            texts[place, key] = text
            packs[name] = texts
        for name, texts in packs.items():
            if name in FOLDERS and "en-GB" in packs:
                found.add_aligned("messages:" + product, packs["en-GB"], FOLDERS[name], texts)


def wiki(root: pathlib.Path, found: Collection) -> None:
    """MediaWiki: one JSON file of messages a language."""
    for path in sorted(root.rglob("en.json")):
        english = json.loads(path.read_text())
        for name in ("de", "fr", "es", "it", "pt-br", "nl", "pl", "ru", "ja", "zh-hans", "ko", "cs", "sv", "tr"):
            other = path.with_name(name + ".json")
            if other.exists():
                found.add_aligned("messages:mediawiki", english, FOLDERS[name], json.loads(other.read_text()))


def mail(root: pathlib.Path, found: Collection) -> None:
    """Roundcube: PHP arrays."""
    entry = re.compile(r"\[?'([\w-]+)'\]?\s*(?:=>|=)\s*'((?:[^'\\]|\\.)*)'")

    def read(path):
        return dict(entry.findall(path.read_text(errors="replace")))

    for path in sorted(itertools.chain(root.rglob("en_US/*.inc"), root.rglob("localization/en_US.inc"))):
        english = read(path)
        for name in FOLDERS:
            other = path.parents[1] / name / path.name if path.parent.name == "en_US" else path.with_name(name + ".inc")
            if other.exists():
                found.add_aligned("messages:roundcube", english, FOLDERS[name], read(other))


def dictionaries(root: pathlib.Path, found: Collection) -> None:
    """FreeDict: a headword with its pronunciation, then its translations."""
    for path in sorted((root / "usr/share/dictd").glob("freedict-eng-*.dict.dz")):
        language, head = DICTIONARIES.get(path.name.split("-")[2].split(".")[0]), None
        if language in (None, "de"):
            continue
        for line in gzip.open(path, "rt", errors="replace"):
            if match := re.match(r"(\S[^/<]*?) (?:/|<)", line):
                head = match.group(1)
            elif head and (text := re.sub(r"^\d+\. ", "", line).strip()) and len(text) < 80:
                if language != "ja" or re.match(r"[\u3040-\u9fff]", text):
                    found.add("dictionary:freedict", head, language, re.sub(r"[<\[(].*?[>\])]", "", text))
                head = None


def german(root: pathlib.Path, found: Collection) -> None:
    """Ding: German :: English, with | between forms and ; between synonyms."""
    path = root / "usr/share/trans/de-en"
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("#") or " :: " not in line:
            continue
        sides = [re.sub(r"\{.*?\}|\(.*?\)|\[.*?\]|<.*?>", "", side).split("|") for side in line.split(" :: ", 1)]
        for one, two in zip(*sides):
            found.add("dictionary:ding", two.split(";")[0], "de", one.split(";")[0])


def definitions(root: pathlib.Path, found: Collection) -> None:
    """WordNet: English words with their definitions and examples."""
    for path in sorted((root / "usr/share/wordnet").glob("data.*")):
        for line in path.read_text(errors="replace").splitlines():
            if " | " in line and line[0] != " ":
                words = line.split()
                names = [words[i].replace("_", " ").split("(")[0] for i in range(4, 4 + 2 * int(words[3], 16), 2)]
                gloss = line.split(" | ", 1)[1].strip()
                found.add("definitions:wordnet", ", ".join(names[:3]) + ": " + gloss.split(';')[0], "en", "")
                for example in re.findall(r'"([^"]{12,})"', gloss):
                    found.add("examples:wordnet", example, "en", "")


READERS = (catalogues, sources_of_catalogues, office_help, desktop_help, browser, wiki, mail, dictionaries, german, definitions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    found = Collection()
    for reader in READERS:
        before = len(found.pairs)
        reader(options.root, found)
        print(f"{reader.__name__}: {len(found.pairs) - before} texts", flush=True)
    merged, sources = collections.defaultdict(dict), {}
    for (source, english), translations in found.pairs.items():
        sources.setdefault(english, source)
        for language, text in translations.items():
            merged[english].setdefault(language, text)
    with options.output.open("w") as file:
        for english, source in sources.items():
            file.write(json.dumps({"source": source, "en": english} | merged.get(english, {}), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

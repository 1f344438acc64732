#!/usr/bin/env bash
# Decoding and resizing JPEGs of about 500 x 375 beside libjpeg-turbo: djpeg, one process a picture, and tjbench, which decodes in memory.
# Both write RGB and resize nothing. One thread each; the shortest of some rounds.
#   benchmarks/compare-decode.sh FOLDER     one folder of photographs a class
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
folder=$(realpath "${1:?usage: compare-decode.sh FOLDER}") rounds=${ROUNDS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build -c Release --nologo -v quiet Pipeline >"$work/build.log" || { cat "$work/build.log"; exit 1; }
run() { dotnet run -c Release --no-build --project Pipeline -- "$@"; }
run decode "$folder" "$rounds"
command -v djpeg >/dev/null || { echo "djpeg: not found (Debian: apt-get install libjpeg-turbo-progs)"; exit 0; }
run files "$folder" >"$work/files"
count=$(wc -l <"$work/files")
TIMEFORMAT='%U %S %R'
for ((round = 0; round < rounds; round++)); do
    { time while read -r file; do djpeg -outfile /dev/null "$file"; done <"$work/files"; } 2>>"$work/djpeg"
done
sort -g "$work/djpeg" | head -n 1 | awk -v n="$count" '{ printf "%-42s %7.3f ms processor time, %.3f ms in all\n", "djpeg, a process a picture", ($1 + $2) * 1000 / n, $3 * 1000 / n }'
while read -r file; do tjbench "$file" -rgb -quiet -benchtime 0.2 -warmup 0.05 -nowrite 2>/dev/null || true; done < <(head -n 40 "$work/files") >"$work/tjbench"
# The last column is the speed of decoding in millions of pixels a second.
awk '/^RGB/ && $NF > 0 { sum += $(NF - 4) * $(NF - 3) / 1e6 / $NF * 1000; n++ } END { if (n) printf "%-42s %7.3f ms over %d pictures\n", "tjbench, in memory", sum / n, n }' "$work/tjbench"

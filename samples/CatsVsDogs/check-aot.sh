#!/usr/bin/env bash
# Publishes the program compiled ahead of time and uses it beside the build that the runtime compiles, which has to be there
# (dotnet build -c Release): one file, the same weights to the last bit, the same predictions and heat maps. Needs clang or gcc, and zlib1g-dev.
# Keeps the folder of drawings in XDG_CACHE_HOME, which may hold it already. The last line says how many checks passed and failed.
#   samples/CatsVsDogs/check-aot.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="${XDG_CACHE_HOME:-$work/cache}"
passed=0 failed=0

check() {
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $what"
        failed=$((failed + 1))
    fi
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] && exit 0
    exit 1
}

aot() { "$work/bin/catsvsdogs" "$@"; }
jit() { dotnet samples/CatsVsDogs/bin/Release/net10.0/catsvsdogs.dll "$@"; }

same_lock_files() {
    local file
    while read -r file; do
        cmp "$work/source/$file" "$file" || return 1
    done < <(git ls-files '*packages.lock.json')
}

# Shows what a training writes only where it fails.
quietly() { "$@" >"$work/train.log" 2>&1 || { cat "$work/train.log"; return 1; }; }

# A copy of the sources: what is built here for one runtime is in nobody's way.
mkdir "$work/source"
git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=- | tar --extract --directory="$work/source"
if ! dotnet publish "$work/source/samples/CatsVsDogs" -c Release -r linux-x64 -p:PublishAot=true -o "$work/bin" --nologo >"$work/publish.log" 2>&1; then
    tail -n 30 "$work/publish.log"
    check "dotnet publish" false
    finish
fi
check "no warnings of the compiler" test "$(grep -c ' warning ' "$work/publish.log")" -eq 0
check "one file" test "$(ls "$work/bin")" = catsvsdogs
ls -l "$work/bin"
check "committed lock files are left alone" same_lock_files

# The compiled program's vectors are fixed; the other one is brought down to them.
level=$(aot info | sed -n 's/^backend .*, //p')
echo "vectors: $level"
check "vectors of 256 bits" test "$level" = avx2
export NUMERICS_SIMD=$level

arguments=(--limit 40 --batch-size 16)
check "train" quietly aot train "${arguments[@]}" --epochs 2 --output "$work/aot.safetensors"
check "train by the runtime" quietly jit train "${arguments[@]}" --epochs 2 --output "$work/jit.safetensors"
check "the same weights" cmp "$work/aot.safetensors" "$work/jit.safetensors"
check "the same history" cmp "$work/aot-run/history.csv" "$work/jit-run/history.csv"
check "a report" grep -q 'data:image/png;base64' "$work/aot-run/report.html"

pictures=("$XDG_CACHE_HOME"/numerics/catsvsdogs-drawings-v1/test/{Cat,Dog}/*1.jpg)
aot predict --weights "$work/aot.safetensors" --json --grad-cam "$work/heat" "${pictures[@]:0:4}" >"$work/aot.json"
check "predict" test $? -eq 0
jit predict --weights "$work/aot.safetensors" --json --grad-cam "$work/heat" "${pictures[@]:0:4}" >"$work/jit.json"
check "the same predictions" cmp "$work/aot.json" "$work/jit.json"
check "a heat map of each picture" test "$(ls "$work/heat" | wc -l)" -eq 4
aot evaluate --weights "$work/aot.safetensors" --data "$XDG_CACHE_HOME/numerics/catsvsdogs-drawings-v1/test" --json >"$work/evaluate.json"
check "evaluate" grep -q '"accuracy"' "$work/evaluate.json"
aot train --epochs 0 2>"$work/error.log"
check "exit codes" test $? -eq 2

# Killed and resumed: the weights of a run that was not.
aot train "${arguments[@]}" --epochs 30 --save-freq 1 --output "$work/killed.safetensors" >"$work/killed.log" 2>&1 &
process=$!
until grep -q '^epoch 2/30  loss' "$work/killed.log" || ! kill -0 "$process" 2>/dev/null; do sleep 0.05; done
kill -KILL "$process"
wait "$process" 2>/dev/null
sed -i 's/"epochs": 30/"epochs": 4/' "$work/killed-run/config.json"
check "resume" quietly aot train --resume --run-dir "$work/killed-run"
check "train without an interruption" quietly jit train "${arguments[@]}" --epochs 4 --output "$work/whole.safetensors"
check "the same weights after a kill" cmp "$work/killed.safetensors" "$work/whole.safetensors"
finish

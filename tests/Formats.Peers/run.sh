#!/usr/bin/env bash
# Exchanges models with other programs: Debian's python3-h5py and python3-onnx, and TensorFlow.js under Node and in Chromium, which are
# installed where they are missing. usage: [SCREENSHOT=page.png] run.sh; the last line says how many comparisons held.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
passed=0 failed=0 code=0

count() {
    local line
    line=$(tail -n 1 "$1")
    [[ "$line" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || { failed=$((failed + 1)); return; }
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
}

peer() {
    "$@" >"$work/log" 2>&1 || code=1
    grep -v '^ok ' "$work/log"
    count "$work/log"
}

numerics=(dotnet run -c Release --no-build --project . --)
picture=$PWD/../../docs/images/predictions.png
"${numerics[@]}" write "$work/models" "$picture" || exit 1
if ! /usr/bin/python3 -c 'import h5py, onnx' 2>/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-h5py python3-onnx python3-numpy >"$work/apt.log" 2>&1
fi
if /usr/bin/python3 -c 'import h5py, onnx' 2>/dev/null; then
    peer /usr/bin/python3 peers.py "$work/models"
else
    echo "not checked: python3-h5py and python3-onnx cannot be installed here"
fi
if command -v npm >/dev/null && (cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0 >"$work/npm.log" 2>&1); then
    peer node peers.mjs "$work/models" "$work"
    if ! command -v chromium >/dev/null; then
        apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >"$work/apt.log" 2>&1
    fi
    if command -v chromium >/dev/null; then
        peer node page.mjs ../../samples/Browser "$work/models" "$picture" "$work" "${SCREENSHOT:-$work/page.png}"
    else
        echo "not checked: chromium cannot be installed here"
    fi
else
    echo "not checked: @tensorflow/tfjs cannot be installed here"
fi
peer "${numerics[@]}" read "$work/models"
echo "$passed passed, $failed failed"
exit "$code"

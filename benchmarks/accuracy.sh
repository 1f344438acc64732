#!/usr/bin/env bash
# What the cats-vs-dogs network learns, here and in PyTorch, from the same photographs, with and without augmentation and dropout.
# Prints, for each, accuracy after the last epoch and in the best one, the mean over some seeds with the lowest and the highest.
#   benchmarks/accuracy.sh photos/train photos/test
#   EPOCHS=10 SEEDS='1 2 3' TORCH_SEEDS='1 2' DROPOUT=0.5 KEEP=histories benchmarks/accuracy.sh …     KEEP: a folder for the histories
set -euo pipefail
train=$(realpath "${1:?usage: accuracy.sh TRAIN TEST}") test=$(realpath "${2:?usage: accuracy.sh TRAIN TEST}")
epochs=${EPOCHS:-10} seeds=${SEEDS:-1 2 3} dropout=${DROPOUT:-0.5} threads=${THREADS:-$(nproc)} python=${PYTHON:-/usr/bin/python3}
torch_seeds=${TORCH_SEEDS-$seeds}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
histories=$work/histories
[ -z "${KEEP:-}" ] || { mkdir -p "$KEEP" && histories=$(realpath "$KEEP"); }
mkdir -p "$histories"
cd "$(dirname "${BASH_SOURCE[0]}")"

program=../samples/CatsVsDogs
dotnet build -c Release --nologo -v quiet "$program" >"$work/build.log" || { cat "$work/build.log"; exit 1; }
"$python" -c 'import torch, PIL' 2>/dev/null || {
    torch_seeds=
    echo "$python has no PyTorch or Pillow (Debian: apt-get install python3-torch libopenblas0-pthread python3-pil); ours alone:"
}

# A history that is there already is kept: a run of the script that was stopped goes on.
run() {
    local name=$1 options=("${@:2}") seed
    for seed in $seeds; do
        [ -s "$histories/ours,$name,$seed.csv" ] || {
            dotnet run -c Release --no-build --project "$program" -- train --data "$train" --validation-data "$test" --epochs "$epochs" \
                --seed "$seed" --threads "$threads" "${options[@]}" --output "$work/w.safetensors" --overwrite >"$work/log" || { cat "$work/log"; exit 1; }
            cp "$work/w-run/history.csv" "$histories/ours,$name,$seed.csv"
        }
    done
    for seed in $torch_seeds; do
        [ -s "$histories/PyTorch,$name,$seed.csv" ] || {
            OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads "$python" torch_accuracy.py "$train" "$test" --epochs "$epochs" --seed "$seed" \
                --threads "$threads" "${options[@]}" >"$work/torch.csv"
            mv "$work/torch.csv" "$histories/PyTorch,$name,$seed.csv"
        }
    done
}
run plain
run 'augmentation and dropout' --augment --dropout "$dropout"

printf '%-8s %-26s %5s %26s %26s %26s\n' '' '' seeds 'last epoch, test %' 'best epoch, test %' 'last epoch, training %'
awk -F, '
    FNR == 1 {
        for (i = 1; i <= NF; i++) column[$i] = i
        parts = split(FILENAME, path, "/"); split(path[parts], name, ","); key = name[1] "," name[2]
        if (!(key in count)) keys[++n] = key
        run = ++count[key]; best[key, run] = 0
        next
    }
    {
        value = 100 * $column["val_accuracy"]
        last[key, run] = value; training[key, run] = 100 * $column["accuracy"]
        if (value > best[key, run]) best[key, run] = value
    }
    function spread(values, key,    i, sum, low, high) {
        low = 1000; high = sum = 0
        for (i = 1; i <= count[key]; i++) { v = values[key, i]; sum += v; if (v < low) low = v; if (v > high) high = v }
        return sprintf("%.1f (%.1f to %.1f)", sum / count[key], low, high)
    }
    END {
        for (k = 1; k <= n; k++) {
            split(keys[k], name, ",")
            printf "%-8s %-26s %5d %26s %26s %26s\n", name[1], name[2], count[keys[k]], spread(last, keys[k]), spread(best, keys[k]), spread(training, keys[k])
        }
    }
' "$histories"/*.csv

#!/usr/bin/env bash
# The cats-vs-dogs network here, in PyTorch and in TorchSharp, in turn for several rounds: medians over the rounds, and how many
# times faster ours is than the fastest of the others. A peer that cannot run is left out, and why is said.
#   benchmarks/compare.sh
#   ROUNDS=1 STEPS=5 BATCH=8 THREADS=1 SIMD=avx2 PYTHON=python3 benchmarks/compare.sh
source "$(dirname "${BASH_SOURCE[0]}")/in-turn.sh"
steps=${STEPS:-10} batch=${BATCH:-32}
peers=()

build() {
    dotnet build -c Release --nologo -v quiet "$1" >"$work/build.log" 2>&1
}

ours() {
    dotnet run -c Release --no-build --project ../samples/CatsVsDogs -- bench --batch "$batch" --steps "$steps" --threads "$threads"
}

pytorch() {
    OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads \
        "$python" torch_step.py --batch "$batch" --steps "$steps" --threads "$threads" "$@"
}

torchsharp() {
    OMP_NUM_THREADS=$threads dotnet run -c Release --no-build --project TorchSharpStep -- "$batch" "$steps" "$threads"
}

run() {
    case $1 in
        numerics) ours ;;
        pytorch-nchw) pytorch ;;
        pytorch-channels-last) pytorch --channels-last ;;
        torchsharp) torchsharp ;;
    esac
}

build ../samples/CatsVsDogs || { cat "$work/build.log"; exit 1; }
if has_torch; then
    peers+=(pytorch-nchw pytorch-channels-last)
else
    echo "left out: PyTorch, which $python does not have (Debian: apt-get install python3-torch libopenblas0-pthread)"
fi
if ! build TorchSharpStep; then
    echo "left out: TorchSharp, whose packages cannot be restored or built: $(grep -m 1 -o 'error.*' "$work/build.log" || tail -n 1 "$work/build.log")"
elif ! reason=$(OMP_NUM_THREADS=$threads dotnet run -c Release --no-build --project TorchSharpStep -- 1 1 "$threads" 2>&1 >/dev/null); then
    echo "left out: ${reason##*$'\n'}"
else
    peers+=(torchsharp)
fi

for ((round = 1; round <= rounds; round++)); do
    for one in numerics "${peers[@]}"; do
        echo "round $round of $rounds: $one" >&2
        run "$one" >"$work/$one.$round"
    done
done

# The median over the rounds of the first number behind a label.
median() {
    sed -n "s/^$2  *\([0-9.,]*\) .*/\1/p" "$work/$1".* | tr -d , | sort -n |
        awk '{ value[NR] = $1 } END { if (NR) printf "%.4g\n", (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}

# How many times less ours is than the least of the others.
ratio() {
    local one
    for one in "${peers[@]}"; do
        median "$one" "$1"
    done | sort -n | head -n 1 | awk -v ours="$(median numerics "$1")" '{ printf "%.2f", $1 / ours }'
}

sed -n 's/^machine  *//p' "$work/numerics.1"
echo "batch $batch, $threads threads, medians of $rounds rounds of $steps steps"
echo
format='%-22s %14s %12s %14s %10s %12s\n'
# shellcheck disable=SC2059
{
    printf "$format" '' 'train step ms' 'predict ms' 'predict 1 ms' 'peak MiB' parameters
    for one in numerics "${peers[@]}"; do
        printf "$format" "$one" "$(median "$one" 'training step')" "$(median "$one" predict)" "$(median "$one" 'predict, batch 1')" \
            "$(median "$one" 'peak memory')" "$(sed -n 's/^network  *\([0-9,]*\) .*/\1/p' "$work/$one.1")"
    done
    [ ${#peers[@]} -eq 0 ] ||
        printf "$format" 'fastest peer / ours' "$(ratio 'training step')" "$(ratio predict)" "$(ratio 'predict, batch 1')" "$(ratio 'peak memory')" ''
}
echo
echo "floor of dense arithmetic at the measured peak of $(median numerics peak) GFLOP/s: $(median numerics floor) ms; our step is $(median numerics 'step \/ floor') of it"

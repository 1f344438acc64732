# What the comparisons with PyTorch share; a script of this folder sources it. PyTorch comes from PYTHON, all compute with THREADS threads, and
# SIMD=avx2 keeps all from instructions beyond AVX2, for what a processor without AVX-512 would do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
threads=${THREADS:-$(nproc)} python=${PYTHON:-/usr/bin/python3} rounds=${ROUNDS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case ${SIMD:-} in
    '') ;;
    avx2) export DOTNET_EnableAVX512=0 ONEDNN_MAX_CPU_ISA=AVX2 DNNL_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 OPENBLAS_CORETYPE=Haswell ;;
    *) echo "SIMD: expected avx2 or nothing, got '$SIMD'" >&2; exit 2 ;;
esac

# in_turn PROJECT ARGUMENT... -- SCRIPT ARGUMENT...
# Runs a project of ours and a script for PyTorch in turn, for ROUNDS rounds. Their lines are in $work/ours and $work/torch then.
in_turn() {
    local project=$1 ours=() has_torch=true round
    shift
    while [ "$1" != -- ]; do
        ours+=("$1")
        shift
    done
    shift
    dotnet build -c Release --nologo -v quiet "$project" >"$work/build.log" || { cat "$work/build.log"; exit 1; }
    "$python" -c 'import torch' 2>/dev/null || {
        has_torch=false
        echo "$python has no PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread); ours alone:"
    }
    touch "$work/torch"
    for ((round = 0; round < rounds; round++)); do
        NUMERICS_NUM_THREADS=$threads dotnet run -c Release --no-build --project "$project" -- "${ours[@]}" >>"$work/ours"
        $has_torch || continue
        OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads "$python" "$@" --threads "$threads" >>"$work/torch"
    done
}

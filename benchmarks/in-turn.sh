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

# Whether there is PyTorch. With the reference BLAS, which Debian installs where nothing else is asked for, its dense layers would take
# many times as long as they can, and a comparison would flatter us: that ends the script.
has_torch() {
    local linked
    linked=$("$python" -c 'import torch; print(open("/proc/self/maps").read())' 2>/dev/null) || return 1
    case $linked in
        */blas/libblas.so*)
            echo "PyTorch computes with the reference BLAS here; install a fast one (Debian: apt-get install libopenblas0-pthread)" >&2
            exit 2 ;;
    esac
}

# in_turn PROJECT ARGUMENT... -- SCRIPT ARGUMENT...
# Runs a project of ours and a script for PyTorch in turn, for ROUNDS rounds. Their lines are in $work/ours and $work/torch then.
in_turn() {
    local project=$1 ours=() torch=true round
    shift
    while [ "$1" != -- ]; do
        ours+=("$1")
        shift
    done
    shift
    dotnet build -c Release --nologo -v quiet "$project" >"$work/build.log" || { cat "$work/build.log"; exit 1; }
    has_torch || {
        torch=false
        echo "$python has no PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread); ours alone:"
    }
    touch "$work/torch"
    for ((round = 0; round < rounds; round++)); do
        NUMERICS_NUM_THREADS=$threads dotnet run -c Release --no-build --project "$project" -- "${ours[@]}" >>"$work/ours"
        $torch || continue
        OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads "$python" "$@" --threads "$threads" >>"$work/torch"
    done
}

#!/usr/bin/env bash
# Packs the libraries into a feed of their own and runs this sample with them, as somebody would who has the packages only; then once more
# compiled ahead of time.
# usage: run.sh [options of dotnet pack, such as --no-build]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
feed="$work/feed"
for project in Tensors Losses Nn Data Formats Backends.Cpu Backends.Cuda Distributed Numerics; do
    dotnet pack -c Release -o "$feed" "$@" "../../src/$project" >"$work/pack.log" || { cat "$work/pack.log"; exit 1; }
done
for package in "$feed"/*.nupkg; do
    # Numerics itself is a list of the others.
    case ${package##*/} in Numerics.[0-9]*) continue ;; esac
    [ -f "${package%.nupkg}.snupkg" ] || { echo "$package has no symbols"; exit 1; }
    parts=$(unzip -Z1 "$package")
    for part in README.md icon.png 'lib/net10\.0/.*\.dll' 'lib/net10\.0/.*\.xml'; do
        grep -qx "$part" <<<"$parts" || { echo "$package has no $part"; exit 1; }
    done
    for element in description tags authors copyright icon readme; do
        grep -q "<$element>..*</$element>" <<<"$(unzip -p "$package" '*.nuspec')" || { echo "$package has no $element"; exit 1; }
    done
    grep -q '<license type="expression">MIT</license>' <<<"$(unzip -p "$package" '*.nuspec')" || { echo "$package has no licence"; exit 1; }
done
ls "$feed"
cp Program.cs FromPackages.csproj Directory.Build.props Directory.Packages.props "$work"
cat >"$work/nuget.config" <<CONFIG
<configuration>
  <packageSources><add key="numerics" value="$feed" /></packageSources>
</configuration>
CONFIG
# A folder of packages of its own, so that no older build of the same version is taken.
export NUGET_PACKAGES="$work/packages"
dotnet run -c Release --project "$work/FromPackages.csproj"

# And as a program that needs no .NET, where there is a linker: without a warning, which here is an error.
if ! { command -v clang || command -v gcc; } >/dev/null || ! [ -e /usr/include/zlib.h ]; then
    echo "not compiled ahead of time: that needs clang or gcc, and zlib1g-dev"
    exit 0
fi
dotnet publish "$work/FromPackages.csproj" -c Release -r linux-x64 -p:PublishAot=true -o "$work/bin" >"$work/publish.log" || { cat "$work/publish.log"; exit 1; }
"$work/bin/FromPackages"

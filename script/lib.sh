# Shared by the scripts beside it; sourced, never run.
#
# $root is the repository. Nothing here reads standard input, and whatever is not the answer itself
# goes to standard error, so that `script/run MODEL --format json | …` pipes clean.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
# Clones in different folders share what was compiled.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

say() { printf '%s\n' "$*" >&2; }
die() {
  say "${0##*/}: $*"
  exit 2
}

# The comment at the top of a script is its help text.
usage() {
  awk 'NR == 1 { next } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$0"
}

# configure PRESET: only when the presets changed; CMake itself notices everything else.
configure() {
  local stamp="$root/build/$1/configured.stamp"
  if [[ -f $root/build/$1/build.ninja && $stamp -nt $root/CMakePresets.json ]]; then return; fi
  (cd "$root" && cmake --preset "$1" </dev/null >&2)
  touch "$stamp"
}

# The release build with the benchmarks in it.
configure_bench() {
  configure release
  if ! grep -q '^RECKON_BUILD_BENCH:BOOL=ON' "$root/build/release/CMakeCache.txt"; then
    (cd "$root" && cmake -DRECKON_BUILD_BENCH=ON build/release </dev/null >&2)
  fi
}

# build PRESET [TARGET…]: stops at the first failure unless keep_going=true.
build() {
  local preset=$1
  shift
  configure "$preset"
  (cd "$root" && cmake --build --preset "$preset" ${1:+--target "$@"} ${keep_going:+-- -k 0} </dev/null >&2)
}

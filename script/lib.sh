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

# The preset that the program is built with: release where it was built before (script/test,
# script/bench), else run, which takes half the time to build.
program_preset() {
  if [[ -e $root/build/release/apps/cli/reckon ]]; then echo release; else echo run; fi
}

# quietly NAME MADE WHAT COMMAND…: a build says nothing unless it fails, or there is much to do: WHAT,
# when the file MADE is not there yet. Its output goes to build/NAME.log.
quietly() {
  local log="$root/build/$1.log" made=$2 what=$3
  shift 3
  mkdir -p "$root/build"
  if [[ ! -e $root/$made ]]; then say "$what"; fi
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 70
  fi
}

# The functions below are called where bash looks at no failure inside of them: each step says
# itself what becomes of its own.

# The packages of web/, as package-lock.json has them; again only when that changed.
web_packages() {
  # npm writes this file last.
  if [[ $root/web/node_modules/.package-lock.json -nt $root/web/package-lock.json ]]; then return; fi
  (cd "$root/web" && npm ci --no-audit --no-fund </dev/null >&2)
}

# The page, web/dist: made again when anything that it is made of is newer. Compressed copies lie
# beside what compresses well; the server hands them to browsers that take them.
build_page() {
  local dist="$root/web/dist" newer=none file
  web_packages || return
  if [[ -f $dist/index.html && -f $dist/reckon-lab.html ]]; then
    newer=$(cd "$root" && find web/src web/tools web/*.html web/*.json web/*.ts web/*.js labs \
      build/wasm/*.wasm -newer "$dist/reckon-lab.html" -type f -print -quit)
  fi
  if [[ -z $newer ]]; then return; fi
  (cd "$root/web" && npm run build </dev/null >&2) || return
  while IFS= read -r -d '' file; do
    gzip --best --no-name --keep --force "$file"
  done < <(find "$dist" -type f ! -name reckon-lab.html ! -name reckon.html \
    \( -name '*.html' -o -name '*.js' -o -name '*.css' -o -name '*.wasm' -o -name '*.svg' \) -print0)
}

# The engines of the page, build/wasm: that of the labs, and that of the explorer.
build_engines() {
  build wasm && build wasm-explorer
}

# Everything that `reckon lab` needs: the program, the engines of the page, the page.
build_lab() {
  build "$(program_preset)" reckon && build_engines && build_page
}

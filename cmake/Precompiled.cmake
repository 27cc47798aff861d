# With RECKON_PRECOMPILE, headers that nearly every file reads are read once, where the compiler is
# g++: they are a third of the time of a small file. The preset run does so. In release and debug every
# file is compiled by itself, so that one that leaves out an include does not stay unseen.
#
# reckon_precompiled(NAME FLAGS target HEADERS <header>…): what is built with FLAGS may reuse NAME.
function(reckon_precompiled name)
  cmake_parse_arguments(PARSE_ARGV 1 made "" "" "FLAGS;HEADERS;OPTIONS")
  if(NOT RECKON_PRECOMPILE OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU" OR RECKON_SANITIZE)
    return()
  endif()
  set(source "${PROJECT_BINARY_DIR}/generated/${name}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Nothing: the headers of ${name} are what is compiled.\n")
  add_library(${name} OBJECT EXCLUDE_FROM_ALL "${source}")
  target_link_libraries(${name} PRIVATE ${made_FLAGS})
  target_compile_options(${name} PRIVATE -fpch-preprocess ${made_OPTIONS})
  if("-O0" IN_LIST made_OPTIONS)
    set_target_properties(${name} PROPERTIES RECKON_UNOPTIMISED ON)
  endif()
  target_precompile_headers(${name} PRIVATE ${made_HEADERS})
endfunction()

# reckon_reuse(TARGET NAME): TARGET reads the headers of NAME as they were compiled.
function(reckon_reuse target name)
  if(TARGET ${name})
    # The first is for ccache, which reads what the preprocessor leaves. A precompiled header is no
    # system header any more, so g++ 12 warns of what it sees in std::string where nothing is.
    target_compile_options(${target} PRIVATE -fpch-preprocess -Wno-stringop-overflow)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

set(standard_headers <algorithm> <array> <charconv> <cmath> <cstdint> <cstring> <deque> <expected>
  <functional> <initializer_list> <limits> <map> <memory> <numeric> <optional> <set> <span>
  <string> <string_view> <unordered_map> <utility> <variant> <vector>)

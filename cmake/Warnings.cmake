# Flags for our own code only. Consumers of the library do not inherit them.
add_library(reckon_flags INTERFACE)
target_compile_features(reckon_flags INTERFACE cxx_std_23)
target_compile_options(reckon_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Wimplicit-fallthrough)
if(NOT RECKON_PRECOMPILE)
  target_compile_options(reckon_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Our designated initialisers leave out members on purpose; GNU 12 sees dangling and
  # uninitialised objects inside std::expected and std::variant, and overlaps inside
  # std::string, where there are none.
  target_compile_options(reckon_flags INTERFACE
    -Wno-missing-field-initializers -Wno-maybe-uninitialized -Wno-restrict)
else()
  target_compile_options(reckon_flags INTERFACE -Wno-missing-designated-field-initializers)
endif()
if(RECKON_SANITIZE)
  target_compile_options(reckon_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  # The library is built without RTTI, so objects carry no type to compare with.
  target_compile_options(reckon_flags INTERFACE -fno-sanitize=vptr)
  target_link_options(reckon_flags INTERFACE -fsanitize=address,undefined)
endif()
if(RECKON_LIBFUZZER)
  target_compile_options(reckon_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# The library throws nothing and asks no object for its type: the same code runs in a web page,
# whose C++ library has no exceptions.
add_library(reckon_core_flags INTERFACE)
target_link_libraries(reckon_core_flags INTERFACE reckon_flags)
target_compile_options(reckon_core_flags INTERFACE -fno-exceptions -fno-rtti)

# Facts of this system that CMake does not know.
set(WASI TRUE)
set(CMAKE_EXECUTABLE_SUFFIX ".wasm")

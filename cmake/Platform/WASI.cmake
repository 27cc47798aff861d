# What CMake does not know about this system.
set(WASI TRUE)
set(CMAKE_EXECUTABLE_SUFFIX ".wasm")

# The engine for a web page: clang-19, wasm32-wasi, from Debian's packages
#   clang-19 lld-19 libc++-19-dev-wasm32 libc++abi-19-dev-wasm32 libclang-rt-19-dev-wasm32 wasi-libc
# No exceptions and no threads, which that C++ library lacks.
set(CMAKE_SYSTEM_NAME WASI)  # cmake/Platform/WASI.cmake
set(CMAKE_SYSTEM_PROCESSOR wasm32)
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")

set(CMAKE_C_COMPILER clang-19)
set(CMAKE_CXX_COMPILER clang++-19)
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
# A program cannot be linked before its imports are known (web/engine).
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_CXX_FLAGS_INIT "-stdlib=libc++ -fno-exceptions -fno-rtti")
# Small before fast: a page waits for every byte. The three features are in every browser since 2021.
set(small "-Oz -DNDEBUG -flto -fvisibility=hidden -fno-threadsafe-statics -mbulk-memory -msign-ext -mnontrapping-fptoint")
set(CMAKE_C_FLAGS_MINSIZEREL "${small}" CACHE STRING "")
set(CMAKE_CXX_FLAGS_MINSIZEREL "${small}" CACHE STRING "")

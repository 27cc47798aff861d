# reckon_room(NAME DEPENDS room… SOURCES file… TESTS file…)
#
# A room is a static library reckon_NAME built from src/NAME without exceptions or RTTI, and one
# test program NAME_test from the *_test.cpp files beside its sources.
function(reckon_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "DEPENDS;SOURCES;TESTS")
  add_library(reckon_${name} STATIC ${room_SOURCES})
  target_include_directories(reckon_${name} PUBLIC
    "${PROJECT_SOURCE_DIR}/src" "${PROJECT_BINARY_DIR}/generated")
  target_link_libraries(reckon_${name} PRIVATE $<BUILD_INTERFACE:reckon_core_flags>)
  reckon_reuse(reckon_${name} reckon_core_headers)
  # Under the sanitizers solvers take minutes unoptimised. The rooms that read and write text would
  # take longer to compile than they run.
  if(RECKON_SANITIZE AND NOT name MATCHES "^(lab|report|api)$")
    target_compile_options(reckon_${name} PRIVATE -O1)
  endif()
  foreach(other IN LISTS room_DEPENDS)
    target_link_libraries(reckon_${name} PUBLIC reckon_${other})
  endforeach()
  if(RECKON_BUILD_TESTS AND room_TESTS)
    reckon_test(${name}_test SOURCES ${room_TESTS} LINK reckon_${name})
  endif()
endfunction()

# reckon_test(NAME SOURCES file… LINK target… [ENVIRONMENT NAME=VALUE…])
# One GoogleTest program, run as one test; tests/main.cpp says what it takes to pass.
function(reckon_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" "SOURCES;LINK;ENVIRONMENT")
  add_executable(${name} ${test_SOURCES})
  target_link_libraries(${name} PRIVATE ${test_LINK} reckon_flags reckon_test_main)
  # Test programs spend their time compiling: only what they test is optimised.
  target_compile_options(${name} PRIVATE -O0)
  set_target_properties(${name} PROPERTIES RECKON_UNOPTIMISED ON)
  reckon_reuse(${name} reckon_test_headers)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  if(test_ENVIRONMENT)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "${test_ENVIRONMENT}")
  endif()
endfunction()

# reckon_python_test(NAME)
# tests/NAME.py, which finds the program in RECKON_BINARY and ends as tests/run_tests.py says.
function(reckon_python_test name)
  add_test(NAME ${name} COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tests/${name}.py")
  set_tests_properties(${name} PROPERTIES
    SKIP_RETURN_CODE 77
    ENVIRONMENT "RECKON_BINARY=${PROJECT_BINARY_DIR}/apps/cli/reckon")
endfunction()

# reckon_fuzzer(NAME [CORPORA name…] LINK target…)
# A fuzz target from NAME.cpp, which defines LLVMFuzzerTestOneInput. In the fuzz preset it searches
# with libFuzzer; in every other it replays fuzz/corpus/NAME, and the CORPORA of other targets, as a
# test, so that it cannot rot.
function(reckon_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 fuzzer "" "" "CORPORA;LINK")
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ${fuzzer_LINK} reckon_flags)
  if(RECKON_LIBFUZZER)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE "${PROJECT_SOURCE_DIR}/fuzz/replay_main.cpp")
    if(RECKON_BUILD_TESTS)
      list(TRANSFORM fuzzer_CORPORA PREPEND "${PROJECT_SOURCE_DIR}/fuzz/corpus/")
      add_test(NAME ${name}
        COMMAND ${name} "${PROJECT_SOURCE_DIR}/fuzz/corpus/${name}" ${fuzzer_CORPORA})
    endif()
  endif()
endfunction()

# Rules about the sources that fail the build. Each check leaves a stamp, so a build in which no
# source changed does not run it; the build system looks for new files by itself.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# reckon_check(NAME GLOBS pattern…): tools/NAME over the files that match.
function(reckon_check name)
  cmake_parse_arguments(PARSE_ARGV 1 check "" "" "GLOBS")
  list(TRANSFORM check_GLOBS PREPEND "${PROJECT_SOURCE_DIR}/")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${check_GLOBS})
  set(stamp "${PROJECT_BINARY_DIR}/${name}.stamp")
  set(tool "${PROJECT_SOURCE_DIR}/tools/${name}")
  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND Python3::Interpreter "${tool}" --stamp "${stamp}"
    DEPENDS "${tool}" "${PROJECT_SOURCE_DIR}/tools/check_main.py" ${files}
    COMMENT "${name}"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS "${stamp}")
  if(RECKON_BUILD_TESTS)
    add_test(NAME ${name} COMMAND Python3::Interpreter "${tool}")
  endif()
endfunction()

reckon_check(check_layers GLOBS src/*.h src/*.cpp src/*.c src/*.inc measure/*.h measure/*.cpp apps/*.h apps/*.cpp apps/*.c apps/*.inc)
reckon_check(check_ops GLOBS src/ops/*.cpp tests/golden/ops/*.txt)

if(RECKON_BUILD_TESTS)
  reckon_python_test(check_tools_test)
  # What the code knows about itself stands in docs/ as it is now. Skipped while there is no
  # program to ask.
  add_test(NAME docs_are_current COMMAND "${PROJECT_SOURCE_DIR}/script/docs" --check)
  set_tests_properties(docs_are_current PROPERTIES
    SKIP_RETURN_CODE 77
    ENVIRONMENT "RECKON_BINARY=${PROJECT_BINARY_DIR}/apps/cli/reckon")
endif()

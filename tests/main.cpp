// The main() of every test program. Its exit status is 1 when a test fails, and also when it runs
// none: a program that tests nothing does not pass. It is 77, which CTest counts as skipped, when a
// test was skipped and none failed.
#include <gtest/gtest.h>

#include <cstdio>

#include "source_path.h"

namespace reckon {

std::string source_path(std::string_view file) {
  return RECKON_SOURCE_DIR "/" + std::string(file);
}

}  // namespace reckon

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (const int failed = RUN_ALL_TESTS(); failed != 0) return failed;
  if (GTEST_FLAG_GET(list_tests)) return 0;
  const ::testing::UnitTest& tests = *::testing::UnitTest::GetInstance();
  if (tests.successful_test_count() + tests.skipped_test_count() == 0) {
    std::fprintf(stderr, "%s runs no test\n", argv[0]);
    return 1;
  }
  return tests.skipped_test_count() > 0 ? 77 : 0;
}

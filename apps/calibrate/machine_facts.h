// Facts that the operating system tells about the machine.
#pragma once

#include <cstdint>
#include <string>

namespace reckon::calibrate {

// 0 and empty where it does not tell.
struct MachineFacts {
  std::string processor;  // "Intel(R) Xeon(R) Processor"
  int n_threads = 1;      // that this process may use
  std::int64_t memory_bytes = 0;
  std::int64_t l1_bytes = 0, l2_bytes = 0, llc_bytes = 0;  // of the first core
  bool has_llc = false;                                    // a level beyond the second
};
MachineFacts machine_facts();
// "GNU 12.2.0", "Clang 19.1.7": what made this program.
std::string compiler_name();

}  // namespace reckon::calibrate

// What a person at the terminal sees of a long search, and how they end it: a line on standard
// error after a second, where that is a terminal; and Ctrl-C, which the search hears
// (base/watch.h). A second Ctrl-C ends the program at once.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>

#include "base/watch.h"

namespace reckon::cli {

class Attention {
 public:
  explicit Attention(std::string_view command);
  ~Attention();
  Attention(const Attention&) = delete;
  Attention& operator=(const Attention&) = delete;

 private:
  void show_progress();

  std::string_view command_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_over_ = false;
  std::thread progress_;
};

// Of this process: that of the question that is being answered.
Watch& watch();
// Whether a subcommand searches for long, and is worth watching.
bool searches(std::string_view command);

}  // namespace reckon::cli

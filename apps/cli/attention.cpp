#include "attention.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>

namespace reckon::cli {
namespace {

Watch the_watch;

extern "C" void stop_searching(int) {
  the_watch.stop();
}

// `action` of SIGINT, unless the caller has it ignored (as for a job in the background).
void on_interrupt(void (*action)(int)) {
  struct sigaction now{};
  sigaction(SIGINT, nullptr, &now);
  if (now.sa_handler == SIG_IGN) return;
  struct sigaction next{};
  next.sa_handler = action;
  next.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  sigemptyset(&next.sa_mask);
  sigaction(SIGINT, &next, nullptr);
}

}  // namespace

Watch& watch() {
  return the_watch;
}

bool searches(std::string_view command) {
  constexpr std::string_view all[] = {"memory", "fit", "chip", "measure"};
  return std::ranges::find(all, command) != std::end(all);
}

Attention::Attention(std::string_view command) : command_(command) {
  on_interrupt(stop_searching);
  if (::isatty(STDERR_FILENO) == 1) progress_ = std::thread([this] { show_progress(); });
}

Attention::~Attention() {
  if (progress_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    ended_.notify_one();
    progress_.join();
  }
  if (!the_watch.stopped()) on_interrupt(SIG_DFL);
}

void Attention::show_progress() {
  constexpr std::chrono::milliseconds first{1000}, next{100};
  const int width = static_cast<int>(command_.size());
  bool shown = false;
  std::unique_lock lock(mutex_);
  for (auto pause = first; !ended_.wait_for(lock, pause, [this] { return is_over_; });
       pause = next) {
    const Watch::State state = the_watch.state();
    if (state.what == nullptr || state.of <= 0) continue;
    std::fprintf(stderr, "\r\x1b[K%.*s: %lld of at most %lld %s; Ctrl-C ends it", width,
                 command_.data(), static_cast<long long>(state.done),
                 static_cast<long long>(state.of), state.what);
    shown = true;
  }
  if (shown) std::fputs("\r\x1b[K", stderr);
}

}  // namespace reckon::cli

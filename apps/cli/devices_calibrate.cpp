// reckon devices calibrate: this machine, measured, as a device.
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "base/text.h"
#include "calibrate/calibrate.h"
#include "command.h"
#include "report/cells.h"
#include "report/fit_pages.h"
#include "terminal.h"

namespace reckon::cli {
namespace {

std::string today() {
  const time_t now = ::time(nullptr);
  tm local{};
  char text[16] = {};
  if (localtime_r(&now, &local) == nullptr ||
      std::strftime(text, sizeof(text), "%Y-%m-%d", &local) == 0)
    return {};
  return text;
}

// On standard error, on one line that is written over and cleared in the end.
class Progress {
 public:
  Progress() : shown_(isatty(STDERR_FILENO) != 0) {}
  ~Progress() { say({}); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void say(std::string_view line) const {
    constexpr int cells = 60;
    if (!shown_) return;
    std::string text = "\r" + pad_right(cut_end(line, cells), cells) + (line.empty() ? "\r" : "");
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }

 private:
  bool shown_ = false;
};

Result<int> number_of(const std::string& text, std::string_view option, int otherwise, int most) {
  if (text.empty()) return otherwise;
  RECKON_ASSIGN(const std::int64_t n, whole_number(text, option));
  if (n < 1 || n > most)
    return fail(ErrorCode::bad_argument,
                "1 to " + std::to_string(most) + " is possible, not " + std::to_string(n),
                std::string(option));
  return static_cast<int>(n);
}

}  // namespace

Answer run_devices_calibrate(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  if (!options.layer.empty())
    return fail(ErrorCode::bad_argument,
                quoted(std::string_view(options.layer)) +
                    " is one argument too many: --out FILE, --name NAME",
                "devices calibrate");
  calibrate::CalibrateOptions words;
  if (!options.device.name.empty()) words.name = options.device.name;
  RECKON_ASSIGN(words.n_runs, number_of(options.device.runs, "--runs", words.n_runs, 1000));
  constexpr int longest_s = 600;
  RECKON_ASSIGN(words.patience_s, number_of(options.device.patience, "--patience", 3, longest_s));
  words.date = today();
  // A name that no file of devices takes is refused before the work.
  RECKON_TRY(
      parse_devices("{\"name\": \"" + printable(words.name) + "\", \"mem_bytes\": 1}", "--name"));
  // And a file that cannot be written: it is not emptied yet.
  if (!options.device.out.empty() && !std::ofstream(options.device.out, std::ios::app))
    return fail(ErrorCode::io_error, "the file could not be written",
                printable(options.device.out));
  Device device;
  {
    const Progress progress;
    words.progress = [&](int done, int of, std::string_view what) {
      progress.say("[" + std::to_string(done + 1) + "/" + std::to_string(of) + "] " +
                   std::string(what) + " …");
    };
    RECKON_ASSIGN(device, calibrate::calibrate(words));
  }
  if (!options.device.out.empty()) RECKON_TRY(write_file(options.device.out, device_file(device)));
  if (asked.format == Format::json) return devices_json({&device, 1});
  if (asked.format != Format::text) return page_of(device_sheet(device), asked);
  std::string page = device_text(device, asked.style);
  page += options.device.out.empty()
              ? "\n--out FILE keeps it, for --device FILE.\n"
              : "\nWritten to " + printable(options.device.out) + ": --device takes it.\n";
  return page;
}

}  // namespace reckon::cli

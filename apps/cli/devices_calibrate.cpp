// reckon devices calibrate: this machine, measured, as a device.
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "base/text.h"
#include "calibrate/calibrate.h"
#include "command.h"
#include "output_file.h"
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

}  // namespace

Answer run_devices_calibrate(const Call& call) {
  const Asked& asked = call.asked;
  if (asked.has("about"))
    return fail(ErrorCode::bad_argument,
                quoted(asked.text("about")) + " is one argument too many: --out FILE, --name NAME",
                "devices calibrate");
  const std::string out(asked.text("out"));
  calibrate::CalibrateOptions words;
  if (asked.has("name")) words.name = asked.text("name");
  words.n_runs = static_cast<int>(asked.whole("runs").value_or(words.n_runs));
  words.patience_s = static_cast<int>(*asked.whole("patience"));
  words.date = today();
  // A name that no file of devices takes is refused before the work.
  RECKON_TRY(
      parse_devices("{\"name\": \"" + printable(words.name) + "\", \"mem_bytes\": 1}", "--name"));
  // And a file that cannot be written.
  if (asked.has("out")) RECKON_TRY(check_writable(out));
  Device device;
  {
    const Progress progress;
    words.progress = [&](int done, int of, std::string_view what) {
      progress.say("[" + std::to_string(done + 1) + "/" + std::to_string(of) + "] " +
                   std::string(what) + " …");
    };
    RECKON_ASSIGN(device, calibrate::calibrate(words));
  }
  if (!out.empty()) RECKON_TRY(write_file(out, device_file(device)));
  if (call.format == Format::json) return json_of({devices_field, std::span(&device, 1)});
  if (call.format != Format::text) return page_of(device_sheet(device), call);
  std::string page = device_text(device, call.style);
  page += out.empty() ? "\n--out FILE keeps it, for --device FILE.\n"
                      : "\nWritten to " + printable(out) + ": --device takes it.\n";
  return page;
}

}  // namespace reckon::cli

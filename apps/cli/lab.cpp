// reckon lab: serves the labs' page to a browser on this machine.
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "api/lab_pack.h"
#include "base/text.h"
#include "command.h"
#include "lab_files.h"
#include "server/server.h"
#include "terminal.h"

extern char** environ;

namespace reckon::cli {
namespace {

namespace fs = std::filesystem;

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != 0;
}

// The page that was installed with this program, or built in the source tree that it lies in.
Result<std::string> find_page() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = program.parent_path(); !error && folder.has_relative_path();
       folder = folder.parent_path())
    for (const char* place : {"share/reckon/lab", "web/dist"})
      // That a file is not there is an error of its own, and no reason to stop.
      if (std::error_code absent; fs::is_regular_file(folder / place / "index.html", absent))
        return (folder / place).string();
  return fail(ErrorCode::not_found,
              "the page has not been built; script/lab builds and serves it, and --folder DIR "
              "serves one that lies elsewhere",
              "web/dist");
}

// Only on a desktop; on a server nobody is there to look.
void open_browser(const std::string& address) {
  if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")) return;
  std::string program = "xdg-open";
  std::string argument = address;
  std::array<char*, 3> arguments = {program.data(), argument.data(), nullptr};
  pid_t child = 0;
  posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ);
}

Answer serve_lab(const Asked& asked) {
  server::ServerOptions options;
  if (asked.has("host")) options.host = asked.text("host");
  if (asked.has("port")) options.port = static_cast<std::uint16_t>(*asked.whole("port"));
  if (asked.has("timeout"))
    options.idle_timeout_s = options.request_timeout_s =
        static_cast<double>(*asked.whole("timeout"));
  std::string folder(asked.text("folder"));
  if (folder.empty()) {
    RECKON_ASSIGN(folder, find_page());
  }
  // A lab's folder is shown by the page that there is.
  std::error_code error;
  const bool is_lab = fs::is_regular_file(fs::path(folder) / "lab.toml", error);
  std::string page = folder;
  if (is_lab) {
    RECKON_ASSIGN(page, find_page());
  }
  RECKON_ASSIGN(server::Site site, server::read_site(page));
  if (is_lab) {
    RECKON_ASSIGN(const auto files, read_lab_files(folder));
    RECKON_ASSIGN(PackedLab packed, packed_lab(files));
    RECKON_TRY(
        server::put_lab(site, "{\"document\":" + packed.document + "}", std::move(packed.files)));
  }
  RECKON_TRY(server::serve(site, options, [&](const std::string& address) {
    print("The lab is at " + address + "   (Ctrl+C ends it)\n");
    if (asked.flag("open") || (!asked.flag("no-open") && isatty(STDOUT_FILENO) != 0))
      open_browser(address);
  }));
  return std::string();
}

}  // namespace

Answer run_lab_author(const Call& call);

Answer run_lab(const Call& call) {
  return call.asked.text("action") == "serve" ? serve_lab(call.asked) : run_lab_author(call);
}

}  // namespace reckon::cli

// reckon lab: serves the labs' page to a browser on this machine.
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "command.h"
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
      if (fs::is_regular_file(folder / place / "index.html", error))
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

Result<double> seconds(const std::string& text) {
  constexpr std::int64_t longest = 3600;
  RECKON_ASSIGN(const std::int64_t value, whole_number(text, "--timeout"));
  if (value < 1 || value > longest)
    return fail(ErrorCode::bad_argument, "from 1 to 3600 seconds are expected", "--timeout");
  return static_cast<double>(value);
}

Answer serve_lab(const LabWords& words) {
  server::ServerOptions options;
  if (!words.host.empty()) options.host = words.host;
  if (!words.port.empty()) {
    RECKON_ASSIGN(const std::int64_t port, whole_number(words.port, "--port"));
    if (port < 0 || port > 65535)
      return fail(ErrorCode::bad_argument, "a port is a number from 0 to 65535", "--port");
    options.port = static_cast<std::uint16_t>(port);
  }
  if (!words.timeout.empty()) {
    RECKON_ASSIGN(options.request_timeout_s, seconds(words.timeout));
    options.idle_timeout_s = options.request_timeout_s;
  }
  std::string folder = words.folder;
  if (folder.empty()) {
    RECKON_ASSIGN(folder, find_page());
  }
  RECKON_ASSIGN(const server::Site site, server::read_site(folder));
  RECKON_TRY(server::serve(site, options, [&](const std::string& address) {
    print("The lab is at " + address + "   (Ctrl+C ends it)\n");
    if (words.open || (!words.no_open && isatty(STDOUT_FILENO) != 0)) open_browser(address);
  }));
  return std::string();
}

}  // namespace

// `model` is the action: empty to serve; `layer` what it is for.
void describe_lab(CLI::App& app, Options& options) {
  app.description("Serves the labs to a browser on this machine.");
  LabWords& words = options.lab;
  app.add_option("ACTION", options.model, "")->option_text(" ");
  app.add_option("DIR", options.layer, "")->option_text(" ");
  app.add_option("QUESTION", words.question, "")->option_text(" ");
  app.add_flag("--all", options.all, "with check: a state for everything that is reached");
  app.add_option("--port", words.port, "where to listen (8050); 0 takes any that is free")
      ->type_name("N");
  app.add_option("--host", words.host, "the address to listen on (127.0.0.1)")
      ->type_name("ADDRESS");
  app.add_option("--folder", words.folder, "the page, where it is not found by itself")
      ->type_name("DIR");
  app.add_option("--timeout", words.timeout, "end what a visitor leaves unfinished (10)")
      ->type_name("SECONDS");
  app.add_flag("--open", words.open, "open a browser, on a desktop (as a terminal does)");
  app.add_flag("--no-open", words.no_open, "open no browser");
  add_format_options(app, options);
  app.footer(
      "Examples:\n"
      "  reckon lab\n"
      "  reckon lab --port 8080 --no-open\n"
      "For authors (docs/labs.md), where LAB is a folder:\n"
      "  reckon lab check LAB              proves it, or says what is wrong\n"
      "  reckon lab document LAB           what a page draws, in JSON\n"
      "  reckon lab evaluate LAB [JSON]    the answer to a question about its figures\n"
      "  reckon lab pack LAB               the lab and its document as the page takes them\n");
}

Answer run_lab(const Options& options) {
  if (options.model.empty() || options.model == "serve") return serve_lab(options.lab);
  static constexpr std::array<std::string_view, 5> actions = {"serve", "check", "document",
                                                              "evaluate", "pack"};
  if (std::find(actions.begin(), actions.end(), options.model) != actions.end())
    return run_lab_author(options);
  return fail(ErrorCode::bad_argument,
              "a lab cannot " + quoted(std::string_view(options.model)) +
                  did_you_mean(options.model, actions),
              "lab");
}

}  // namespace reckon::cli

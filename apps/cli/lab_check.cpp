// reckon lab check | document | evaluate | pack: for authors of labs.
#include "api/lab_pack.h"
#include "api/lab_state.h"
#include "base/number.h"
#include "command.h"
#include "lab/check.h"
#include "lab_files.h"

namespace reckon::cli {
namespace {

std::string page(const OpenLab& lab, const lab::Report& report, bool all) {
  std::string out =
      std::string(lab.id()) + ": " + counted(static_cast<std::int64_t>(report.n_states), "state") +
      ", " + counted(static_cast<std::int64_t>(report.n_figures), "figure") + " in texts, " +
      counted(static_cast<std::int64_t>(report.n_claims), "claim") + ", " +
      counted(static_cast<std::int64_t>(report.n_firsts), "threshold") + " proved, " +
      counted(static_cast<std::int64_t>(report.reached.size()), "case") + " reached\n";
  if (all)
    for (const lab::Report::Reached& one : report.reached)
      out += "  " + one.what + ": " + one.witness + "\n";
  for (const std::string& problem : report.problems) out += "  problem: " + problem + "\n";
  return out;
}

}  // namespace

Answer run_lab_author(const Call& call) {
  const std::string action(call.asked.text("action")), folder(call.asked.text("about"));
  if (folder.empty())
    return fail(ErrorCode::bad_argument,
                "name a lab: reckon lab " + action + " labs/05-neural-computation", "lab");
  if (action == "pack") {
    RECKON_ASSIGN(const auto files, read_lab_files(folder));
    RECKON_ASSIGN(std::string packed, pack_lab(files));
    return packed + "\n";
  }
  RECKON_ASSIGN(const std::unique_ptr<const OpenLab> lab, open_lab(folder));
  if (action == "document") return lab->answer(R"({"question":"document"})") + "\n";
  if (action == "evaluate") {
    const std::string_view question = call.asked.text("asks");
    std::string text =
        lab->answer(question.empty() ? R"({"question":"evaluate"})" : question) + "\n";
    const bool failed = text.starts_with("{\n  \"error\":");
    return Answered(std::move(text), failed ? Exit::bad_input : Exit::answered);
  }
  RECKON_ASSIGN(const lab::Report report, lab::check(*lab->state().lab, lab->state().faculties));
  const std::string text = page(*lab, report, call.asked.flag("all"));
  if (report.good()) return text;
  return std::unexpected(
      Failure({ErrorCode::bad_argument, "the lab is not proved\n" + text, ""}, Exit::check_failed));
}

}  // namespace reckon::cli

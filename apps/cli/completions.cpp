// reckon completions SHELL, and `reckon complete`, which the scripts ask: what may stand where the
// cursor is, from the rows of questions and options.
#include <algorithm>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "memory/training.h"
#include "report/pages.h"
#include "report/silicon_pages.h"

namespace reckon::cli {
namespace {

constexpr std::string_view bash_script =
    R"SHELL(# bash completion for reckon. Put this into ~/.bashrc:
#   source <(reckon completions bash)
_reckon() {
  local IFS=$'\n' line
  COMPREPLY=()
  for line in $(reckon complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    case $line in
      :files) COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")) ;;
      *=)
        compopt -o nospace
        COMPREPLY+=("$line")
        ;;
      *) COMPREPLY+=("$line") ;;
    esac
  done
}
complete -o filenames -F _reckon reckon
)SHELL";

constexpr std::string_view zsh_script = R"SHELL(#compdef reckon
# zsh completion for reckon. Put this into ~/.zshrc after compinit:
#   source <(reckon completions zsh)
_reckon() {
  local line
  local -a whole begun
  for line in ${(f)"$(reckon complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    case $line in
      :files) _files ;;
      *=) begun+=("$line") ;;
      *) whole+=("$line") ;;
    esac
  done
  compadd -- $whole
  compadd -S '' -- $begun
}
compdef _reckon reckon
)SHELL";

constexpr std::string_view fish_script = R"SHELL(# fish completion for reckon:
#   reckon completions fish > ~/.config/fish/completions/reckon.fish
function __reckon_complete
    reckon complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null | string match -v ':files'
end
complete -c reckon -a '(__reckon_complete)'
)SHELL";

// Adds to `out`; the end of each name is `end`.
void add(std::vector<std::string>& out, std::string_view name, std::string_view end = {}) {
  out.push_back(printable(name) + std::string(end));
}

Status add_of_model(std::vector<std::string>& out, std::string_view list, std::string_view model) {
  Question question;
  question.receptive_fields = false;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(model, question));
  if (list != "layers") {
    const std::string_view end = list == "dims" ? "=" : "";
    for (const auto name : settable_names(*inquiry.model)) add(out, name, end);
    return {};
  }
  for (const reckon::Layer& layer : inquiry.analysis.layers)
    if (layer.visible) add(out, name_of(layer));
  return {};
}

Status add_values(std::vector<std::string>& out, const Option& row, std::string_view model) {
  const std::string_view list = row.kind == Kind::device ? "devices" : row.list;
  for (const auto word : words_of(row.words)) add(out, word);
  if (list == "models" || list == "networks")
    for (const BuiltIn& network : built_in_networks()) add(out, network.name);
  if (list == "devices") {
    RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
    for (const Device& device : devices) add(out, device.name);
  }
  if (list == "optimizers")
    for (const Optimizer& one : optimizers()) add(out, one.name);
  if (list == "precisions")
    for (const Precision& one : precisions()) add(out, one.name);
  if (list == "activations")
    for (const Activation& one : activations()) add(out, one.name);
  if (list == "initialisations")
    for (const Initialisation& one : initialisations()) add(out, one.name);
  if (list == "conventions")
    for (const auto name : convention_names()) add(out, name);
  if (list == "constants") {
    RECKON_ASSIGN(const HardwareConstants constants, HardwareConstants::built_in());
    for (const HardwareConstant& one : constants.all())
      if (one.editable) add(out, one.name, "=");
  }
  if (list == "checkpoints")
    for (const auto word :
         {"none", "module", "selective", "attention", "every:", "sqrt", "optimal", "budget="})
      add(out, word);
  if (list == "variables") add(out, "batch");
  if (list == "dims" || list == "variables" || list == "layers")
    RECKON_TRY(add_of_model(out, list, model));
  if (list == "models" || list == "devices" || list == "files") add(out, ":files");
  return {};
}

}  // namespace

Answer run_completions(const Call& call) {
  const std::string_view shell = call.asked.text("shell");
  if (shell.empty())
    return fail(ErrorCode::bad_argument, "name a shell (bash, zsh, fish)", "completions");
  return std::string(shell == "bash" ? bash_script : shell == "zsh" ? zsh_script : fish_script);
}

Answer run_complete(const Call& call) {
  std::vector<std::string> words = call.asked.names("words");
  std::erase(words, "=");  // bash makes it a word of its own
  std::string last;
  if (!words.empty()) {
    last = words.back();
    words.pop_back();
  }
  const Call begun = find_call(words);
  const std::string_view question = begun.kind == nullptr ? "report" : begun.kind->name;
  const auto arguments = arguments_of(question);
  std::vector<std::string> given;
  const Option* of_value = nullptr;  // whose value is the last word
  for (const std::string& word : begun.arguments) {
    if (of_value != nullptr) {
      of_value = nullptr;
    } else if (!word.starts_with("--")) {
      given.push_back(word);
    } else {
      for (const Option* row : options_of(question))
        if (row->kind != Kind::flag && word.substr(2) == row->name) of_value = row;
    }
  }
  const bool about_model = !arguments.empty() && arguments[0]->name == "model";
  const std::string model = about_model && !given.empty() ? given[0] : "";
  std::vector<std::string> found;
  if (of_value != nullptr) {
    RECKON_TRY(add_values(found, *of_value, model));
  } else if (last.starts_with("-")) {
    for (const Option* row : options_of(question)) add(found, "--" + std::string(row->name));
    add(found, "--help");
  } else {
    if (begun.kind == nullptr)
      for (const Command& command : commands())
        if (!find_kind(command.name)->hidden) add(found, command.name);
    if (given.size() < arguments.size())
      RECKON_TRY(add_values(found, *arguments[given.size()], model));
  }
  std::string out;
  for (const std::string& one : found)
    if (one.starts_with(last) || one == ":files") out.append(one).append("\n");
  return out;
}

}  // namespace reckon::cli

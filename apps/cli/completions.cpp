// reckon completions SHELL: a script that completes subcommands, options, networks and names.
//
// The scripts hold only what never changes with a model; they ask `reckon complete` for the rest.
#include <array>

#include "base/text.h"
#include "command.h"
#include "report/pages.h"

namespace reckon::cli {
namespace {

constexpr std::string_view bash = R"SHELL(# bash completion for reckon. Put this into ~/.bashrc:
#   source <(reckon completions bash)
_reckon() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} model= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      -*|=) ;;
      *) if ! reckon complete commands | grep -qxF -- "${COMP_WORDS[i]}"; then
           model=${COMP_WORDS[i]}; break
         fi ;;
    esac
  done
  case $before in
    --format) COMPREPLY=($(compgen -W "text json csv markdown" -- "$word")); return ;;
    --convention) COMPREPLY=($(compgen -W "$(reckon complete conventions)" -- "$word"));
return;
;
    --set) compopt -o nospace
      COMPREPLY=($(compgen -S = -W "$(reckon complete dims "$model" 2>/dev/null)" -- "$word"));
    return;
    ;
    --batch|--width|--depth) return ;
    ;
    completions) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word"));
    return;
    ;
    show) COMPREPLY=($(compgen -W "$(reckon complete networks)" -- "$word"));
    return;
    ;
    esac if [[$word == -*]];
    then COMPREPLY = ($(compgen - W "$(reckon complete options)" --"$word"))
        elif[[${COMP_WORDS[1]} == explain && -n $model]];
    then COMPREPLY = ($(compgen - W "$(reckon complete layers " $model
                                    " 2>/dev/null)" --"$word")) else COMPREPLY =
        ($(compgen - W "$(reckon complete networks)" --"$word")
             $(compgen - f-- "$word"))((COMP_CWORD == 1))&& COMPREPLY +=
        ($(compgen - W "$(reckon complete commands)" --"$word")) fi
    }
complete -o filenames -F _reckon reckon
)SHELL";

constexpr std::string_view zsh = R"SHELL(#compdef reckon
# zsh completion for reckon. Put this into a file _reckon in a folder of $fpath, or:
#   source <(reckon completions zsh)
_reckon() {
  local model= word
  for word in ${words[2,CURRENT-1]}; do
    if [[ $word != -* ]] && ! reckon complete commands | grep -qxF -- "$word"; then
      model=$word; break
    fi
  done
  case ${words[CURRENT-1]} in
    --format) compadd text json csv markdown; return ;;
    --convention) compadd -- ${(f)"$(reckon complete conventions)"}; return ;;
    --set) compadd -S = -- ${(f)"$(reckon complete dims "$model" 2>/dev/null)"};
return;
;
    --batch|--width|--depth) return ;
    ;
    completions) compadd bash zsh fish;
    return;
    ;
    show) compadd -- ${(f)"$(reckon complete networks)"};
    return;
    ;
    esac if [[${words[CURRENT]} == -*]];
    then compadd-- ${(f) "$(reckon complete options)"} elif[[${words[2]} == explain && -n $model]];
    then compadd-- ${(f) "$(reckon complete layers " $model " 2>/dev/null)"} else compadd-- ${
        (f) "$(reckon complete networks)"}((CURRENT == 2)) &&
        compadd-- ${(f) "$(reckon complete commands)"} _files fi
    }
compdef _reckon reckon
)SHELL";

constexpr std::string_view fish =
    R"SHELL(# fish completion for reckon. Put this into ~/.config/fish/completions/reckon.fish
function __reckon_model
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and continue
        contains -- $word (reckon complete commands); and continue
        echo $word
        return
    end
end
complete -c reckon -n '__fish_is_first_token' -a '(reckon complete commands)'
complete -c reckon -n 'not __fish_seen_subcommand_from completions' -a '(reckon complete networks)'
complete -c reckon -n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'
complete -c reckon -n '__fish_seen_subcommand_from explain' -a '(reckon complete layers (__reckon_model) 2>/dev/null)'
complete -c reckon -l format -x -a 'text json csv markdown'
complete -c reckon -l convention -x -a '(reckon complete conventions)'
complete -c reckon -l set -x -a '(reckon complete dims (__reckon_model) 2>/dev/null | string replace -r \$ =)'
complete -c reckon -l batch -x
complete -c reckon -l width -x
complete -c reckon -l depth -x
complete -c reckon -l all
complete -c reckon -l ascii
complete -c reckon -l no-color
complete -c reckon -l help
complete -c reckon -l version
)SHELL";

Result<std::string> lines_about_model(std::string_view what, const std::string& spec) {
  std::string out;
  Question question;
  question.receptive_fields = false;
  RECKON_ASSIGN(const Inquiry inquiry, inquire(spec, question));
  if (what == "dims") {
    for (const auto name : settable_names(*inquiry.model)) out.append(printable(name)).append("\n");
    return out;
  }
  for (const reckon::Layer& layer : inquiry.analysis.layers)
    if (layer.visible) out.append(name_of(layer)).append("\n");
  return out;
}

}  // namespace

void describe_completions(CLI::App& app, Options& options) {
  app.description("A completion script for bash, zsh or fish.");
  app.add_option("SHELL", options.model, "bash, zsh or fish")->option_text(" ");
  app.footer(
      "Examples:\n"
      "  source <(reckon completions bash)\n"
      "  reckon completions fish > ~/.config/fish/completions/reckon.fish\n");
}

Answer run_completions(const Options& options) {
  if (options.model == "bash") return std::string(bash);
  if (options.model == "zsh") return std::string(zsh);
  if (options.model == "fish") return std::string(fish);
  constexpr std::array<std::string_view, 3> shells = {"bash", "zsh", "fish"};
  return fail(ErrorCode::bad_argument,
              (options.model.empty()
                   ? std::string("name a shell")
                   : "there is no completion for " + quoted(std::string_view(options.model)) +
                         did_you_mean(options.model, shells)) +
                  " (bash, zsh, fish)",
              "completions");
}

void describe_complete(CLI::App& app, Options& options) {
  app.description("Names for the completion scripts, one a line.");
  app.group("");
  app.add_option("WHAT", options.model, "commands, options, networks, conventions, dims, layers");
  app.add_option("MODEL", options.layer, "for dims and layers");
}

Answer run_complete(const Options& options) {
  std::string out;
  if (options.model == "dims" || options.model == "layers")
    return lines_about_model(options.model, options.layer);
  if (options.model == "networks")
    for (const BuiltIn& network : built_in_networks()) out.append(network.name).append("\n");
  if (options.model == "conventions")
    for (const auto name : convention_names()) out.append(name).append("\n");
  for (const Command& command : commands()) {
    Options ignored;
    CLI::App app;
    command.describe(app, ignored);
    if (app.get_group().empty()) continue;
    if (options.model == "commands") out.append(command.name).append("\n");
    if (options.model == "options" && command.name == "layers")
      for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) out.append("--" + name + "\n");
  }
  return out;
}

}  // namespace reckon::cli

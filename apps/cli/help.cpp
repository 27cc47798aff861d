#include "help.h"

#include <algorithm>
#include <utility>

#include "arguments.h"
#include "base/text.h"
#include "base/version.h"
#include "report/cells.h"

namespace reckon::cli {
namespace {

constexpr std::string_view what_it_is =
    "Reckon tells what a neural network costs, from its file, and explains every\n"
    "number.";
constexpr std::string_view a_model_is =
    "MODEL is a file (.onnx, .net), a built-in network (alexnet, gpt2?layers=24), or\n"
    "a chain of fully connected layers (784-128-64-10).";
constexpr std::string_view examples =
    "  reckon alexnet                          one screen: size, work, what dominates\n"
    "  reckon layers resnet50.onnx --depth 2   a tree of modules\n"
    "  reckon explain alexnet-d2l Conv-1       formula, substitution, value\n"
    "  reckon memory gpt2 --train --batch 4    what a training step needs\n"
    "  reckon fit gpt2 --device t4 --max batch --train\n"
    "  reckon time gpt2 --device t4            layer by layer, and what bounds it\n"
    "  reckon measure resnet18 --train         run it, beside the prediction\n"
    "  reckon alexnet --batch 8 --format json  for programs";
constexpr std::string_view statuses =
    "Exit status: 0 answered, 1 the input is bad, 2 the call is wrong, 3 a check\n"
    "failed or it does not fit, 70 a bug of Reckon, 130 interrupted: a search ends\n"
    "with the best that it has, and says so.";

// "what it is: all, that, may, be, said (its default)"
std::string help_of(const Option& row) {
  std::string text(row.help);
  std::string_view before = ": ";
  for (const std::string_view word : words_of(row.words)) {
    text.append(before).append(word);
    before = ", ";
  }
  if (!row.otherwise.empty()) text += " (" + std::string(row.otherwise) + ")";
  return text;
}

// "--no-color,--no-colour", "--set NAME=VALUE ..."
std::string name_of(const Option& row) {
  std::string text = "--" + std::string(row.name);
  if (!row.alias.empty()) text += ",--" + std::string(row.alias);
  if (row.kind != Kind::flag) text += " " + std::string(row.value);
  const bool again = row.kind == Kind::names || row.kind == Kind::wholes || row.kind == Kind::reals;
  return again ? text + " ..." : text;
}

// Two columns, 80 wide: a name too long for its column has its line to itself.
std::string line(const std::string& name, std::string_view help) {
  constexpr int column = 26, width = 80;
  const std::string indent(column, ' ');
  const bool fits = static_cast<int>(name.size()) + 4 <= column;
  std::string text = fits ? pad_right("  " + name, column) : "  " + name + "\n" + indent;
  bool first = true;
  for (const std::string& part : wrap(help, width - column)) {
    if (!std::exchange(first, false)) text += "\n" + indent;
    text += part;
  }
  return text + "\n";
}

std::string block(std::string_view title, std::string_view text) {
  if (text.empty()) return {};
  return "\n" + (title.empty() ? std::string() : std::string(title) + "\n") + std::string(text) +
         "\n";
}

std::string usage(const QuestionKind& kind) {
  std::string text = "reckon " + std::string(kind.name);
  if (!options_of(kind.name).empty()) text += " [OPTIONS]";
  for (const Option* row : arguments_of(kind.name)) text += " [" + std::string(row->value) + "]";
  return text;
}

// The subcommands that are listed.
std::vector<const QuestionKind*> listed() {
  std::vector<const QuestionKind*> kinds;
  for (const QuestionKind& kind : question_kinds())
    if (kind.face != Face::json && !kind.hidden) kinds.push_back(&kind);
  return kinds;
}

std::string_view type_in_json(Kind kind) {
  switch (kind) {
    case Kind::flag:
      return "true";
    case Kind::whole:
      return "whole number";
    case Kind::real:
      return "number";
    case Kind::names:
      return "list of text";
    case Kind::wholes:
      return "{\"NAME\": whole number}";
    case Kind::reals:
      return "{\"NAME\": number}";
    case Kind::bytes:
      return "bytes, or text";
    case Kind::device:
      return "text, or a device";
    case Kind::range:
      return "whole number, or text";
    case Kind::word:
      return "text";
  }
  return {};
}

std::string key_of(const Option& row) {
  return reckon::key_of(option_rules()[static_cast<std::size_t>(&row - option_rows)]);
}

// The keys that a question reads in JSON.
std::vector<const Option*> keys_of(std::string_view question) {
  std::vector<const Option*> rows;
  for (const Option& row : option_rows)
    if (row.face != Face::program && is_word_of(question, row.questions)) rows.push_back(&row);
  return rows;
}

bool is_in_json(const QuestionKind& kind) {
  return kind.face != Face::program;
}

// In troff a line that begins with a point or a quote is a request.
std::string escaped(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    at_start = c == '\n';
  }
  return out;
}

std::string in_cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

}  // namespace

std::string help_page() {
  std::string page = std::string(what_it_is) +
                     "\n\n"
                     "Usage: reckon MODEL [OPTIONS]            the same as: reckon report MODEL\n"
                     "       reckon SUBCOMMAND [OPTIONS]\n\n" +
                     std::string(a_model_is) + "\n\nSubcommands:\n";
  for (const QuestionKind* kind : listed())
    page += "  " + pad_right(kind->name, 13) + std::string(kind->summary) + "\n";
  return page + block("Examples:", examples) +
         "\n'reckon SUBCOMMAND --help' has the options and more examples.\n" +
         std::string(statuses) + "\n";
}

std::string help_page(const QuestionKind& kind) {
  std::string page = std::string(kind.summary) + "\nUsage: " + usage(kind) + "\n\n";
  if (const auto arguments = arguments_of(kind.name); !arguments.empty()) {
    page += "Positionals:\n";
    for (const Option* row : arguments) page += line(std::string(row->value), help_of(*row));
    page += "\n";
  }
  page += "Options:\n" + line("-h,--help", "this page");
  for (const Option* row : options_of(kind.name)) page += line(name_of(*row), help_of(*row));
  return page + block("", kind.notes) + block("Examples:", kind.examples) +
         (kind.after.empty() ? "" : std::string(kind.after) + "\n") + "\n";
}

std::string options_page() {
  std::string page =
      "# Questions and their options\n\n"
      "`reckon docs options` writes this page from the rows in `src/questions`. Each question is "
      "a\n"
      "subcommand, or a `\"question\"` of the C interface, or both; its options are the keys "
      "there.\n";
  for (const QuestionKind& kind : question_kinds()) {
    if (kind.hidden) continue;
    page += "\n## " + std::string(kind.name) + "\n\n" + std::string(kind.summary) +
            (kind.face == Face::json      ? " Asked in JSON alone."
             : kind.face == Face::program ? " Not asked in JSON."
                                          : "") +
            "\n";
    std::string table;
    for (const Option& row : option_rows) {
      if (!is_word_of(kind.name, row.questions)) continue;
      const bool program = row.face != Face::json && kind.face != Face::json;
      const bool json = row.face != Face::program && is_in_json(kind);
      table +=
          "| " +
          (program ? "`" + in_cell(row.positional ? std::string(row.value) : name_of(row)) + "`"
                   : "–") +
          " | " + (json ? "`" + key_of(row) + "`: " + std::string(type_in_json(row.kind)) : "–") +
          " | " + in_cell(help_of(row)) + " |\n";
    }
    if (!table.empty()) page += "\n| option | key | |\n|---|---|---|\n" + table;
  }
  return page;
}

std::string manual_page() {
  std::string page = ".\\\" Made by `reckon docs man`.\n.TH RECKON 1 \"\" \"Reckon " +
                     std::string(version) +
                     "\"\n.SH NAME\nreckon \\- what a neural network costs, explained\n"
                     ".SH SYNOPSIS\n.B reckon\n.I MODEL\n[OPTIONS]\n.br\n.B reckon\n.I SUBCOMMAND\n"
                     "[OPTIONS]\n.SH DESCRIPTION\n" +
                     escaped(what_it_is) + "\n.PP\n" + escaped(a_model_is) + "\n";
  for (const QuestionKind* kind : listed()) {
    page += ".SH \"RECKON " + std::string(kind->name) + "\"\n" + escaped(kind->summary) +
            "\n.PP\n.B " + escaped(usage(*kind)) + "\n";
    for (const Option* row : arguments_of(kind->name))
      page += ".TP\n.I " + escaped(row->value) + "\n" + escaped(help_of(*row)) + "\n";
    for (const Option* row : options_of(kind->name))
      page += ".TP\n.B " + escaped(cli::name_of(*row)) + "\n" + escaped(help_of(*row)) + "\n";
    if (!kind->notes.empty()) page += ".PP\n" + escaped(kind->notes) + "\n";
    if (!kind->examples.empty()) page += ".PP\n.nf\n" + escaped(kind->examples) + "\n.fi\n";
  }
  return page + ".SH \"EXIT STATUS\"\n" + escaped(statuses) + "\n";
}

std::string keys_comment() {
  std::string page;
  for (const QuestionKind& kind : question_kinds()) {
    if (!is_in_json(kind)) continue;
    std::string text = " *   \"" + std::string(kind.name) + "\"";
    std::size_t width = text.size();
    const std::string indent = " *       ";
    bool first = true;
    for (const Option* row : keys_of(kind.name)) {
      const std::string key = (first ? ": " : ", ") + key_of(*row);
      if (width + key.size() > 98) {
        text += first ? ":\n" + indent : ",\n" + indent;
        width = indent.size();
        text += key.substr(2);
        width += key.size() - 2;
      } else {
        text += key;
        width += key.size();
      }
      first = false;
    }
    page += text + "\n";
  }
  return page;
}

}  // namespace reckon::cli

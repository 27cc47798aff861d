// From what a person types to a Model: the table of formats, the built-in networks, chains.
#include <algorithm>
#include <vector>

#include "base/text.h"
#include "formats/model.h"
#include "formats/net/net.h"
#include "formats/net/program.h"
#include "formats/onnx/onnx.h"

namespace reckon {
namespace {

constexpr Format formats[] = {
    {"onnx", ".onnx .onnx.pb .ort", onnx_match, onnx_open},
    {"net", ".net", net_match, net_open},
};

std::string stem(std::string_view path) {
  path = path.substr(path.find_last_of('/') + 1);
  for (const Format& format : formats)
    for (std::string_view rest = format.extensions; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      const std::string_view extension = rest.substr(0, end);
      if (path.size() > extension.size() && path.ends_with(extension))
        return std::string(path.substr(0, path.size() - extension.size()));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  return std::string(path);
}

Result<Model> open_source_with(ByteSource& source, const Parameters& set, Parameters* unused) {
  const auto format = std::find_if(std::begin(formats), std::end(formats),
                                   [&](const Format& f) { return f.match(source); });
  if (format == std::end(formats)) return onnx_open(source);  // an error that says what it is
  RECKON_ASSIGN(Model model, format->open(source));
  if (model.program != nullptr && !set.empty()) {
    RECKON_ASSIGN(model, instantiate(model.program, set, unused));
  } else if (unused != nullptr) {
    unused->insert(set.begin(), set.end());
  }
  if (model.format.empty()) model.format = std::string(format->name);
  model.source = source.name();
  if (model.name.empty() || model.program != nullptr) model.name = stem(source.name());
  return model;
}

// "784-128-64-10": fully connected layers with ReLU between them.
bool is_chain(std::string_view spec) {
  if (spec.find('-') == std::string_view::npos) return false;
  for (std::size_t i = 0; i < spec.size(); ++i) {
    const bool digit = spec[i] >= '0' && spec[i] <= '9';
    const bool between = spec[i] == '-' && i > 0 && i + 1 < spec.size() && spec[i - 1] != '-';
    if (!digit && !between) return false;
  }
  return true;
}

std::string chain_text(std::string_view spec) {
  std::string text = "input ";
  std::size_t at = 0;
  for (int i = 0; at <= spec.size(); ++i) {
    const std::size_t end = std::min(spec.find('-', at), spec.size());
    if (i > 1) text += "relu\n";
    if (i > 0) text += "linear ";
    text += std::string(spec.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return text;
}

std::string normalized(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return out;
}

const BuiltIn* find_built_in(std::string_view name) {
  const std::string wanted = normalized(name);
  for (const BuiltIn& network : built_in_networks())
    if (network.name == wanted) return &network;
  return nullptr;
}

// "layers=24&width=1024"
Result<Parameters> parse_query(std::string_view query, std::string_view spec) {
  Parameters parameters;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    const std::size_t equals = one.find('=');
    const auto value =
        equals == std::string_view::npos ? std::nullopt : parse_int(one.substr(equals + 1));
    if (!value || equals == 0)
      return fail(ErrorCode::bad_argument,
                  quoted(one) + " is not a parameter and a whole number, as in: gpt2?layers=24",
                  printable(spec));
    if (!parameters.emplace(std::string(one.substr(0, equals)), *value).second)
      return fail(ErrorCode::bad_argument,
                  "the parameter " + quoted(one.substr(0, equals)) + " is given twice",
                  printable(spec));
  }
  return parameters;
}

Result<Model> open_text(std::string_view text, std::string name, const Parameters& set,
                        Parameters* unused) {
  RECKON_ASSIGN(auto program, parse_network(std::string(text), std::move(name)));
  return instantiate(std::move(program), set, unused);
}

// Names in the query must be parameters; the rest of `set` may be free dimensions.
Result<Model> with_query(Model model, const Parameters& query, const Parameters& set,
                         Parameters* unused) {
  if (query.empty()) return model;
  if (model.program == nullptr)
    return fail(ErrorCode::bad_argument, "a model in this format takes no parameters after '?'",
                model.source);
  RECKON_TRY(network_parameters(*model.program, query));
  Parameters all = set;
  for (const auto& [name, value] : query) all.insert_or_assign(name, value);
  for (const auto& [name, value] : set) all.insert_or_assign(name, value);
  if (unused != nullptr) unused->clear();
  Parameters ignored;
  RECKON_ASSIGN(Model again, instantiate(model.program, all, unused ? unused : &ignored));
  again.source = model.source;
  again.name = model.name;
  return again;
}

std::unexpected<Error> no_such_model(std::string_view name) {
  if (name.starts_with("input "))
    return fail(ErrorCode::not_found,
                "there is no file " + quoted(name) +
                    "; of a network on one line every layer ends with ';', as in 'input 10x32; "
                    "lstm 64'",
                printable(name));
  std::vector<std::string_view> known;
  for (const BuiltIn& network : built_in_networks()) known.push_back(network.name);
  const std::string guess = did_you_mean(normalized(name), known);
  return fail(ErrorCode::not_found,
              "there is no file and no built-in network " + quoted(name) +
                  (guess.empty() ? "; " : guess + " ") + "'reckon networks' lists the networks",
              printable(name));
}

}  // namespace

Result<Model> open_source(ByteSource& source) {
  return open_source_with(source, {}, nullptr);
}

Result<Model> open_network_text(std::string_view text, std::string name, const Parameters& set) {
  RECKON_ASSIGN(Model model, open_text(text, std::move(name), set, nullptr));
  model.source = model.name;
  return model;
}

Result<Model> open_model(std::string_view spec, const Parameters& set, Parameters* unused) {
  Parameters ignored;
  Parameters* rest = unused != nullptr ? unused : &ignored;
  if (spec.empty()) return fail(ErrorCode::not_found, "no model was named");
  if (spec.find_first_of(";\n") != std::string_view::npos) {
    RECKON_ASSIGN(Model model, open_text(spec, "<text>", set, rest));
    model.source = "<text>";
    return model;
  }
  if (is_chain(spec)) {
    RECKON_ASSIGN(Model model, open_text(chain_text(spec), printable(spec), set, rest));
    model.source = printable(spec);
    return model;
  }
  const std::size_t mark = spec.rfind('?');
  const std::string_view name = spec.substr(0, mark);
  const std::string_view query_text =
      mark == std::string_view::npos ? std::string_view() : spec.substr(mark + 1);
  if (const BuiltIn* network = find_built_in(name)) {
    RECKON_ASSIGN(const Parameters query, parse_query(query_text, spec));
    RECKON_ASSIGN(Model model, open_text(network->text, std::string(network->name),
                                         query.empty() ? set : Parameters(), rest));
    model.source = "built-in";
    return with_query(std::move(model), query, set, rest);
  }
  auto whole = open_file(std::string(spec));
  if (whole) return open_source_with(**whole, set, rest);
  if (whole.error().code != ErrorCode::not_found)
    return std::unexpected<Error>(std::move(whole).error());
  if (mark != std::string_view::npos) {
    if (auto file = open_file(std::string(name))) {
      RECKON_ASSIGN(const Parameters query, parse_query(query_text, spec));
      RECKON_ASSIGN(Model model,
                    open_source_with(**file, query.empty() ? set : Parameters(), rest));
      return with_query(std::move(model), query, set, rest);
    }
  }
  const bool is_path = name.find('/') != std::string_view::npos || stem(name) != name;
  if (is_path) return std::unexpected<Error>(std::move(whole).error());
  return no_such_model(name);
}

}  // namespace reckon

#include "formats/net/net.h"

#include <algorithm>

#include "formats/net/program.h"

namespace reckon {
namespace {

Result<std::string> read_text(ByteSource& source, std::uint64_t limit) {
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(std::min<std::uint64_t>(limit, source.size_bytes())));
  RECKON_TRY(source.read(0, bytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// The first word that is in no comment.
std::string_view first_word(std::string_view text) {
  while (!text.empty()) {
    const char c = text.front();
    if (c == '#') {
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';') {
      text.remove_prefix(1);
    } else {
      return text.substr(0, text.find_first_of(" \t\r\n"));
    }
  }
  return {};
}

}  // namespace

bool net_match(ByteSource& source) {
  if (source.name().ends_with(".net")) return true;
  const auto head = read_text(source, 4096);
  if (!head || head->find('\0') != std::string::npos) return false;
  const std::string_view word = first_word(*head);
  return word == "param" || word == "input" || word == "let" || word == "block";
}

Result<Model> net_open(ByteSource& source) {
  if (source.size_bytes() > net::max_text_bytes)
    return fail(ErrorCode::limit,
                "a network of " + std::to_string(source.size_bytes()) + " bytes; at most " +
                    std::to_string(net::max_text_bytes) + " are read",
                source.name());
  RECKON_ASSIGN(std::string text, read_text(source, net::max_text_bytes));
  RECKON_ASSIGN(auto program, parse_network(std::move(text), source.name()));
  return instantiate(std::move(program), {});
}

}  // namespace reckon

// A Result<T> is a value or an Error; a Status is success or an Error. No room of the library
// throws, prints or exits: failure is always returned, with a code that programs can test, a
// sentence that people can act on, and the place it happened.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace reckon {

enum class ErrorCode : std::uint8_t {
  not_found,       // a file, network, layer, dimension or parameter that does not exist
  io_error,        // the operating system refused: permission, directory, broken device
  not_a_model,     // the bytes are of another kind altogether
  corrupt,         // the right kind of file, but damaged: truncated, impossible lengths
  invalid_graph,   // decoded, but no network: a cycle, a name written twice, a missing value
  shape_mismatch,  // operands that do not fit each other
  overflow,        // a size beyond 64 bits
  limit,           // beyond a bound that keeps time and memory finite
  syntax,          // a line of the network language that does not parse
  bad_argument,    // a question that makes no sense: batch 0, an option nobody knows
  does_not_fit,    // an answer: nothing that was asked about fits into what is there
  unsupported,     // understood and not answered yet
  internal,        // a bug of ours
};

// The code as programs see it, the same word in JSON and on the terminal: "not_found".
std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // one sentence, no full stop, says what is possible where it can
  std::string where;    // file, line:column, node name or JSON path; may be empty

  // Calls, not the moves of two strings written out: a thousand places hand errors on, which were
  // an eighth of the engine in a page.
  Error() = default;
  Error(ErrorCode code_of, std::string message_of, std::string where_of = {});
  Error(const Error& other);
  Error(Error&& other) noexcept;
  Error& operator=(const Error& other);
  Error& operator=(Error&& other) noexcept;
  ~Error();
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

std::unexpected<Error> fail(ErrorCode code, std::string message, std::string where = {});

}  // namespace reckon

// RECKON_TRY(expr);            returns the error of `expr` from the calling function
// RECKON_ASSIGN(auto x, expr); the same, and binds the value
#define RECKON_CONCAT_(a, b) a##b
#define RECKON_CONCAT(a, b) RECKON_CONCAT_(a, b)
#define RECKON_TRY(expr)                                                   \
  do {                                                                     \
    if (auto status_ = (expr); !status_) [[unlikely]]                      \
      return std::unexpected<::reckon::Error>(std::move(status_).error()); \
  } while (false)
#define RECKON_ASSIGN(decl, expr)                                                                 \
  auto RECKON_CONCAT(result_, __LINE__) = (expr);                                                 \
  if (!RECKON_CONCAT(result_, __LINE__)) [[unlikely]]                                             \
    return std::unexpected<::reckon::Error>(std::move(RECKON_CONCAT(result_, __LINE__)).error()); \
  decl = *std::move(RECKON_CONCAT(result_, __LINE__))

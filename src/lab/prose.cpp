#include "lab/prose.h"

#include "base/text.h"

namespace reckon::lab {
namespace {

// The shown value that begins at *offset and ends before `close`, or with the text where that is
// empty; *offset moves behind it.
Result<Shown> shown_at(const Source& source, std::size_t* offset, std::string_view close) {
  Shown shown;
  RECKON_ASSIGN(shown.value, parse_expression_at(source, offset));
  const std::string_view text = source.text;
  std::size_t end = *offset;
  if (end < text.size() && text[end] == '|') {
    const std::size_t stop = close.empty() ? text.size() : text.find(close, end);
    if (stop == std::string_view::npos)
      return fail(ErrorCode::syntax, "the figure does not end with " + std::string(close),
                  source.at(end).text());
    shown.format = trimmed(text.substr(end + 1, stop - end - 1));
    end = stop;
  }
  if (text.substr(end, close.size()) != close || (close.empty() && end != text.size()))
    return fail(ErrorCode::syntax,
                "did not expect " + quoted(text.substr(end, 8)) + " here" +
                    (close.empty() ? "" : "; a figure ends with }}"),
                source.at(end).text());
  *offset = end + close.size();
  return shown;
}

}  // namespace

Result<Prose> parse_prose(const Source& source) {
  Prose prose;
  prose.place = source.place;
  const std::string_view text = source.text;
  std::size_t done = 0;
  for (std::size_t open = text.find("{{"); open != std::string_view::npos;
       open = text.find("{{", done)) {
    prose.markdown += text.substr(done, open - done);
    done = open + 2;
    RECKON_ASSIGN(Shown shown, shown_at(source, &done, "}}"));
    prose.markdown += "⟦" + std::to_string(prose.figures.size()) + "⟧";
    prose.figures.push_back(std::move(shown));
  }
  prose.markdown += text.substr(done);
  prose.markdown = trimmed(prose.markdown);
  return prose;
}

Result<Shown> parse_shown(const Source& source) {
  std::size_t offset = 0;
  return shown_at(source, &offset, "");
}

}  // namespace reckon::lab

#include "pnm_file.h"

#include <optional>

#include "base/text.h"

namespace reckon {
namespace {

class Header {
 public:
  explicit Header(std::span<const std::byte> bytes) : bytes_(bytes) {}

  // A whole number of 1 to `most`, behind white space and comments.
  std::optional<int> number(int most) {
    while (at_ < bytes_.size() && (is_space() || here() == '#')) {
      if (here() == '#')
        while (at_ < bytes_.size() && here() != '\n') ++at_;
      else
        ++at_;
    }
    int n = 0;
    const std::size_t begin = at_;
    for (; at_ < bytes_.size() && here() >= '0' && here() <= '9'; ++at_) {
      n = n * 10 + (here() - '0');
      if (n > most) return std::nullopt;
    }
    return at_ == begin || n == 0 ? std::nullopt : std::optional(n);
  }
  // The one white space before the pixels.
  bool ends() {
    if (at_ >= bytes_.size() || !is_space()) return false;
    ++at_;
    return true;
  }
  void skip(std::size_t n) { at_ += n; }
  std::span<const std::byte> rest() const { return bytes_.subspan(at_); }

 private:
  int here() const { return std::to_integer<int>(bytes_[at_]); }
  bool is_space() const { return here() == ' ' || (here() >= '\t' && here() <= '\r'); }

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Result<PnmImage> read_pnm(std::span<const std::byte> bytes, std::string_view name) {
  const auto wrong = [&](ErrorCode code, std::string what) {
    return fail(code, std::move(what), printable(name));
  };
  constexpr int most_side = 1 << 14, most_value = 65535;
  if (bytes.size() < 2 || std::to_integer<char>(bytes[0]) != 'P')
    return wrong(ErrorCode::not_a_model, "the file is no image in a format of Netpbm (PGM, PPM)");
  const char kind = std::to_integer<char>(bytes[1]);
  if (kind != '5' && kind != '6')
    return wrong(ErrorCode::unsupported, "of Netpbm's formats only P5 (PGM) and P6 (PPM) are read");
  Header header(bytes);
  header.skip(2);
  const auto width = header.number(most_side), height = header.number(most_side),
             maximum = header.number(most_value);
  if (!width || !height || !maximum || !header.ends())
    return wrong(ErrorCode::corrupt,
                 "the header has no width and height (1 to 16,384) and largest value");
  if (*maximum > 255)
    return wrong(ErrorCode::unsupported, "images of more than 8 bits are not read");
  PnmImage image;
  image.shape = {kind == '5' ? 1 : 3, *height, *width};
  const auto rest = header.rest();
  const auto n = static_cast<std::size_t>(image.shape.n_pixels());
  if (rest.size() != n)
    return wrong(ErrorCode::corrupt, "the header asks for " + std::to_string(n) + " bytes, " +
                                         std::to_string(rest.size()) + " are there");
  const auto channels = static_cast<std::size_t>(image.shape.channels), plane = n / channels;
  image.pixels.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const int value = std::min(std::to_integer<int>(rest[i]), *maximum);
    image.pixels[i % channels * plane + i / channels] =
        static_cast<std::uint8_t>((value * 255 + *maximum / 2) / *maximum);
  }
  return image;
}

}  // namespace reckon

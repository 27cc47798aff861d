#include "formats/onnx/foreign.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "formats/onnx/wire.h"

namespace reckon {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view sentence;
};

// Most particular first. Sources: the formats' own specifications; `file`'s magic database.
constexpr Signature signatures[] = {
    {0, "version https://git-lfs"sv,
     "this is a Git LFS pointer, not the file itself: run git lfs pull"},
    {0, "\x89PNG"sv, "this is a PNG image, not a model"},
    {0, "\xff\xd8\xff"sv, "this is a JPEG image, not a model"},
    {0, "GIF8"sv, "this is a GIF image, not a model"},
    {0, "%PDF"sv, "this is a PDF document, not a model"},
    {0, "PK\x03\x04"sv,
     "this is a ZIP archive (PyTorch and Keras save such files): export to ONNX first"},
    {0, "PK\x05\x06"sv, "this is an empty ZIP archive"},
    {0, "\x89HDF\r\n"sv, "this is an HDF5 file (Keras saves such files): export to ONNX first"},
    {0, "GGUF"sv, "this is a GGUF file: Reckon does not read that format yet"},
    {0, "GGML"sv, "this is a GGML file: Reckon does not read that format"},
    {4, "TFL3"sv, "this is a TensorFlow Lite model: convert it to ONNX first (tf2onnx)"},
    {4, "ORTM"sv, "this is an ONNX Runtime (.ort) model: use the ONNX file it was made from"},
    {0, "\x93NUMPY"sv, "this is a NumPy array, not a model"},
    {0,
     "\x7f"
     "ELF"sv,
     "this is a program or library (ELF), not a model"},
    {0, "MZ"sv, "this is a Windows program or library, not a model"},
    {0, "\x1f\x8b"sv, "this is compressed (gzip): unpack it first"},
    {0,
     "\xfd"
     "7zXZ"sv,
     "this is compressed (xz): unpack it first"},
    {0, "BZh"sv, "this is compressed (bzip2): unpack it first"},
    {0, "\x28\xb5\x2f\xfd"sv, "this is compressed (zstd): unpack it first"},
    {257, "ustar"sv, "this is a tar archive: unpack it first"},
    {0, "RIFF"sv, "this is a RIFF file (sound or video), not a model"},
    {0, "SQLite format 3"sv, "this is an SQLite database, not a model"},
};

constexpr std::size_t head_bytes = 512;

bool is_text(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t';
  });
}

std::string_view trimmed(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

std::string text_kind(std::string_view head) {
  const std::string_view text = trimmed(head);
  if (text.empty()) return "this file holds only white space";
  if (text.starts_with("<!") || text.starts_with("<html") || text.starts_with("<HTML"))
    return "this is a web page, not a model (a download that asked for a log-in?)";
  if (text.front() == '<') return "this is an XML file, not an ONNX model";
  if (text.front() == '{' || text.front() == '[') return "this is a JSON file, not an ONNX model";
  return "this is a text file, not an ONNX model";
}

// A safetensors file: the length of its header, then the header in JSON.
bool is_safetensors(std::string_view head, std::uint64_t size) {
  if (head.size() < 10 || head[8] != '{') return false;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < 8; ++i)
    length |= static_cast<std::uint64_t>(static_cast<unsigned char>(head[i])) << (8 * i);
  return size >= 8 && length <= size - 8;
}

// Python's pickle from protocol 2 on: PROTO n, then an opcode. A protobuf that starts with 0x80
// has a field number above 15, which no ONNX file starts with.
bool is_pickle(std::string_view head) {
  return head.size() >= 3 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
}

}  // namespace

std::string foreign_file(ByteSource& source) {
  if (source.size_bytes() == 0) return "the file is empty";
  std::array<char, head_bytes> buffer{};
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(head_bytes, source.size_bytes()));
  if (!source.read(0, std::as_writable_bytes(std::span(buffer).first(n)))) return {};
  const std::string_view head(buffer.data(), n);
  for (const Signature& signature : signatures)
    if (head.size() >= signature.offset &&
        head.substr(signature.offset).starts_with(signature.bytes))
      return std::string(signature.sentence);
  if (is_safetensors(head, source.size_bytes()))
    return "this is a safetensors file, which holds weights and no network: export the model to "
           "ONNX";
  if (is_pickle(head))
    return "this is a Python pickle (older PyTorch saves such files): export to ONNX first";
  if (std::all_of(head.begin(), head.end(), [](char c) { return c == '\0'; }))
    return "this file starts with zeros only (an incomplete download?)";
  return is_text(head) ? text_kind(head) : std::string();
}

std::string foreign_protobuf(ByteSource& source) {
  WireReader wire(source);
  Message message = wire.whole("the file");
  Field first, second;
  if (!wire.next(message, first)) return {};
  const bool has_second = wire.next(message, second);
  const auto is = [](const Field& field, std::uint32_t number, Wire type) {
    return field.number == number && field.wire == type;
  };
  const auto starts_with_tag_of_message = [&](const Field& field) {
    return field.size > 0 && field.size <= WireReader::window_bytes && !wire.text(field).empty() &&
           wire.text(field).front() == '\x0a';
  };
  // TensorProto: dims (1) unpacked or packed, then data_type (2).
  if (has_second && (is(second, 2, Wire::varint) || is(second, 1, Wire::varint)) &&
      (is(first, 1, Wire::varint) || is(first, 1, Wire::bytes)))
    return "this seems to be a single tensor (a serialised TensorProto), not a model";
  // SavedModel: saved_model_schema_version (1), meta_graphs (2): MetaInfoDef first.
  if (is(first, 1, Wire::varint) && first.value == 1 && is(second, 2, Wire::bytes) &&
      (second.size > WireReader::window_bytes || starts_with_tag_of_message(second)))
    return "this seems to be a TensorFlow SavedModel: convert it to ONNX first (tf2onnx)";
  // GraphDef: node (1), each starting with its name (1).
  if (is(first, 1, Wire::bytes) && starts_with_tag_of_message(first))
    return "this seems to be a TensorFlow graph: convert it to ONNX first (tf2onnx)";
  return {};
}

}  // namespace reckon

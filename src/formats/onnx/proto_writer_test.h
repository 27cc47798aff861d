// Writes ONNX files for tests, byte by byte: a second, opposite reading of onnx.proto that shares
// no code with the reader. It can also write what no library would.
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace reckon::test {

class Proto {
 public:
  std::string bytes;

  Proto& raw(std::string_view more) {
    bytes.append(more);
    return *this;
  }
  Proto& varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
    bytes += static_cast<char>(value);
    return *this;
  }
  Proto& tag(std::uint32_t field, std::uint32_t wire) { return varint(field << 3 | wire); }
  Proto& num(std::uint32_t field, std::int64_t value) {
    return tag(field, 0).varint(static_cast<std::uint64_t>(value));
  }
  Proto& str(std::uint32_t field, std::string_view value) {
    return tag(field, 2).varint(value.size()).raw(value);
  }
  Proto& msg(std::uint32_t field, const Proto& value) { return str(field, value.bytes); }
  Proto& flt(std::uint32_t field, float value) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, 4);
    tag(field, 5);
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(bits >> (8 * i) & 0xff);
    return *this;
  }
  Proto& packed(std::uint32_t field, const std::vector<std::int64_t>& values) {
    Proto list;
    for (const std::int64_t value : values) list.varint(static_cast<std::uint64_t>(value));
    return msg(field, list);
  }
};

using Strings = std::vector<std::string>;
using Ints = std::vector<std::int64_t>;

// AttributeProto: name 1, f 2, i 3, s 4, t 5, g 6, floats 7, ints 8, type 20, ref 21.
inline Proto attr_int(std::string_view name, std::int64_t value) {
  return Proto().str(1, name).num(3, value).num(20, 2);
}
inline Proto attr_ints(std::string_view name, const Ints& values) {
  Proto p = Proto().str(1, name);
  for (const std::int64_t value : values) p.num(8, value);
  return p.num(20, 7);
}
inline Proto attr_graph(std::string_view name, const Proto& graph) {
  return Proto().str(1, name).msg(6, graph).num(20, 5);
}
inline Proto attr_tensor(std::string_view name, const Proto& tensor) {
  return Proto().str(1, name).msg(5, tensor).num(20, 4);
}
inline Proto attr_ref(std::string_view name, std::string_view ref, std::int64_t type) {
  return Proto().str(1, name).num(20, type).str(21, ref);
}

// NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7.
inline Proto node(std::string_view op, const Strings& in, const Strings& out,
                  std::string_view name = {}, const std::vector<Proto>& attrs = {},
                  std::string_view domain = {}) {
  Proto p;
  for (const auto& i : in) p.str(1, i);
  for (const auto& o : out) p.str(2, o);
  if (!name.empty()) p.str(3, name);
  p.str(4, op);
  for (const auto& a : attrs) p.msg(5, a);
  if (!domain.empty()) p.str(7, domain);
  return p;
}

// A dimension: a number, or a name.
struct DimText {
  std::int64_t value = 0;
  std::string param;
  DimText(std::int64_t v) : value(v) {}       // NOLINT: {1, 3, "N"} reads well
  DimText(const char* name) : param(name) {}  // NOLINT
};

// ValueInfoProto.
inline Proto value_info(std::string_view name, std::int64_t dtype,
                        const std::vector<DimText>& dims) {
  Proto shape;
  for (const DimText& d : dims)
    shape.msg(1, d.param.empty() ? Proto().num(1, d.value) : Proto().str(2, d.param));
  return Proto().str(1, name).msg(2, Proto().msg(1, Proto().num(1, dtype).msg(2, shape)));
}

// TensorProto with raw_data of `bytes`; no data field at all when it is empty.
inline Proto tensor(std::string_view name, std::int64_t dtype, const Ints& dims,
                    std::string_view bytes = {}) {
  Proto p;
  for (const std::int64_t d : dims) p.num(1, d);
  p.num(2, dtype).str(8, name);
  if (!bytes.empty()) p.str(9, bytes);
  return p;
}

template <class T>
std::string little_endian(std::initializer_list<T> values) {
  std::string out;
  for (const T value : values) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    out.append(raw, sizeof(T));
  }
  return out;
}

// GraphProto: node 1, name 2, initializer 5, input 11, output 12, value_info 13.
inline Proto graph(const std::vector<Proto>& nodes, const std::vector<Proto>& initializers,
                   const std::vector<Proto>& inputs, const std::vector<Proto>& outputs,
                   const std::vector<Proto>& infos = {}) {
  Proto p;
  for (const auto& n : nodes) p.msg(1, n);
  p.str(2, "main");
  for (const auto& t : initializers) p.msg(5, t);
  for (const auto& i : inputs) p.msg(11, i);
  for (const auto& o : outputs) p.msg(12, o);
  for (const auto& v : infos) p.msg(13, v);
  return p;
}

inline Proto opset_import(std::string_view domain, std::int64_t version) {
  return Proto().str(1, domain).num(2, version);
}

// FunctionProto: name 1, input 4, output 5, attribute 6, node 7, opset_import 9, domain 10.
inline Proto function(std::string_view name, std::string_view domain, const Strings& in,
                      const Strings& out, const std::vector<Proto>& nodes,
                      const Strings& attributes = {}, const std::vector<Proto>& defaults = {}) {
  Proto p = Proto().str(1, name);
  for (const auto& i : in) p.str(4, i);
  for (const auto& o : out) p.str(5, o);
  for (const auto& a : attributes) p.str(6, a);
  for (const auto& n : nodes) p.msg(7, n);
  p.msg(9, opset_import("", 17)).str(10, domain);
  for (const auto& d : defaults) p.msg(11, d);
  return p;
}

// ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8, functions 25.
inline std::string model(const Proto& g, const std::vector<Proto>& functions = {}) {
  Proto p = Proto().num(1, 8).str(2, "test").msg(7, g).msg(8, opset_import("", 17));
  if (!functions.empty()) p.msg(8, opset_import("local", 1));
  for (const auto& f : functions) p.msg(25, f);
  return p.bytes;
}

}  // namespace reckon::test

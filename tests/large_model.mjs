// Writes an ONNX file of 2 GB that takes little disk: fully connected layers whose weights are a hole in the file
// (zeros that are stored nowhere), with everything that describes them around.
//
// onnx.proto: ModelProto {1 ir_version, 7 graph, 8 opset_import}; GraphProto {1 node, 2 name, 5 initializer,
// 11 input, 12 output}; NodeProto {1 input, 2 output, 3 name, 4 op_type}; TensorProto {1 dims, 2 data_type, 8 name,
// 9 raw_data}; ValueInfoProto {1 name, 2 type {1 tensor_type {1 elem_type, 2 shape {1 dim {1 dim_value}}}}}.
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

function varint(n) {
  const bytes = [];
  for (; n >= 128; n = Math.floor(n / 128)) bytes.push((n % 128) + 128);
  return Buffer.from([...bytes, n]);
}
const number = (field, n) => Buffer.concat([varint(field * 8), varint(n)]);
const head = (field, n_bytes) => Buffer.concat([varint(field * 8 + 2), varint(n_bytes)]);
const bytes = (field, ...parts) => {
  const all = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([head(field, all.length), all]);
};

// The layers of `width`: 32 of 4096 have 2,147,483,648 bytes of weights, which is beyond what protobuf's own readers
// take, and beyond what a 32-bit number counts.
export function write_large_model(path, width = 4096, n_layers = 32) {
  const fp32 = 1;
  const raw_bytes = width * width * 4;
  const value = (field, name) => bytes(field, bytes(1, name), bytes(2, bytes(1, number(1, fp32), bytes(2, bytes(1, number(1, 1)), bytes(1, number(1, width))))));
  const layers = Array.from({ length: n_layers }, (_, i) => i);
  const nodes = layers.map((i) => bytes(1, bytes(1, i === 0 ? "x" : `y${i - 1}`), bytes(1, `w${i}`), bytes(2, `y${i}`), bytes(3, `layer.${i}`), bytes(4, "MatMul")));
  const before = Buffer.concat([...nodes, bytes(2, "large")]);
  const after = Buffer.concat([value(11, "x"), value(12, `y${n_layers - 1}`)]);
  // What stands before the weights themselves, of each.
  const heads = layers.map((i) => {
    const said = Buffer.concat([number(1, width), number(1, width), number(2, fp32), bytes(8, `w${i}`), head(9, raw_bytes)]);
    return Buffer.concat([head(5, said.length + raw_bytes), said]);
  });
  const n_graph = before.length + heads.reduce((sum, said) => sum + said.length + raw_bytes, 0) + after.length;
  const file = openSync(path, "w");
  let at = 0;
  const write = (part) => {
    writeSync(file, part, 0, part.length, at);
    at += part.length;
  };
  write(Buffer.concat([number(1, 8), bytes(8, bytes(1, ""), number(2, 17)), head(7, n_graph), before]));
  for (const said of heads) {
    write(said);
    at += raw_bytes;
  }
  write(after);
  ftruncateSync(file, at);
  closeSync(file);
  return { params: width * width * n_layers, bytes: at };
}

// One line of tests/golden/ops/FAMILY.txt: an operator applied to given tensors, and what must come
// out.
//
//   [domain::]OpName[@opset] attr=value… | input… -> output… | macs=… flops=… int_ops=… saved=…
//   [domain::]OpName[@opset] attr=value… | input… -> error: part of the message
//
// tensor  dtype[dims]            f32[1,3,224,224]   f32[] is a scalar, f32[2,?] has an unknown
//                                dimension, f32 alone is of unknown rank, - is an absent input
//         dtype[dims]{elements}  i64[2]{3,-1}       with known elements; ? is an unknown element
//         dtype([dims]*count…)   f32([2,3]*4[1,3])  a sequence of four tensors and a fifth
// dtype   f32 f16 bf16 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool str, or the long names
// attr    axis=1  alpha=0.5  mode=linear  pads=[1,1,1,1]  scales=[1.0,2.0]  names=["a","b"]
//         value=i64[1]{7}
// saved   in0,in2,out0,extra:4096     (extra bytes; ? is unknown)
// A figure that is not written must be zero. Where an output is written with elements, they must
// be known and equal; without, they are not looked at. Lines that begin with # say where the
// expectation comes from: a hand count, a paper, another program.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "ops/context.h"

namespace reckon {

struct GoldenLine {
  std::unique_ptr<Graph> graph;  // one node
  std::vector<Tensor> tensors;   // of its inputs; outputs unknown
  std::deque<Constant> constants;
  std::vector<Tensor> expected;  // of its outputs
  std::string expected_error;    // empty: none
  std::string expected_figures;  // the last column, as written
};

Result<GoldenLine> parse_golden_line(const std::string& line);

}  // namespace reckon

// The path of the blocks and repeats that a layer stands in: "layers.3.Pair-1".
#pragma once

#include <string>
#include <string_view>

#include "formats/net/evaluate.h"
#include "formats/net/graph_builder.h"

namespace reckon::net {

class ModulePath {
 public:
  struct Mark {
    std::size_t outer_bytes, inner_bytes, unnamed_scope, unnamed_mark;
  };

  const std::string& path() const { return path_; }

  // Enters a module: its label joins the path, or else its name and a number.
  Mark enter(std::string_view label, std::string_view name) {
    Mark mark{path_.size(), 0, unnamed_scope_, 0};
    if (!path_.empty()) path_ += '.';
    path_ += label.empty() ? name : label;
    if (label.empty()) {
      int* seen = unnamed_.find(name, unnamed_scope_);
      if (seen == nullptr) unnamed_.push(name, 1);
      path_ += '-' + std::to_string(seen == nullptr ? 1 : ++*seen);
    }
    mark.inner_bytes = path_.size();
    mark.unnamed_mark = unnamed_scope_ = unnamed_.mark();
    is_kept_ = false;
    return mark;
  }
  // The i-th turn of a repeat that was entered.
  void iterate(const Mark& mark, std::int64_t i) {
    path_.resize(mark.inner_bytes);
    path_ += '.' + std::to_string(i);
    unnamed_.drop_to(mark.unnamed_mark);
    is_kept_ = false;
  }
  void leave(const Mark& mark) {
    path_.resize(mark.outer_bytes);
    unnamed_.drop_to(mark.unnamed_mark);
    unnamed_scope_ = mark.unnamed_scope;
    is_kept_ = false;
  }

  // The path in the arena of the graph; only modules with layers take room there.
  std::string_view kept_in(GraphBuilder& graph) {
    if (!is_kept_) kept_ = graph.keep(path_);
    is_kept_ = true;
    return kept_;
  }

 private:
  std::string path_;
  std::string_view kept_;
  bool is_kept_ = false;
  Bindings<int> unnamed_;          // how many without a label, by name
  std::size_t unnamed_scope_ = 0;  // the first of the current module
};

}  // namespace reckon::net

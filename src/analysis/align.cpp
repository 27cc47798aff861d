#include "analysis/align.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace reckon {
namespace {

// A layer in numbers: equal ones are equal in that respect.
struct Item {
  std::int32_t op = 0, module = 0, name = 0;  // name 0: it has none that says anything
  std::uint64_t shapes = 0;
  std::int64_t params = -1;
  bool operator==(const Item&) const = default;
};

// What speaks for a pair; 0: nothing, and they are none. A name outweighs all else together, so
// that a layer whose operator was replaced is still found.
int weight(const Item& a, const Item& b) {
  const bool named = a.name != 0 && a.name == b.name && a.module == b.module;
  if (a.op != b.op) return named ? 3 : 0;
  return 4 + (named ? 16 : 0) + (a.shapes == b.shapes ? 3 : 0) +
         (a.params == b.params && a.params > 0 ? 2 : 0) + (a.module == b.module ? 1 : 0);
}

class Numbers {
 public:
  std::int32_t of(std::string_view word) {
    return known_.try_emplace(std::string(word), static_cast<std::int32_t>(known_.size()) + 1)
        .first->second;
  }

 private:
  std::unordered_map<std::string, std::int32_t> known_;
};

// How many layers of a list have this stem.
using Stems = std::unordered_map<std::string_view, int>;

std::vector<Item> items_of(const std::vector<AlignedLayer>& layers, Numbers& numbers) {
  Stems stems;
  for (const AlignedLayer& layer : layers)
    ++stems[std::string_view(layer.name).substr(0, stem_of(layer.name))];
  std::vector<Item> items;
  items.reserve(layers.size());
  for (const AlignedLayer& layer : layers) {
    const std::size_t stem = stem_of(layer.name);
    const bool counts =
        layer.name.empty() ||
        (stem < layer.name.size() && stems[std::string_view(layer.name).substr(0, stem)] > 1);
    items.push_back({numbers.of(layer.op), numbers.of(layer.module),
                     counts ? 0 : numbers.of(layer.name), layer.shapes, layer.params});
  }
  return items;
}

class Aligner {
 public:
  Aligner(std::vector<Item> a, std::vector<Item> b, std::int64_t most_cells)
      : a_(std::move(a)), b_(std::move(b)), most_cells_(most_cells) {}

  Alignment run() {
    align({0, size(a_)}, {0, size(b_)}, true);
    add_between(size(a_), size(b_));
    return std::move(out_);
  }

 private:
  struct Range {
    std::int64_t begin, end;
    std::int64_t size() const { return end - begin; }
  };
  static std::int64_t size(const std::vector<Item>& list) {
    return static_cast<std::int64_t>(list.size());
  }
  const Item& a(std::int64_t i) const { return a_[static_cast<std::size_t>(i)]; }
  const Item& b(std::int64_t i) const { return b_[static_cast<std::size_t>(i)]; }

  // What stands alone until (i, j), which is the next pair or the end of both.
  void add_between(std::int64_t i, std::int64_t j) {
    while (next_a_ < i) out_.pairs.push_back({next_a_++, -1});
    while (next_b_ < j) out_.pairs.push_back({-1, next_b_++});
  }
  void add(std::int64_t i, std::int64_t j) {
    add_between(i, j);
    out_.pairs.push_back({next_a_++, next_b_++});
  }

  void align(Range of_a, Range of_b, bool cut) {
    while (of_a.size() > 0 && of_b.size() > 0 && a(of_a.begin) == b(of_b.begin))
      add(of_a.begin++, of_b.begin++);
    std::int64_t n_last = 0;
    while (of_a.size() > 0 && of_b.size() > 0 && a(of_a.end - 1) == b(of_b.end - 1))
      --of_a.end, --of_b.end, ++n_last;
    if (of_a.size() > 0 && of_b.size() > 0) {
      const auto anchors = cut ? anchors_of(of_a, of_b) : std::vector<LayerPair>();
      if (anchors.empty()) {
        search(of_a, of_b);
      } else {
        for (const auto& [i, j] : anchors) {
          align({of_a.begin, i}, {of_b.begin, j}, false);
          add(i, j);
          of_a.begin = i + 1, of_b.begin = j + 1;
        }
        align(of_a, of_b, false);
      }
    }
    for (std::int64_t k = 0; k < n_last; ++k) add(of_a.end + k, of_b.end + k);
  }

  // Names that either range has once, as many as are in the same order in both.
  std::vector<LayerPair> anchors_of(Range of_a, Range of_b) const {
    struct Places {
      std::int64_t a = -1, b = -1;
      int n_a = 0, n_b = 0;
    };
    std::map<std::pair<std::int32_t, std::int32_t>, Places> by_name;
    for (std::int64_t i = of_a.begin; i < of_a.end; ++i) {
      if (a(i).name == 0) continue;
      Places& p = by_name[{a(i).module, a(i).name}];
      p.a = i, ++p.n_a;
    }
    for (std::int64_t j = of_b.begin; j < of_b.end; ++j) {
      if (b(j).name == 0) continue;
      Places& p = by_name[{b(j).module, b(j).name}];
      p.b = j, ++p.n_b;
    }
    std::vector<LayerPair> once;
    for (const auto& [name, p] : by_name)
      if (p.n_a == 1 && p.n_b == 1) once.push_back({p.a, p.b});
    std::ranges::sort(once, {}, &LayerPair::a);
    return longest_in_order(once);
  }

  // The longest subsequence whose `b` rise (patience sorting).
  static std::vector<LayerPair> longest_in_order(const std::vector<LayerPair>& pairs) {
    std::vector<std::size_t> piles, before(pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto pile = std::ranges::lower_bound(piles, pairs[i].b, {},
                                                 [&](std::size_t top) { return pairs[top].b; });
      before[i] = pile == piles.begin() ? i : *(pile - 1);
      if (pile == piles.end())
        piles.push_back(i);
      else
        *pile = i;
    }
    std::vector<LayerPair> out(piles.size());
    for (std::size_t k = piles.size(), at = piles.empty() ? 0 : piles.back(); k-- > 0;
         at = before[at])
      out[k] = pairs[at];
    return out;
  }

  // The table: row i and column j tell the best of the first i and j layers. Of each row only the
  // columns of a band around the diagonal, all of them where that many cells may be.
  void search(Range of_a, Range of_b) {
    const std::int64_t n = of_a.size(), m = of_b.size();
    const std::int64_t width = std::min(m, std::max<std::int64_t>(most_cells_ / n, 2));
    if (width < m) out_.exact = false;
    const auto first = [&](std::int64_t i) {  // column of row i where the band begins, 0-based
      return std::clamp(i * m / n - width / 2, std::int64_t{0}, m - width);
    };
    enum Step : std::uint8_t { skip_a, skip_b, pair };
    std::vector<Step> steps(static_cast<std::size_t>(n * width));
    // best[j]: of the row before for j at and behind the band, of this one before it.
    std::vector<std::int32_t> best(static_cast<std::size_t>(m) + 1, 0), row = best;
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t from = first(i), end = from + width;
      row[static_cast<std::size_t>(from)] = best[static_cast<std::size_t>(from)];
      for (std::int64_t j = from; j < end; ++j) {
        const auto at = static_cast<std::size_t>(j);
        const int w = weight(a(of_a.begin + i), b(of_b.begin + j));
        Step step = pair;
        std::int32_t value = w > 0 ? best[at] + w : -1;
        if (row[at] >= value) value = row[at], step = skip_b;
        if (best[at + 1] >= value) value = best[at + 1], step = skip_a;
        row[at + 1] = value;
        steps[static_cast<std::size_t>(i * width + j - from)] = step;
      }
      // Behind the band the row before is as good as this one.
      std::copy_n(row.data() + from, width + 1, best.data() + from);
      const std::int64_t next_end = i + 1 < n ? first(i + 1) + width : end;
      for (std::int64_t j = end + 1; j <= next_end; ++j)
        best[static_cast<std::size_t>(j)] = best[static_cast<std::size_t>(end)];
    }
    std::vector<LayerPair> found;
    for (std::int64_t i = n - 1, j = m - 1; i >= 0 && j >= 0;) {
      const std::int64_t from = first(i);
      if (j < from) {  // left of the band: nothing was looked at
        --i;
        continue;
      }
      if (j >= from + width) {
        --j;
        continue;
      }
      switch (steps[static_cast<std::size_t>(i * width + j - from)]) {
        case pair:
          found.push_back({of_a.begin + i--, of_b.begin + j--});
          break;
        case skip_a:
          --i;
          break;
        case skip_b:
          --j;
          break;
      }
    }
    for (auto p = found.rbegin(); p != found.rend(); ++p) add(p->a, p->b);
  }

  std::vector<Item> a_, b_;
  std::int64_t most_cells_;
  std::int64_t next_a_ = 0, next_b_ = 0;
  Alignment out_;
};

}  // namespace

std::size_t stem_of(std::string_view name) {
  const std::size_t last = name.find_last_not_of("0123456789");
  if (last == std::string_view::npos || last + 1 == name.size()) return name.size();
  return name[last] == '-' || name[last] == '_' ? last : name.size();
}

Alignment align_layers(const std::vector<AlignedLayer>& a, const std::vector<AlignedLayer>& b,
                       std::int64_t most_cells) {
  // The same network in two settings: layer by layer, whatever became of them.
  if (std::ranges::equal(a, b, [](const AlignedLayer& x, const AlignedLayer& y) {
        return x.op == y.op && x.name == y.name && x.module == y.module;
      })) {
    Alignment out;
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(a.size()); ++i)
      out.pairs.push_back({i, i});
    return out;
  }
  Numbers numbers;
  auto of_a = items_of(a, numbers), of_b = items_of(b, numbers);
  return Aligner(std::move(of_a), std::move(of_b), most_cells).run();
}

}  // namespace reckon

// The channels of a signal in parts that look alike.
#include <algorithm>
#include <cmath>

#include "learning/signal/walk.h"

namespace reckon::signal {

Spread Part::spread(const Grid& grid) const {
  return {mean, std::sqrt(std::max(0.0, mean_own(grid, kernel) - mean * mean)), law};
}

double Signal::channels() const {
  double sum = 0;
  for (const Part& part : parts) sum += part.channels;
  return sum;
}

Kernel Signal::average() const {
  Kernel sum(grid.positions.size());
  const double all = channels();
  for (const Part& part : parts) {
    Kernel k = part.kernel;
    sum += (k *= part.channels / all);
  }
  return sum;
}

Part Signal::whole() const {
  Part all{channels(), 0, Kernel(1), {}, parts.size() == 1 ? parts[0].law : nullptr};
  for (const Part& part : parts) {
    const double share = part.channels / all.channels;
    all.mean += share * part.mean;
    Kernel k = merged(grid, part.kernel);
    all.kernel += (k *= share);
  }
  return all;
}

std::vector<double> sizes_of(const Signal& signal) {
  std::vector<double> sizes;
  for (const Part& part : signal.parts) sizes.push_back(part.channels);
  return sizes;
}

namespace {

// f(i, j, share) for each of the pieces `sizes` and `to` that overlap: of piece j the share that is
// of piece i.
template <class F>
void for_each_overlap(const std::vector<double>& sizes, const std::vector<double>& to, F f) {
  double begin = 0;
  for (std::size_t j = 0; j < to.size(); ++j) {
    double at = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const double shared = std::min(at + sizes[i], begin + to[j]) - std::max(at, begin);
      if (shared > 0) f(i, j, shared / to[j]);
      at += sizes[i];
    }
    begin += to[j];
  }
}

}  // namespace

std::vector<Kernel> regrouped(const std::vector<Kernel>& from, const std::vector<double>& sizes,
                              const std::vector<double>& to) {
  if (sizes == to) return from;
  std::vector<Kernel> out(to.size(), Kernel(from.front().n_groups()));
  for_each_overlap(sizes, to, [&](std::size_t i, std::size_t j, double share) {
    Kernel k = from[i];
    out[j] += (k *= share);
  });
  return out;
}

Kernel fitted(const Kernel& kernel, const Grid& from, const Grid& to) {
  if (from.positions == to.positions) return kernel;
  return spread(merged(from, kernel), to.positions.size());
}

std::vector<Part> recut(const std::vector<Part>& parts, const std::vector<double>& to) {
  std::vector<double> sizes;
  std::vector<Kernel> kernels;
  for (const Part& part : parts) {
    sizes.push_back(part.channels);
    kernels.push_back(part.kernel);
  }
  kernels = regrouped(kernels, sizes, to);
  std::vector<Part> out;
  for (std::size_t j = 0; j < to.size(); ++j) out.push_back({to[j], 0, std::move(kernels[j])});
  for_each_overlap(sizes, to, [&](std::size_t i, std::size_t j, double share) {
    out[j].mean += share * parts[i].mean;
    out[j].law = parts[i].law;
  });
  return out;
}

std::vector<double> coarser(const std::vector<double>& sizes) {
  constexpr std::size_t most = 64;
  if (sizes.size() <= most) return sizes;
  const std::size_t run = (sizes.size() + most - 1) / most;
  std::vector<double> out;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (i % run == 0) out.push_back(0);
    out.back() += sizes[i];
  }
  return out;
}

}  // namespace reckon::signal

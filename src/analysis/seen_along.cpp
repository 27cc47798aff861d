#include "analysis/seen_along.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"

namespace reckon {
namespace {

constexpr Ends nothing{1, 0};

Dim floor_div(Dim a, Dim b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// What element x sees; nullopt beyond 64 bits.
std::optional<Ends> ends_at(const SeenAlong& along, Dim x) {
  const Dim n = along.n_phases(), q = floor_div(x, n);
  const Ends& ends = along.phase(x - q * n);
  if (ends.is_empty()) return ends;
  const Checked shift = Checked(q) * along.step;
  const Checked low = shift + ends.low, high = shift + ends.high;
  if (!low.ok() || !high.ok()) return std::nullopt;
  return Ends{low.value(), high.value()};
}

void widen(Ends& ends, const Ends& by) {
  if (by.is_empty()) return;
  ends = ends.is_empty() ? by : Ends{std::min(ends.low, by.low), std::max(ends.high, by.high)};
}

// A later element sees neither less of the beginning nor less of the end, and each sees something.
bool moves_on(const SeenAlong& along) {
  Ends before{INT64_MIN, INT64_MIN};
  for (Dim r = 0; r <= along.n_phases(); ++r) {
    const auto ends = ends_at(along, r);
    if (!ends || ends->is_empty() || ends->low < before.low || ends->high < before.high)
      return false;
    before = *ends;
  }
  return true;
}

// Taps a whole number of periods apart see the same a step further on: the first of them decide
// where it begins, the last where it ends.
std::optional<Ends> ends_of(const SeenAlong& along, const Taps& taps, bool in_order) {
  if (taps.n < 1) return nothing;
  const Dim n_phases = along.n_phases();
  const Dim n = in_order ? 1 : std::min(taps.n, n_phases / std::gcd(taps.spacing, n_phases));
  const Checked last = Checked(taps.first) + Checked(taps.spacing) * Checked(taps.n - 1);
  if (!last.ok()) return std::nullopt;
  Ends ends = nothing;
  for (Dim i = 0; i < n; ++i)
    for (const Dim x : {taps.first + i * taps.spacing, last.value() - i * taps.spacing}) {
      const auto seen = ends_at(along, x);
      if (!seen) return std::nullopt;
      widen(ends, *seen);
    }
  return ends;
}

bool repeats(const std::vector<Ends>& ends, std::size_t after, Dim step) {
  for (std::size_t r = after; r < ends.size(); ++r) {
    const Ends &a = ends[r - after], &b = ends[r];
    if (a.is_empty() != b.is_empty()) return false;
    if (a.is_empty()) continue;
    if (!(Checked(a.low) + step == Checked(b.low)) || !(Checked(a.high) + step == Checked(b.high)))
      return false;
  }
  return true;
}

// In as few phases as say the same.
void set_phases(SeenAlong& along, const std::vector<Ends>& ends, Dim step) {
  const auto n = static_cast<Dim>(ends.size());
  Dim fewer = 1;
  while (n % fewer != 0 || step % (n / fewer) != 0 ||
         !repeats(ends, static_cast<std::size_t>(fewer), step / (n / fewer)))
    ++fewer;
  along.step = step / (n / fewer);
  along.first = ends[0];
  along.more.assign(ends.begin() + 1, ends.begin() + static_cast<std::ptrdiff_t>(fewer));
}

}  // namespace

std::optional<Dim> SeenAlong::widest() const {
  Checked most = 0;
  for (Dim r = 0; r < n_phases(); ++r) {
    const Ends& ends = phase(r);
    if (ends.is_empty()) continue;
    const Checked size = Checked(ends.high) - Checked(ends.low) + 1;
    if (!size.ok() || !most.ok()) return std::nullopt;
    most = std::max(most.value(), size.value());
  }
  return most == Checked(0) ? std::nullopt : std::optional(most.value());
}

bool look_through(SeenAlong& along, std::span<const Taps> taps, Dim shift) {
  const auto period = static_cast<Dim>(taps.size());
  // The taps come back to phase 0 after so many of their own periods.
  const Dim rounds = along.n_phases() / std::gcd(along.n_phases(), shift);
  const Checked below = Checked(shift) * Checked(rounds);
  if (!below.ok()) return false;
  const Checked step = Checked(below.value() / along.n_phases()) * along.step;
  const Checked n_phases = Checked(period) * rounds;
  if (!step.ok() || !n_phases.ok() || n_phases.value() > SeenAlong::max_phases) return false;
  const bool in_order = along.more.empty() || moves_on(along);
  std::vector<Ends> ends;
  ends.reserve(static_cast<std::size_t>(n_phases.value()));
  for (Dim i = 0; i < n_phases.value(); ++i) {
    Taps of = taps[static_cast<std::size_t>(i % period)];
    const Checked first = Checked(i / period) * shift + of.first;
    if (!first.ok()) return false;
    of.first = first.value();
    const auto seen = ends_of(along, of, in_order);
    if (!seen) return false;
    ends.push_back(*seen);
  }
  set_phases(along, ends, step.value());
  return true;
}

bool unite(SeenAlong& to, const SeenAlong& from) {
  const Dim n = std::lcm(to.n_phases(), from.n_phases());
  if (n > SeenAlong::max_phases) return false;
  const Checked step = Checked(to.step) * (n / to.n_phases());
  if (!(step == Checked(from.step) * (n / from.n_phases()))) return false;
  if (n == 1) {
    widen(to.first, from.first);
    return true;
  }
  std::vector<Ends> ends;
  for (Dim r = 0; r < n; ++r) {
    auto seen = ends_at(to, r);
    const auto more = ends_at(from, r);
    if (!seen || !more) return false;
    widen(*seen, *more);
    ends.push_back(*seen);
  }
  set_phases(to, ends, step.value());
  return true;
}

}  // namespace reckon

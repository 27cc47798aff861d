#include "learning/signal/recurrence.h"

#include <algorithm>
#include <cmath>

namespace reckon::signal {
namespace {

// One kind of pairs: `same` with its diagonal, or `other`.
enum class Kind : std::uint8_t { same, other };
constexpr Kind kinds[] = {Kind::same, Kind::other};
std::vector<double>& of(Steps& s, Kind kind) {
  return kind == Kind::same ? s.same : s.other;
}
const std::vector<double>& of(const Steps& s, Kind kind) {
  return kind == Kind::same ? s.same : s.other;
}

// A function of a pre-activation whose moments are `q`, step by step.
class Gate {
 public:
  Gate(Function f, std::size_t n) : value(n), slope(n), f_(std::move(f)) {}
  // Everything of step t with the steps up to it. REQUIRES: q has them.
  void step(std::size_t t, const Steps& q) {
    const std::size_t n = q.n;
    const double own = q.same[t * n + t];
    const bool again = t > 0 && std::abs(own - q.same[(t - 1) * n + t - 1]) <= 1e-9 * own;
    by_step_.push_back(again ? by_step_.back() : expansion_of(f_, 0, own));
    for (const Kind kind : kinds)
      for (std::size_t s = 0; s <= t; ++s) {
        const double size = std::sqrt(own * q.same[s * n + s]);
        const double c = size > 0 ? std::clamp(of(q, kind)[t * n + s] / size, -1.0, 1.0) : 0;
        const bool own_pair = kind == Kind::same && s == t;
        const Expansion &a = by_step_[t], &b = by_step_[s];
        const double v = own_pair ? a.value_square : product_of_values(a, b, c);
        const double d = own_pair ? a.derivative_square : product_of_slopes(a, b, c);
        of(value, kind)[t * n + s] = of(value, kind)[s * n + t] = v;
        of(slope, kind)[t * n + s] = of(slope, kind)[s * n + t] = d;
      }
  }
  double mean(std::size_t t) const { return by_step_[t].mean(); }
  std::vector<double> means() const {
    std::vector<double> all;
    for (const Expansion& e : by_step_) all.push_back(e.mean());
    return all;
  }

  Steps value, slope;

 private:
  Function f_;
  std::vector<Expansion> by_step_;
};

struct Cells {
  Cells(const CellWeights& weights, const Steps& x, std::size_t n)
      : w(weights), x_(x), q(n), state(n) {}
  // A pre-activation of W·x and U·h′, with all biases or half of them.
  double input(Kind kind, std::size_t t, std::size_t s) const {
    return w.input_square * w.inputs * of(x_, kind)[t * q.n + s];
  }
  double recurrent(Kind kind, std::size_t t, std::size_t s) const {
    return w.recurrent_square * w.units * before(state, kind, t, s);
  }
  // What reaches the state of two steps, t <= s, from behind: of the result, and of the steps after
  // them.
  double arriving(const Steps& by_result, const Steps& by_recurrent, Kind kind, std::size_t t,
                  std::size_t s) const {
    const double own = of(by_result, kind)[t * q.n + s];
    if (s + 1 == q.n) return own;
    return own + w.recurrent_square * w.units * of(by_recurrent, kind)[(t + 1) * q.n + s + 1];
  }
  double before(const Steps& of_steps, Kind kind, std::size_t t, std::size_t s) const {
    return t == 0 || s == 0 ? 0 : of(of_steps, kind)[(t - 1) * q.n + s - 1];
  }
  void set(Steps& steps, Kind kind, std::size_t t, std::size_t s, double v) const {
    of(steps, kind)[t * q.n + s] = of(steps, kind)[s * q.n + t] = v;
  }
  void fill_q(std::size_t t) {
    for (const Kind kind : kinds)
      for (std::size_t s = 0; s <= t; ++s)
        set(q, kind, t, s, input(kind, t, s) + recurrent(kind, t, s) + w.bias_square);
  }

  const CellWeights& w;
  const Steps& x_;
  Steps q, state;
};

void finish(CellRun& run, const Cells& c) {
  const std::size_t n = c.q.n;
  run.state = c.state;
  run.before = Steps(n);
  run.input = run.by_input;
  for (const Kind kind : kinds)
    for (std::size_t t = 0; t < n; ++t)
      for (std::size_t s = 0; s < n; ++s) {
        of(run.before, kind)[t * n + s] = c.before(c.state, kind, t, s);
        of(run.input, kind)[t * n + s] *= c.w.input_square * c.w.units;
      }
}

// δ of what a step hands to the next one: Σ over later steps through the factor `mean` and its
// square's moments `square`. `source` adds what enters at a step.
class Backward {
 public:
  explicit Backward(std::size_t n) : sum(n), entering_(n), cross_(n) {}
  // S(t, s) from A(t, s). REQUIRES: all later pairs are done; s ≥ t.
  double step(Kind kind, std::size_t t, std::size_t s, double entering, const Steps& square,
              const std::vector<double>& mean) {
    const std::size_t n = sum.n;
    const auto at = [&](const Steps& x, std::size_t a, std::size_t b) {
      return a < n && b < n ? of(x, kind)[a * n + b] : 0.0;
    };
    const double ms = s + 1 < n ? mean[s + 1] : 0, mt = t + 1 < n ? mean[t + 1] : 0;
    of(entering_, kind)[t * n + s] = of(entering_, kind)[s * n + t] = entering;
    // E[a_t·δ_s] and E[a_s·δ_t]: what enters at one step, with all that is there at the other.
    of(cross_, kind)[t * n + s] = entering + ms * at(cross_, t, s + 1);
    if (s != t) of(cross_, kind)[s * n + t] = entering + mt * at(cross_, s, t + 1);
    const double total = entering + at(square, t + 1, s + 1) * at(sum, t + 1, s + 1) +
                         ms * at(cross_, t, s + 1) + mt * at(cross_, s, t + 1);
    of(sum, kind)[t * n + s] = of(sum, kind)[s * n + t] = total;
    return total;
  }

  Steps sum;

 private:
  Steps entering_, cross_;
};

template <class F>
void backwards(std::size_t n, F f) {
  for (const Kind kind : kinds)
    for (std::size_t t = n; t-- > 0;)
      for (std::size_t s = n; s-- > t;) f(kind, t, s);
}

CellRun run_rnn(const CellWeights& w, const Function& f, const Steps& x, const Steps& g) {
  const std::size_t n = x.n;
  Cells c(w, x, n);
  Gate h(f, n);
  for (std::size_t t = 0; t < n; ++t) {
    c.fill_q(t);
    h.step(t, c.q);
    for (const Kind kind : kinds)
      for (std::size_t s = 0; s <= t; ++s) c.set(c.state, kind, t, s, of(h.value, kind)[t * n + s]);
  }
  CellRun run;
  run.by_input = Steps(n);
  if (g.n > 0)
    backwards(n, [&](Kind kind, std::size_t t, std::size_t s) {
      c.set(run.by_input, kind, t, s,
            c.arriving(g, run.by_input, kind, t, s) * of(h.slope, kind)[t * n + s]);
    });
  run.by_recurrent = run.by_input;
  finish(run, c);
  return run;
}

CellRun run_lstm(const CellWeights& w, const Steps& x, const Steps& g) {
  const std::size_t n = x.n;
  Cells c(w, x, n);
  Gate gate(Function(activation("sigmoid")), n), fresh(Function(activation("tanh")), n),
      out(Function(activation("tanh")), n);
  Steps cell(n), with_fresh(n);  // E[c·c], E[c_t·g_s]
  for (std::size_t t = 0; t < n; ++t) {
    c.fill_q(t);
    gate.step(t, c.q);
    fresh.step(t, c.q);
    for (const Kind kind : kinds) {
      auto& d = of(with_fresh, kind);
      const auto extend = [&](std::size_t a, std::size_t b) {
        d[a * n + b] = (a > 0 ? gate.mean(a) * d[(a - 1) * n + b] : 0) +
                       gate.mean(a) * of(fresh.value, kind)[a * n + b];
      };
      for (std::size_t a = 0; a <= t; ++a) extend(a, t);
      for (std::size_t b = 0; b < t; ++b) extend(t, b);
      for (std::size_t s = 0; s <= t; ++s) {
        const double gates = of(gate.value, kind)[t * n + s];
        const double crossed = (t > 0 ? d[(t - 1) * n + s] : 0) + (s > 0 ? d[(s - 1) * n + t] : 0);
        c.set(cell, kind, t, s,
              gates * (c.before(cell, kind, t, s) + of(fresh.value, kind)[t * n + s]) +
                  gate.mean(t) * gate.mean(s) * crossed);
      }
    }
    out.step(t, cell);
    for (const Kind kind : kinds)
      for (std::size_t s = 0; s <= t; ++s)
        c.set(c.state, kind, t, s,
              of(gate.value, kind)[t * n + s] * of(out.value, kind)[t * n + s]);
  }
  CellRun run;
  run.by_input = Steps(n);
  const std::vector<double> forget = gate.means();
  Backward back(n);
  if (g.n > 0)
    backwards(n, [&](Kind kind, std::size_t t, std::size_t s) {
      const std::size_t i = t * n + s;
      const double by_state = c.arriving(g, run.by_input, kind, t, s);
      const double gates = of(gate.value, kind)[i], slope = of(gate.slope, kind)[i];
      const double by_cell =
          back.step(kind, t, s, by_state * gates * of(out.slope, kind)[i], gate.value, forget);
      c.set(run.by_input, kind, t, s,
            by_cell * (slope * (of(fresh.value, kind)[i] + c.before(cell, kind, t, s)) +
                       gates * of(fresh.slope, kind)[i]) +
                by_state * of(out.value, kind)[i] * slope);
    });
  run.by_recurrent = run.by_input;
  finish(run, c);
  return run;
}

CellRun run_gru(const CellWeights& w, const Steps& x, const Steps& g) {
  const std::size_t n = x.n;
  Cells c(w, x, n);
  Gate gate(Function(activation("sigmoid")), n), fresh(Function(activation("tanh")), n);
  Steps q_fresh(n), with_state(n), recurrent(n);  // E[n_t·h_s]; U·h′ + b
  for (std::size_t t = 0; t < n; ++t) {
    c.fill_q(t);
    gate.step(t, c.q);
    for (const Kind kind : kinds)
      for (std::size_t s = 0; s <= t; ++s) {
        c.set(recurrent, kind, t, s, c.recurrent(kind, t, s) + w.bias_square / 2);
        c.set(q_fresh, kind, t, s,
              c.input(kind, t, s) + w.bias_square / 2 +
                  of(gate.value, kind)[t * n + s] * of(recurrent, kind)[t * n + s]);
      }
    fresh.step(t, q_fresh);
    for (const Kind kind : kinds) {
      auto& d = of(with_state, kind);  // d[t][s] = E[n_t·h_s]
      const auto extend = [&](std::size_t a, std::size_t b) {
        d[a * n + b] = (1 - gate.mean(b)) * of(fresh.value, kind)[a * n + b] +
                       (b > 0 ? gate.mean(b) * d[a * n + b - 1] : 0);
      };
      for (std::size_t b = 0; b <= t; ++b) extend(t, b);
      for (std::size_t a = 0; a < t; ++a) extend(a, t);
      for (std::size_t s = 0; s <= t; ++s) {
        const double zz = of(gate.value, kind)[t * n + s], mt = gate.mean(t), ms = gate.mean(s);
        const double kept = 1 - mt - ms + zz;
        c.set(c.state, kind, t, s,
              kept * of(fresh.value, kind)[t * n + s] + zz * c.before(c.state, kind, t, s) +
                  (ms - zz) * (s > 0 ? d[t * n + s - 1] : 0) +
                  (mt - zz) * (t > 0 ? d[s * n + t - 1] : 0));
      }
    }
  }
  CellRun run;
  run.by_input = Steps(n);
  run.by_recurrent = Steps(n);
  const std::vector<double> update = gate.means();
  Backward back(n);
  if (g.n > 0)
    backwards(n, [&](Kind kind, std::size_t t, std::size_t s) {
      const std::size_t i = t * n + s;
      const double entering = c.arriving(g, run.by_recurrent, kind, t, s);
      const double by_state = back.step(kind, t, s, entering, gate.value, update);
      const double zz = of(gate.value, kind)[i], slope = of(gate.slope, kind)[i];
      const double kept = 1 - update[t] - update[s] + zz;
      const auto& d = of(with_state, kind);
      const double apart = c.before(c.state, kind, t, s) + of(fresh.value, kind)[i] -
                           (s > 0 ? d[t * n + s - 1] : 0) - (t > 0 ? d[s * n + t - 1] : 0);
      const double by_fresh = by_state * kept * of(fresh.slope, kind)[i];
      const double by_gates = by_state * apart * slope + by_fresh * of(recurrent, kind)[i] * slope;
      c.set(run.by_input, kind, t, s, by_gates + by_fresh);
      c.set(run.by_recurrent, kind, t, s, by_gates + by_fresh * zz);
    });
  finish(run, c);
  return run;
}

}  // namespace

CellRun run_cell(Cell cell, const CellWeights& weights, const Function& activation, const Steps& x,
                 const Steps& gradient) {
  switch (cell) {
    case Cell::rnn:
      return run_rnn(weights, activation, x, gradient);
    case Cell::lstm:
      return run_lstm(weights, x, gradient);
    case Cell::gru:
      return run_gru(weights, x, gradient);
  }
  return {};
}

}  // namespace reckon::signal

#include "learning/recurrent_run.h"

#include <algorithm>
#include <cmath>

#include "learning/products.h"

namespace reckon {
namespace {

using Numbers = std::vector<double>;

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

double mean_square(std::span<const double> values) {
  double sum = 0;
  for (const double x : values) sum += x * x;
  return sum / static_cast<double>(values.size());
}

// One step's values that its backward pass reads: of each gate its result, of an rnn what its
// activation was applied to.
struct Step {
  Numbers before, cell_before, cell;  // h_{t−1}; of an LSTM c_{t−1} and c_t
  std::vector<Numbers> gates;
  Numbers product;  // of a GRU: W_n·h, before the reset gate
};

class Run {
 public:
  Run(const TimeExperiment& experiment, std::span<const double> matrices)
      : e_(experiment),
        matrices_(matrices),
        units_(static_cast<std::size_t>(experiment.units)),
        size_(units_ * static_cast<std::size_t>(experiment.n_samples)),
        h_(size_, 0.0),
        c_(size_, 0.0) {}

  void forward(Random& random);
  // Takes ∂loss/∂h_T; gives back the mean squares of the state's gradient, step by step.
  Numbers backward(Numbers gradient);
  double gate_sum() const { return gate_sum_; }

 private:
  std::span<const double> matrix(int gate) const {
    return matrices_.subspan(static_cast<std::size_t>(gate) * units_ * units_, units_ * units_);
  }
  Numbers times(std::span<const double> h, int gate) const {
    Numbers out(size_);
    multiply_by_transposed(h, matrix(gate), out, e_.n_samples, e_.units, e_.units);
    return out;
  }
  // dh += dz·W
  void add_back(std::span<const double> dz, int gate, Numbers& dh) const {
    Numbers part(size_);
    multiply(dz, matrix(gate), part, e_.n_samples, e_.units, e_.units);
    for (std::size_t i = 0; i < size_; ++i) dh[i] += part[i];
  }
  void forward_rnn(Step& step);
  void forward_lstm(Step& step);
  void forward_gru(Step& step);
  void backward_rnn(const Step& step, Numbers& dh) const;
  void backward_lstm(const Step& step, Numbers& dh, Numbers& dc) const;
  void backward_gru(const Step& step, Numbers& dh) const;

  const TimeExperiment& e_;
  std::span<const double> matrices_;
  std::size_t units_, size_;
  Numbers h_, c_;
  std::vector<Step> steps_;
  double gate_sum_ = 0;
};

void Run::forward(Random& random) {
  for (int t = 0; t < e_.steps; ++t) {
    Step step;
    step.before = h_;
    for (int gate = 0; gate < n_gates(e_.cell); ++gate) {
      Numbers input(size_);
      random.fill_normal(input);
      step.gates.push_back(std::move(input));
    }
    switch (e_.cell) {
      case RecurrentCell::rnn:
        forward_rnn(step);
        break;
      case RecurrentCell::lstm:
        forward_lstm(step);
        break;
      case RecurrentCell::gru:
        forward_gru(step);
        break;
    }
    steps_.push_back(std::move(step));
  }
}

void Run::forward_rnn(Step& step) {
  Numbers& z = step.gates[0];
  const Numbers product = times(h_, 0);
  for (std::size_t i = 0; i < size_; ++i) {
    z[i] += product[i];
    h_[i] = e_.activation == nullptr ? z[i] : e_.activation->value(z[i]);
  }
}

void Run::backward_rnn(const Step& step, Numbers& dh) const {
  if (e_.activation != nullptr)
    for (std::size_t i = 0; i < size_; ++i) dh[i] *= e_.activation->derivative(step.gates[0][i]);
  Numbers before(size_, 0.0);
  add_back(dh, 0, before);
  dh = std::move(before);
}

// i, f, o = σ(…), g = tanh(…); c_t = f∘c_{t−1} + i∘g; h_t = o∘tanh(c_t)
void Run::forward_lstm(Step& step) {
  std::vector<Numbers>& gates = step.gates;
  for (int gate = 0; gate < 4; ++gate) {
    const Numbers product = times(step.before, gate);
    Numbers& z = gates[static_cast<std::size_t>(gate)];
    const double bias = gate == 1 ? e_.gate_bias : 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const double sum = z[i] + product[i] + bias;
      z[i] = gate == 2 ? std::tanh(sum) : sigmoid(sum);
    }
  }
  step.cell_before = c_;
  for (std::size_t i = 0; i < size_; ++i) {
    c_[i] = gates[1][i] * c_[i] + gates[0][i] * gates[2][i];
    h_[i] = gates[3][i] * std::tanh(c_[i]);
    gate_sum_ += gates[1][i];
  }
  step.cell = c_;
}

void Run::backward_lstm(const Step& step, Numbers& dh, Numbers& dc) const {
  const std::vector<Numbers>& gates = step.gates;
  std::vector<Numbers> dz(4, Numbers(size_));
  for (std::size_t i = 0; i < size_; ++i) {
    const double in = gates[0][i], forget = gates[1][i], g = gates[2][i], out = gates[3][i];
    const double squashed = std::tanh(step.cell[i]);
    const double d_cell = dc[i] + dh[i] * out * (1 - squashed * squashed);
    dz[0][i] = d_cell * g * in * (1 - in);
    dz[1][i] = d_cell * step.cell_before[i] * forget * (1 - forget);
    dz[2][i] = d_cell * in * (1 - g * g);
    dz[3][i] = dh[i] * squashed * out * (1 - out);
    dc[i] = d_cell * forget;
  }
  std::ranges::fill(dh, 0.0);
  for (int gate = 0; gate < 4; ++gate) add_back(dz[static_cast<std::size_t>(gate)], gate, dh);
}

// r, z = σ(…), n = tanh(u + r∘(W_n·h)); h_t = (1 − z)∘n + z∘h_{t−1}
void Run::forward_gru(Step& step) {
  std::vector<Numbers>& gates = step.gates;
  for (int gate = 0; gate < 2; ++gate) {
    const Numbers product = times(step.before, gate);
    Numbers& z = gates[static_cast<std::size_t>(gate)];
    for (std::size_t i = 0; i < size_; ++i)
      z[i] = sigmoid(z[i] + product[i] + (gate == 1 ? e_.gate_bias : 0));
  }
  step.product = times(step.before, 2);
  for (std::size_t i = 0; i < size_; ++i) {
    gates[2][i] = std::tanh(gates[2][i] + gates[0][i] * step.product[i]);
    h_[i] = (1 - gates[1][i]) * gates[2][i] + gates[1][i] * h_[i];
    gate_sum_ += gates[1][i];
  }
}

void Run::backward_gru(const Step& step, Numbers& dh) const {
  const std::vector<Numbers>& gates = step.gates;
  Numbers d_reset(size_), d_update(size_), d_product(size_), before(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    const double reset = gates[0][i], update = gates[1][i], fresh = gates[2][i];
    const double d_fresh = dh[i] * (1 - update) * (1 - fresh * fresh);
    d_update[i] = dh[i] * (step.before[i] - fresh) * update * (1 - update);
    d_reset[i] = d_fresh * step.product[i] * reset * (1 - reset);
    d_product[i] = d_fresh * reset;
    before[i] = dh[i] * update;
  }
  add_back(d_reset, 0, before);
  add_back(d_update, 1, before);
  add_back(d_product, 2, before);
  dh = std::move(before);
}

Numbers Run::backward(Numbers dh) {
  Numbers dc(size_, 0.0), squares;
  for (std::size_t t = steps_.size(); t-- > 0;) {
    switch (e_.cell) {
      case RecurrentCell::rnn:
        backward_rnn(steps_[t], dh);
        break;
      case RecurrentCell::lstm:
        backward_lstm(steps_[t], dh, dc);
        break;
      case RecurrentCell::gru:
        backward_gru(steps_[t], dh);
        break;
    }
    squares.push_back(mean_square(dh) + (e_.cell == RecurrentCell::lstm ? mean_square(dc) : 0.0));
  }
  return squares;
}

}  // namespace

int n_gates(RecurrentCell cell) {
  return cell == RecurrentCell::rnn ? 1 : cell == RecurrentCell::lstm ? 4 : 3;
}

RecurrentRun run_through_time(const TimeExperiment& experiment, std::span<const double> matrices,
                              Random& random) {
  Run run(experiment, matrices);
  run.forward(random);
  Numbers gradient(static_cast<std::size_t>(experiment.units) *
                   static_cast<std::size_t>(experiment.n_samples));
  random.fill_normal(gradient);
  const double sent = mean_square(gradient);
  RecurrentRun result{.ratios = run.backward(std::move(gradient)), .gate_sum = run.gate_sum()};
  for (double& square : result.ratios) square = std::sqrt(square / sent);
  return result;
}

}  // namespace reckon

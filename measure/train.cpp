#include "train.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <numeric>

#include "base/text.h"
#include "batch_maker.h"
#include "clocks.h"
#include "counting_allocator.h"
#include "first_values.h"
#include "host.h"
#include "interpreter.h"
#include "losses.h"
#include "measure.h"
#include "optimizer_run.h"
#include "run_failure.h"
#include "training_state.h"
#include "unit_watch.h"

namespace reckon {
namespace {

// What goes wrong on the way and is no fault of LibTorch.
struct Stopped {
  Error error;
};

constexpr double seconds_between_saves = 30;

// The seed of one use of random numbers: of an epoch's order, of a step's masks.
constexpr std::uint64_t of_order = 1, of_masks = 2;
std::uint64_t stream(std::uint64_t seed, std::uint64_t what, std::int64_t n) {
  return Random(Random(seed ^ (what << 56)).next() + static_cast<std::uint64_t>(n)).next();
}

// 0 … n − 1, shuffled (R. Fisher, F. Yates, 1938).
std::vector<std::int64_t> order_of(std::uint64_t seed, std::int64_t n) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(random.uniform() * static_cast<double>(i))]);
  return order;
}

class Training {
 public:
  Training(const Graph& graph, const Analysis& analysis, const Plan& plan, const Trainable& network,
           const Dataset& data, const TrainOptions& options)
      : graph_(graph),
        options_(options),
        data_(data),
        n_used_(data.train.n() - held_out()),
        batches_(network, data.train.shape, channel_scales(data.train)),
        units_(graph, plan) {
    const std::int64_t before = allocation_counts().alive_bytes;
    run_.emplace(graph, analysis, plan,
                 Interpreter::Setup{.training = true, .in_place = true, .device = at::kCPU});
    set_first_values(graph, analysis, plan, *run_, options.initialisation, options.seed);
    optimizer_.emplace(*options.optimizer, run_->trained());
    base_bytes_ = before;
    result_.resident_bytes = allocation_counts().alive_bytes - before;
    result_.batch = analysis.bound.batch;
    result_.steps_per_epoch = n_used_ / result_.batch;
    if (result_.steps_per_epoch == 0)
      throw Refused("a batch of " + std::to_string(result_.batch) + " images is more than the " +
                    std::to_string(n_used_) + " to train with");
    targets_ = at::empty({result_.batch}, at::kLong);
    find_tensors(plan);
    identity_ = identity(network);
    for (const Trained& one : run_->trained()) result_.parameters += one.tensor.numel();
  }

  TrainingRun train() {
    begin();
    const std::int64_t per_epoch = result_.steps_per_epoch, all = per_epoch * options_.epochs;
    first_step_ = state_.step;
    while (state_.step < all && !stops_early()) {
      if (state_.step % per_epoch == 0 || order_.empty())
        order_ = order_of(stream(options_.seed, of_order, state_.step / per_epoch), n_used_);
      step(all);
      if (state_.step % per_epoch == 0) end_epoch();
      if (save_is_due(per_epoch)) save();
      tell(all);
    }
    result_.steps = state_.step;
    result_.stopped_early = state_.step < all;
    result_.epochs = state_.epochs;
    for (TrainingEpoch& epoch : result_.epochs)
      for (ActivationUnits& units : epoch.units) {
        const Node& node = graph_.nodes[static_cast<std::size_t>(units.node)];
        units.layer = node.name.empty() ? node.op_type : node.name;
      }
    result_.peak_bytes = state_.peak_bytes;
    result_.seconds = state_.seconds;
    result_.processor_s = state_.processor_s;
    result_.test_seconds = state_.test_seconds;
    return std::move(result_);
  }

 private:
  std::int64_t held_out() const { return options_.patience > 0 ? data_.train.n() / 10 : 0; }

  // Everything that moves: weights, running statistics, moments.
  void find_tensors(const Plan& plan) {
    for (const Trained& one : run_->trained()) tensors_.push_back(one.tensor);
    for (const Stored& stored : plan.stored)
      if (stored.fill == Fill::mean || stored.fill == Fill::variance)
        if (const at::Tensor& tensor = run_->tensor(stored.value); tensor.defined())
          tensors_.push_back(tensor);
    for (const at::Tensor& tensor : optimizer_->state()) tensors_.push_back(tensor);
  }

  std::string identity(const Trainable& network) const {
    std::string text;
    const auto add = [&](std::string_view key, const std::string& is) {
      text.append(key).append("=").append(is).append("\n");
    };
    const auto number = [](auto n) { return std::to_string(n); };
    const auto exact = [](double x) { return std::to_string(std::bit_cast<std::uint64_t>(x)); };
    const ImageShape& image = network.image;
    add("model", options_.model);
    add("image", number(image.channels) + "x" + number(image.height) + "x" + number(image.width));
    add("parameters", number([&] {
          std::int64_t n = 0;
          for (const Trained& one : run_->trained()) n += one.tensor.numel();
          return n;
        }()));
    add("batch", number(result_.batch));
    add("data", data_.name);
    add("training images", number(data_.train.n()));
    add("test images", number(data_.test.n()));
    add("optimizer", std::string(options_.optimizer->name));
    add("rate, in bits", exact(options_.rate));
    add("schedule", number(static_cast<int>(options_.schedule)));
    add("epochs", number(options_.epochs));
    add("seed", number(options_.seed));
    add("patience", number(options_.patience));
    add("initialisation", options_.initialisation == nullptr
                              ? std::string("by activation")
                              : std::string(options_.initialisation->name));
    return text;
  }

  void begin() {
    if (!options_.from.empty()) {
      auto read = read_checkpoint(options_.from, identity_, tensors_);
      if (!read) throw Stopped{std::move(read).error()};
      state_ = *std::move(read);
      bool sound = state_.step <= result_.steps_per_epoch * options_.epochs;
      for (const TrainingEpoch& epoch : state_.epochs)
        for (const ActivationUnits& units : epoch.units)
          sound = sound && units.node >= 0 &&
                  static_cast<std::size_t>(units.node) < graph_.nodes.size();
      if (!sound)
        throw Stopped{{ErrorCode::corrupt, "the checkpoint is beyond the end of its run", ""}};
      optimizer_->set_steps(state_.step);
      result_.resumed_from = state_.step;
      return;
    }
    state_.least_loss = HUGE_VAL;
    look(0);
  }

  at::Tensor& input() {
    input_ = run_->tensor(graph_.inputs[0]);
    return input_;
  }

  void step(std::int64_t all) {
    const auto begin = moment();
    const std::int64_t at = state_.step % result_.steps_per_epoch;
    batches_.fill(data_.train,
                  std::span(order_).subspan(static_cast<std::size_t>(at * result_.batch),
                                            static_cast<std::size_t>(result_.batch)),
                  input(), targets_);
    run_->set_training(true);
    at::manual_seed(stream(options_.seed, of_masks, state_.step));
    optimizer_->set_rate(rate(all));
    restart_peak();
    run_->forward(before_step, nullptr, this);
    place_ = {};
    {
      at::Tensor loss = at::mean(losses_of(graph_, run_->output(0), targets_));
      if (!loss.requires_grad()) throw Refused(nothing_trained);
      loss.backward();
      const double its = loss.item<double>();
      if (!std::isfinite(its))
        throw Refused("the loss of step " + std::to_string(state_.step + 1) +
                      " is not finite: take a smaller --rate");
      state_.loss_sum += its;
    }
    optimizer_->step(run_->trained());
    // The first step makes what stays.
    if (state_.step > first_step_ || state_.peak_bytes == 0)
      state_.peak_bytes = allocation_counts().peak_bytes - base_bytes_;
    OptimizerRun::forget_gradients(run_->trained());
    run_->forget();
    ++state_.step;
    const Seconds took = between(begin, moment());
    state_.seconds += took.wall;
    state_.processor_s += took.processor;
    own_s_ += took.wall;
  }

  double rate(std::int64_t all) const {
    return rate_at(options_.schedule, options_.rate,
                   static_cast<double>(state_.step) / static_cast<double>(all));
  }

  struct Score {
    double loss = 0, accuracy = 0;
  };
  // Images from `first` on, as in an inference.
  Score score(const ImageSet& images, std::int64_t first, std::int64_t n, bool watch) {
    const at::NoGradGuard no_grad;
    run_->set_training(false);
    double loss = 0;
    std::int64_t right = 0;
    if (watch) units_.begin();
    for (std::int64_t at = 0; at < n; at += result_.batch) {
      watched_images_ = std::min(result_.batch, n - at);
      std::vector<std::int64_t> which(static_cast<std::size_t>(watched_images_));
      std::iota(which.begin(), which.end(), first + at);
      batches_.fill(images, which, input(), targets_);
      run_->forward(before_step, watch ? after_step : nullptr, this);
      place_ = {};
      const at::Tensor y = run_->output(0);
      loss += losses_of(graph_, y, targets_).narrow(0, 0, watched_images_).sum().item<double>();
      right +=
          (at::argmax(y, 1) == targets_).narrow(0, 0, watched_images_).sum().item<std::int64_t>();
      run_->forget();
    }
    return {loss / static_cast<double>(n), static_cast<double>(right) / static_cast<double>(n)};
  }

  void look(int epoch) {
    const auto begin = moment();
    const std::int64_t n = data_.test.n();
    const Score test = score(data_.test, 0, n, true);
    TrainingEpoch row{.epoch = epoch, .units = units_.shares()};
    const Score same = score(data_.train, 0, std::min(n, n_used_), false);
    row.test_loss = test.loss, row.test_accuracy = test.accuracy;
    row.train_loss = same.loss, row.train_accuracy = same.accuracy;
    row.seconds = state_.seconds;
    if (epoch > 0) {
      row.loss = state_.loss_sum / static_cast<double>(result_.steps_per_epoch);
      row.rate = last_rate();
    }
    if (const std::int64_t held = held_out(); held > 0 && epoch > 0) {
      const double loss = score(data_.train, n_used_, held, false).loss;
      state_.epochs_since_least = loss < state_.least_loss ? 0 : state_.epochs_since_least + 1;
      state_.least_loss = std::min(loss, state_.least_loss);
    }
    state_.epochs.push_back(std::move(row));
    state_.test_seconds += between(begin, moment()).wall;
  }

  double last_rate() const {
    const double all = static_cast<double>(result_.steps_per_epoch * options_.epochs);
    return rate_at(options_.schedule, options_.rate, static_cast<double>(state_.step - 1) / all);
  }

  void end_epoch() {
    look(static_cast<int>(state_.step / result_.steps_per_epoch));
    state_.loss_sum = 0;
  }

  bool stops_early() const {
    return options_.patience > 0 && state_.step % result_.steps_per_epoch == 0 &&
           state_.epochs_since_least >= options_.patience;
  }

  bool save_is_due(std::int64_t per_epoch) const {
    if (!options_.save) return false;
    if (state_.step % per_epoch == 0) return true;
    if (options_.save_every > 0) return state_.step % options_.save_every == 0;
    return between(saved_, moment()).wall > seconds_between_saves;
  }

  void save() {
    auto saved = options_.save(checkpoint_of(identity_, state_, tensors_));
    if (!saved) throw Stopped{std::move(saved).error()};
    saved_ = moment();
  }

  void tell(std::int64_t all) {
    if (!options_.progress) return;
    const std::int64_t in_epoch = state_.step % result_.steps_per_epoch;
    TrainingProgress now{.epochs = options_.epochs, .step = state_.step, .steps = all};
    now.epoch = static_cast<int>((state_.step - 1) / result_.steps_per_epoch) + 1;
    now.loss =
        in_epoch == 0 ? state_.epochs.back().loss : state_.loss_sum / static_cast<double>(in_epoch);
    const auto did = static_cast<double>(state_.step - first_step_);
    const auto left_epochs = static_cast<double>(options_.epochs - now.epoch + (in_epoch != 0));
    const double look_s = state_.test_seconds / static_cast<double>(state_.epochs.size());
    now.left_s = own_s_ / did * static_cast<double>(all - state_.step) + left_epochs * look_s;
    options_.progress(now);
  }

  static void before_step(void* self, std::size_t s) {
    auto* const me = static_cast<Training*>(self);
    me->place_ = s;
  }
  static void after_step(void* self, std::size_t s) {
    auto* const me = static_cast<Training*>(self);
    me->units_.see(*me->run_, s, me->watched_images_);
  }

 public:
  // The step of the plan that a failure happened in.
  std::optional<std::size_t> place() const { return place_; }

 private:
  const Graph& graph_;
  const TrainOptions& options_;
  const Dataset& data_;
  std::int64_t n_used_ = 0;  // of the training images
  BatchMaker batches_;
  UnitWatch units_;
  std::optional<Interpreter> run_;
  std::optional<OptimizerRun> optimizer_;
  std::vector<at::Tensor> tensors_;
  std::string identity_;
  at::Tensor input_, targets_;
  std::vector<std::int64_t> order_;
  TrainingState state_;
  TrainingRun result_;
  std::int64_t base_bytes_ = 0, first_step_ = 0, watched_images_ = 0;
  double own_s_ = 0;  // of this process
  Moment saved_ = moment();
  std::optional<std::size_t> place_;
};

}  // namespace

Result<TrainingRun> train(const Graph& graph, const Analysis& analysis, const Dataset& data,
                          const TrainOptions& options) {
  RECKON_ASSIGN(const Plan plan, make_plan(graph, analysis, options.frozen));
  RECKON_ASSIGN(const Trainable network, trainable(graph, analysis, options.frozen));
  if (data.n_classes > network.n_classes)
    return fail(ErrorCode::shape_mismatch,
                "the data have " + std::to_string(data.n_classes) + " classes, the network tells " +
                    std::to_string(network.n_classes) +
                    " (a parameter of built-in networks: --set classes=" +
                    std::to_string(data.n_classes) + ")");
  count_allocations();
  std::optional<Training> training;
  const auto place = [&]() -> std::string {
    if (!training || !training->place()) return {};
    return printable(graph.nodes[static_cast<std::size_t>(plan.steps[*training->place()])].name);
  };
  try {
    const int threads = measure_threads(options.threads);
    training.emplace(graph, analysis, plan, network, data, options);
    TrainingRun run = training->train();
    run.data = data.name;
    run.n_train = data.train.n();
    run.n_test = data.test.n();
    run.n_classes = data.n_classes;
    run.library = "LibTorch " + std::string(library_version());
    run.processor = processor_name();
    run.initialisation =
        options.initialisation == nullptr ? "by activation" : options.initialisation->name;
    run.threads = threads;
    run.notes = blas_notes(threads);
    return run;
  } catch (const Stopped& stopped) {
    return std::unexpected<Error>(stopped.error);
  } catch (const std::exception&) {
    return std::unexpected(run_failure(place()));
  }
}

}  // namespace reckon

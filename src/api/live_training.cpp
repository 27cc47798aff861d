#include "api/live_training.h"

#include <cmath>

#include "api/read_question.h"
#include "base/text.h"
#include "memory/ledger.h"
#include "questions/inquiry.h"
#include "report/json_writer.h"
#include "report/pages.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

std::unexpected<Error> bad(std::string message, std::string_view key) {
  return fail(ErrorCode::bad_argument, std::move(message), "question." + std::string(key));
}

Result<std::string> text(const Json& question, std::string_view key) {
  const auto at = question.find(key);
  if (at == question.end() || !at->is_string()) return bad("text is expected", key);
  return at->get<std::string>();
}

Result<double> number(const Json& question, std::string_view key) {
  const auto at = question.find(key);
  if (at == question.end() || !at->is_number()) return bad("a number is expected", key);
  return at->get<double>();
}

Result<std::int64_t> whole(const Json& question, std::string_view key, std::int64_t most) {
  const auto at = question.find(key);
  if (at == question.end() || !at->is_number_unsigned() ||
      at->get<std::uint64_t>() > static_cast<std::uint64_t>(most))
    return bad("a whole number up to " + std::to_string(most) + " is expected", key);
  return at->get<std::int64_t>();
}

// "784-128-64-10"
Result<std::vector<std::int64_t>> widths_of(std::string_view chain) {
  constexpr std::int64_t most = 65536;
  std::vector<std::int64_t> widths(1, 0);
  for (const char c : chain) {
    if (c == '-') {
      widths.push_back(0);
    } else if (c < '0' || c > '9' || widths.back() > most) {
      return bad("a chain such as 784-128-64-10 is expected", "network");
    } else {
      widths.back() = 10 * widths.back() + (c - '0');
    }
  }
  return widths;
}

Result<LiveNetwork> network_of(const Json& question) {
  LiveNetwork network;
  RECKON_ASSIGN(const std::string chain, text(question, "network"));
  RECKON_ASSIGN(network.widths, widths_of(chain));
  RECKON_ASSIGN(const std::string activation, text(question, "activation"));
  RECKON_ASSIGN(network.activation, find_activation(activation));
  RECKON_ASSIGN(const std::string initialisation, text(question, "initialisation"));
  RECKON_ASSIGN(network.initialisation, find_initialisation(initialisation));
  RECKON_ASSIGN(const std::string optimizer, text(question, "optimizer"));
  if (optimizer != "sgd" && optimizer != "adam") return bad("sgd or adam is expected", "optimizer");
  network.rule = optimizer == "adam" ? UpdateRule::adam : UpdateRule::sgd;
  RECKON_ASSIGN(network.learning_rate, number(question, "learning_rate"));
  RECKON_ASSIGN(const std::int64_t batch, whole(question, "batch", 256));
  RECKON_ASSIGN(const std::int64_t seed, whole(question, "seed", 1'000'000));
  network.batch = static_cast<int>(batch);
  network.seed = static_cast<std::uint64_t>(seed);
  return network;
}

// The ledger of the same network in the network language, whose numbers have four bytes where
// these have eight.
Result<LiveBytes> foretell(const LiveNetwork& network) {
  std::string net = "input " + std::to_string(network.widths.front()) + "\n";
  for (std::size_t i = 1; i < network.widths.size(); ++i) {
    net += "linear " + std::to_string(network.widths[i]) + "\n";
    if (i + 1 < network.widths.size()) net += std::string(network.activation->name) + "\n";
  }
  RECKON_ASSIGN(Model model, open_network_text(net, "live"));
  RECKON_ASSIGN(
      const Inquiry inquiry,
      inquire(std::make_shared<const Model>(std::move(model)),
              {.batch = network.batch, .set = {}, .shape = {}, .receptive_fields = false}));
  TrainingSetup setup;
  RECKON_ASSIGN(setup.optimizer, find_optimizer(network.rule == UpdateRule::adam ? "adam" : "sgd"));
  RECKON_ASSIGN(const Ledger ledger, make_ledger(inquiry.analysis, setup));
  const auto bytes = [&](std::string_view line) {
    return ledger.line(line).bytes / 4 * LiveTraining::bytes_a_value;
  };
  return LiveBytes{.weights = bytes("weights_bytes"),
                   .gradients = bytes("gradients_bytes"),
                   .optimizer = bytes("optimizer_bytes"),
                   .activations = bytes("activations_bytes")};
}

void write_ledger(JsonWriter& json, const LiveBytes& foretold, const LiveBytes* counted) {
  constexpr struct {
    std::string_view name;
    std::int64_t LiveBytes::* of;
  } lines[] = {{"weights", &LiveBytes::weights},
               {"gradients", &LiveBytes::gradients},
               {"optimizer", &LiveBytes::optimizer},
               {"activations", &LiveBytes::activations}};
  std::int64_t all = 0, all_counted = 0;
  json.key("ledger");
  json.begin_array();
  const auto line = [&](std::string_view name, std::int64_t bytes, std::int64_t seen) {
    json.begin_object();
    json.member("name", name);
    json.member("foretold_bytes", bytes);
    if (counted != nullptr) json.member("counted_bytes", seen);
    json.end_object();
  };
  for (const auto& [name, of] : lines) {
    const std::int64_t seen = counted == nullptr ? 0 : counted->*of;
    line(name, foretold.*of, seen);
    all += foretold.*of;
    all_counted += seen;
  }
  line("total", all, all_counted);
  json.end_array();
}

}  // namespace

std::string LiveTrainings::answer(std::string_view question, std::span<const std::byte> bytes) {
  auto text = answered(question, bytes);
  return text ? *std::move(text) : error_json(text.error());
}

Result<std::string> LiveTrainings::answered(std::string_view question,
                                            std::span<const std::byte> bytes) {
  RECKON_ASSIGN(const Json asked, parse_question(question));
  RECKON_ASSIGN(const std::string what, text(asked, "do"));
  std::string out;
  JsonWriter json(out);
  if (what == "images") {
    RECKON_ASSIGN(LiveImages images, read_live_images(bytes));
    for (auto& one : running_) one.reset();
    images_ = std::make_shared<const LiveImages>(std::move(images));
    json.begin_object();
    json.member("n_train", images_->n_train);
    json.member("n_test", images_->n_test);
    json.member("classes", images_->n_classes);
    json.member("guessing_loss", std::log(static_cast<double>(images_->n_classes)));
    json.end_object();
    return out;
  }
  RECKON_ASSIGN(const std::int64_t which, whole(asked, "training", std::ssize(running_) - 1));
  std::optional<Running>& running = running_[static_cast<std::size_t>(which)];
  if (what == "begin") {
    if (images_ == nullptr) return bad("no images have come yet", "do");
    RECKON_ASSIGN(const LiveNetwork network, network_of(asked));
    RECKON_ASSIGN(LiveTraining training, LiveTraining::make(network, images_));
    RECKON_ASSIGN(const LiveBytes foretold, foretell(network));
    running.reset();
    running.emplace(std::move(training), foretold, foretold.weights / LiveTraining::bytes_a_value);
    json.begin_object();
    json.member("parameters", running->parameters);
    json.member("layers", static_cast<std::int64_t>(network.widths.size()) - 1);
    json.member("bytes_a_value", std::int64_t{LiveTraining::bytes_a_value});
    write_ledger(json, foretold, nullptr);
    json.end_object();
    return out;
  }
  if (what != "run") return bad("images, begin or run is expected", "do");
  if (!running) return bad("no such training has begun", "training");
  RECKON_ASSIGN(const std::int64_t steps, whole(asked, "steps", 1000));
  RECKON_ASSIGN(const LivePoint point, running->training.run(static_cast<int>(steps)));
  json.begin_object();
  json.member("step", point.step);
  json.member("loss", point.loss);
  json.member("accuracy", point.accuracy);
  json.key("gradient_norms");
  json.begin_array();
  for (const double norm : point.gradient_norms) json.value(norm);
  json.end_array();
  write_ledger(json, running->foretold, &running->training.bytes());
  json.end_object();
  return out;
}

}  // namespace reckon

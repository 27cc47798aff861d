// Trainings from a file that `reckon train compare --out` wrote: the fields of train_fields.cpp, of
// which those that are derived are made again.
#include <nlohmann/json.hpp>

#include "questions/train_answer.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_networks = 100, most_epochs = 100'000, most_units = 10'000;

// An object of the file; the first mistake stays.
class Reader {
 public:
  Reader(const Json& object, std::string place, std::string& wrong)
      : object_(object), place_(std::move(place)), wrong_(wrong) {
    if (!object.is_object()) fails("", "an object");
  }

  void read(const char* key, std::string& to) {
    const Json* const found = find(key);
    if (found == nullptr) return;
    if (!found->is_string()) return fails(key, "a text");
    to = found->get_ref<const std::string&>();
  }
  void read(const char* key, double& to) {
    if (const Json* const found = number(key)) to = found->get<double>();
  }
  void read(const char* key, bool& to) {
    const Json* const found = find(key);
    if (found == nullptr) return;
    if (!found->is_boolean()) return fails(key, "true or false");
    to = found->get<bool>();
  }
  template <class Whole>
    requires std::is_integral_v<Whole>
  void read(const char* key, Whole& to) {
    const Json* const found = number(key);
    if (found == nullptr) return;
    if (!found->is_number_integer()) return fails(key, "a whole number");
    to = found->get<Whole>();
  }
  // null, or not there: not known.
  template <class T>
  void read(const char* key, std::optional<T>& to) {
    if (!object_.is_object() || !object_.contains(key) || object_[key].is_null()) return;
    read(key, to.emplace());
  }
  // Calls read(item, reader) for each of at most `most` items.
  template <class T, class Read>
  void read(const char* key, std::vector<T>& to, std::size_t most, Read read_item) {
    const Json* const found = find(key);
    if (found == nullptr) return;
    if (!found->is_array() || found->size() > most) return fails(key, "a list");
    for (std::size_t i = 0; i < found->size() && wrong_.empty(); ++i) {
      Reader item((*found)[i], place_ + "." + key + "[" + std::to_string(i) + "]", wrong_);
      read_item(item, to.emplace_back());
    }
  }

 private:
  const Json* find(const char* key) {
    if (!wrong_.empty()) return nullptr;
    const auto found = object_.find(key);
    if (found != object_.end()) return &*found;
    fails(key, "there");
    return nullptr;
  }
  const Json* number(const char* key) {
    const Json* const found = find(key);
    if (found == nullptr || found->is_number()) return found;
    fails(key, "a number");
    return nullptr;
  }
  void fails(std::string_view key, std::string_view expected) {
    if (wrong_.empty())
      wrong_ =
          place_ + (key.empty() ? "" : ".") + std::string(key) + " is not " + std::string(expected);
  }

  const Json& object_;
  std::string place_;
  std::string& wrong_;
};

void read_units(Reader& from, ActivationUnits& units) {
  std::optional<double> dead;
  from.read("layer", units.layer);
  from.read("dead", dead);
  from.read("flat", units.flat);
  units.rectifies = dead.has_value();
  units.dead = dead.value_or(0);
}

void read_epoch(Reader& from, TrainingEpoch& epoch) {
  from.read("epoch", epoch.epoch);
  from.read("rate", epoch.rate);
  from.read("loss", epoch.loss);
  from.read("train_loss", epoch.train_loss);
  from.read("train_accuracy", epoch.train_accuracy);
  from.read("test_loss", epoch.test_loss);
  from.read("test_accuracy", epoch.test_accuracy);
  from.read("seconds", epoch.seconds);
  from.read("units", epoch.units, most_units, read_units);
}

void read_network(Reader& from, TrainedNetwork& what) {
  from.read("network", what.network);
  from.read("optimizer", what.optimizer);
  from.read("rate", what.rate);
  from.read("schedule", what.schedule);
  from.read("seed", what.seed);
  from.read("macs", what.macs);
  from.read("step_ops", what.step_ops);
  from.read("step_j", what.step_j);
  from.read("predicted_peak_bytes", what.predicted_peak_bytes);
  from.read("predicted_step_s", what.predicted_step_s);
  TrainingRun& run = what.run;
  from.read("data", run.data);
  from.read("n_train", run.n_train);
  from.read("n_test", run.n_test);
  from.read("n_classes", run.n_classes);
  from.read("library", run.library);
  from.read("processor", run.processor);
  from.read("threads", run.threads);
  from.read("initialisation", run.initialisation);
  from.read("batch", run.batch);
  from.read("steps_per_epoch", run.steps_per_epoch);
  from.read("steps", run.steps);
  from.read("resumed_from", run.resumed_from);
  from.read("stopped_early", run.stopped_early);
  from.read("parameters", run.parameters);
  from.read("resident_bytes", run.resident_bytes);
  from.read("peak_bytes", run.peak_bytes);
  from.read("seconds", run.seconds);
  from.read("processor_s", run.processor_s);
  from.read("test_seconds", run.test_seconds);
  from.read("epochs", run.epochs, most_epochs, read_epoch);
}

}  // namespace

Result<std::vector<TrainedNetwork>> read_trainings(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("train_compare"))
    return fail(ErrorCode::corrupt, "this is no file of `reckon train compare --out`");
  std::vector<TrainedNetwork> found;
  std::string wrong;
  Reader from(json["train_compare"], "train_compare", wrong);
  from.read("trainings", found, most_networks, read_network);
  for (const TrainedNetwork& what : found)
    if (wrong.empty() && what.run.epochs.empty()) wrong = "a training has no epochs";
  if (!wrong.empty()) return fail(ErrorCode::corrupt, std::move(wrong));
  return found;
}

}  // namespace reckon

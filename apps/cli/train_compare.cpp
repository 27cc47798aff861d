// reckon train compare: LeNet and AlexNet trained beside each other on this machine.
#include "train_compare.h"

#include "compare_trainings.h"
#include "train_one.h"
#include "training_data.h"

namespace reckon::cli {
namespace {

// The network of data/training that is not among the built-in ones.
constexpr std::string_view reduced = "alexnet-reduced";
struct Compared {
  std::string_view network;
  const char* optimizer;
  double rate;
  const char* schedule;
  const char* initialisation;  // null: by the activation that follows
};
// Small enough for a quarter of an hour on two cores.
constexpr std::int64_t usual_epochs = 12, usual_batch = 128;
constexpr Compared usual[] = {{"lenet5", "adam", 0.002, "cosine", nullptr},
                              {reduced, "adam", 0.001, "cosine", nullptr}};
// As "Dive into Deep Learning" trains them, sections 7.6 and 8.1: 224×224 for AlexNet, batch 128,
// 10 epochs, and first values by Xavier (`init_cnn`).
constexpr std::int64_t full_epochs = 10;
constexpr Compared full[] = {{"lenet5", "sgd", 0.1, "constant", "xavier_uniform"},
                             {"alexnet-d2l", "sgd", 0.01, "constant", "xavier_uniform"}};

Result<ModelRef> model_of(const Compared& one) {
  if (one.network != reduced) return ModelRef(one.network);
  RECKON_ASSIGN(Model model, open_network_text(alexnet_reduced_net(), std::string(reduced)));
  return ModelRef(std::make_shared<const Model>(std::move(model)));
}

// The words of the call, and of a training what the row says. Each has a checkpoint of its own,
// since a run goes on from no other's: FILE.lenet5.
Asked asked_of(const Compared& one, const Asked& call) {
  Asked asked = call;
  asked.give("optimizer", {.text = one.optimizer});
  asked.give("rate", {.real = one.rate});
  asked.give("schedule", {.text = one.schedule});
  if (one.initialisation != nullptr) asked.give("initialisation", {.text = one.initialisation});
  if (call.has("checkpoint"))
    asked.give("checkpoint",
               {.text = std::string(call.text("checkpoint")) + "." + std::string(one.network)});
  if (!call.has("batch")) asked.give("batch", {.whole = usual_batch});
  if (!call.has("epochs"))
    asked.give("epochs", {.whole = call.flag("full") ? full_epochs : usual_epochs});
  return asked;
}

}  // namespace

Answer run_train_compare(const Call& call) {
  for (const OptionName name :
       {OptionName("optimizer"), OptionName("rate"), OptionName("schedule"),
        OptionName("resolution"), OptionName("set"), OptionName("shape"), OptionName("freeze"),
        OptionName("initialisation"), OptionName("patience")})
    if (call.asked.has(name))
      return fail(ErrorCode::bad_argument,
                  "a comparison has its own; train one network to say it: reckon train lenet5",
                  "`" + std::string(name) + "`");
  RECKON_TRY(check_training_words(call.asked));
  TrainComparison comparison;
  RECKON_ASSIGN(comparison.shipped, shipped_trainings());
  if (!call.asked.flag("shipped"))
    for (const Compared& one : call.asked.flag("full") ? full : usual) {
      RECKON_ASSIGN(const ModelRef model, model_of(one));
      RECKON_ASSIGN(TrainInquiry done, train_one(model, asked_of(one, call.asked)));
      comparison.own.push_back(std::move(done.answer.what));
    }
  return page_of_comparison(comparison, call);
}

}  // namespace reckon::cli

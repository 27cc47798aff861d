// The fields of the answers of `reckon train` and `reckon train compare`.
#include "base/field_rows.h"
#include "base/figure.h"
#include "questions/answer.h"
#include "questions/train_answer.h"

namespace reckon {
namespace {

constexpr Row<ActivationUnits> unit_rows[] = {
    field<&ActivationUnits::layer>("layer", "", "an activation"),
    field("dead", "", "share of its units that gave zero for every test image; null: not a ReLU",
          [](const ActivationUnits& u) {
            return u.rectifies ? std::optional(u.dead) : std::nullopt;
          }),
    field<&ActivationUnits::flat>(
        "flat", "",
        "share of its outputs: zeros of a ReLU; of sigmoid and tanh those where the slope is under "
        "a hundredth of the largest"),
};
constexpr Row<TrainingEpoch> epoch_rows[] = {
    field<&TrainingEpoch::epoch>("epoch", "", "0: before the first step"),
    field<&TrainingEpoch::rate>("rate", "", "learning rate of its last step"),
    field<&TrainingEpoch::loss>("loss", "nat", "mean over its steps, while the weights move"),
    field<&TrainingEpoch::train_loss>("train_loss", "nat",
                                      "after it, of as many training images as test images"),
    field<&TrainingEpoch::train_accuracy>("train_accuracy", "", "likewise, share that is right"),
    field<&TrainingEpoch::test_loss>("test_loss", "nat", "after it, of the test images"),
    field<&TrainingEpoch::test_accuracy>("test_accuracy", "", "likewise, share that is right"),
    field<&TrainingEpoch::seconds>("seconds", "s", "of all steps until here"),
    list<unit_rows, &TrainingEpoch::units>("units", "what outputs of activations are worth"),
};
constexpr Row<TrainingRun> run_rows[] = {
    field<&TrainingRun::data>("data", "", "that it was trained with"),
    field<&TrainingRun::n_train>("n_train", "", "training images"),
    field<&TrainingRun::n_test>("n_test", "", "test images"),
    field<&TrainingRun::n_classes>("n_classes", "", "of the data"),
    field<&TrainingRun::library>("library", "", "that ran it, with its version"),
    field<&TrainingRun::processor>("processor", "", "empty where the system does not say"),
    field<&TrainingRun::threads>("threads", "", "of the processor"),
    field<&TrainingRun::initialisation>("initialisation", "", "by activation, or its name"),
    field<&TrainingRun::batch>("batch", "", "images in a step"),
    field<&TrainingRun::steps_per_epoch>("steps_per_epoch", "", ""),
    field<&TrainingRun::steps>("steps", "", "done"),
    field<&TrainingRun::resumed_from>("resumed_from", "", "step of a checkpoint; 0: none"),
    field<&TrainingRun::stopped_early>("stopped_early", "", "by --patience"),
    field<&TrainingRun::parameters>("parameters", "", "that the optimizer moves"),
    field<&TrainingRun::resident_bytes>("resident_bytes", "B",
                                        "weights, buffers, input, optimizer state; counted"),
    field<&TrainingRun::peak_bytes>("peak_bytes", "B", "of a step, all together; counted"),
    field<&TrainingRun::seconds>("seconds", "s", "of all steps"),
    field<&TrainingRun::processor_s>("processor_s", "s", "processor time of all steps"),
    field<&TrainingRun::test_seconds>("test_seconds", "s", "of the passes that only look"),
    field("best_test_accuracy", "", "of all epochs",
          [](const TrainingRun& r) { return r.best().test_accuracy; }),
    list<epoch_rows, &TrainingRun::epochs>("epochs", "in order"),
};
constexpr Row<TrainedNetwork> network_rows[] = {
    field<&TrainedNetwork::network>("network", "", "name"),
    field<&TrainedNetwork::optimizer>("optimizer", "", ""),
    field<&TrainedNetwork::rate>("rate", "", "learning rate at the beginning"),
    field<&TrainedNetwork::schedule>("schedule", "", "constant, step, cosine"),
    field<&TrainedNetwork::seed>("seed", "", "of weights, order and dropout"),
    field<&TrainedNetwork::macs>("macs", "MAC", "of the forward pass of one image"),
    field<&TrainedNetwork::step_ops>("step_ops", "OP", "operations of a step; null: not known"),
    field<&TrainedNetwork::step_j>("step_j", "J", "modelled energy of a step; null: not known"),
    field<&TrainedNetwork::predicted_peak_bytes>("predicted_peak_bytes", "B",
                                                 "of the simulated step; null: not simulated"),
    field<&TrainedNetwork::predicted_step_s>("predicted_step_s", "s",
                                             "on --on DEVICE; null: none was named"),
    members<run_rows, &TrainedNetwork::run>(),
};
constexpr Row<BillLine> bill_rows[] = {
    field<&BillLine::key>("key", "", "peak_bytes, ops, seconds, joules"),
    field<&BillLine::unit>("unit", "", "B, OP, s, J"),
    field<&BillLine::predicted>("predicted", "", "null where nothing predicts it"),
    field<&BillLine::measured>("measured", "", "null where nothing measures it"),
};
constexpr Row<TrainedLayer> layer_rows[] = {
    field<&TrainedLayer::name>("name", "", "name"),
    field<&TrainedLayer::op>("op", "", "ONNX operator"),
    field<&TrainedLayer::macs>("macs", "MAC", "of its forward pass"),
    field<&TrainedLayer::forward_s>("forward_s", "s", "measured, median"),
    field<&TrainedLayer::backward_s>("backward_s", "s", "measured, median; null: no gradient came"),
    field<&TrainedLayer::joules>("joules", "J", "of a step, modelled"),
};
constexpr Row<TrainAnswer> train_rows[] = {
    members<network_rows, &TrainAnswer::what>(),
    field("standing", "", "measured", [](const TrainAnswer&) { return Standing::measured; }),
    list<bill_rows>("bill", "of the whole training",
                    [](const TrainAnswer& a) {
                      return made<BillLine>(a, [](const TrainAnswer& of, auto emit) {
                        for (const BillLine& line : bill_of(of.what)) emit(line);
                      });
                    }),
    list<layer_rows>("layers", "of one step, in order",
                     [](const TrainAnswer& a) {
                       return made<TrainedLayer>(a, [](const TrainAnswer& of, auto emit) {
                         for (const TrainedLayer& layer : trained_layers(of)) emit(layer);
                       });
                     }),
};
constexpr Row<TrainComparison> comparison_rows[] = {
    list<network_rows, &TrainComparison::shipped>("shipped", "trainings that come with Reckon"),
    list<network_rows, &TrainComparison::own>("trainings", "on this machine; none with --shipped"),
};

}  // namespace

constinit const Row<TrainAnswer> train_field =
    answer<train_rows>("train", "of `reckon train`: a network that was really trained");
constinit const Row<TrainComparison> train_compare_field =
    answer<comparison_rows>("train_compare", "of `reckon train compare`");

}  // namespace reckon

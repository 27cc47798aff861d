// From a question to what is known: opens the model at the parameters that were asked for, binds
// its free dimensions, analyses it. Every face (command line, C, C++) goes through here, so they
// answer alike.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyze.h"
#include "analysis/conventions.h"
#include "base/result.h"
#include "base/watch.h"
#include "formats/model.h"
#include "questions/asked.h"
#include "questions/subject.h"

namespace reckon {

struct Question {
  std::optional<std::int64_t> batch;
  Parameters set;                  // parameters of a network and free dimensions alike
  std::vector<std::string> shape;  // of inputs: "input=1x3x224x224"
  Convention convention = Convention::pure;
  bool receptive_fields = true;  // a page that does not show them need not wait for them
  Watch* watch = nullptr;        // or null
};

// Without receptive fields. Fails with bad_argument for a convention that there is not.
Result<Question> question_of(const Asked& asked);

// A model as a face has it: open already, or as a person types it (formats/model.h).
struct ModelRef {
  std::string spec;
  std::shared_ptr<const Model> model;

  ModelRef(std::shared_ptr<const Model> open) : model(std::move(open)) {}  // NOLINT
  ModelRef(std::string_view typed) : spec(typed) {}                        // NOLINT
  ModelRef(const std::string& typed) : spec(typed) {}                      // NOLINT
  ModelRef(const char* typed) : spec(typed) {}                             // NOLINT
};

struct Inquiry {
  std::shared_ptr<const Model> model;
  Analysis analysis;                           // refers to the model
  std::optional<ConventionReport> convention;  // absent for `pure`
  Bindings bindings;                           // that the analysis was made with

  // An analysis at the same binding.
  AnalyzeOptions analyze_options(std::optional<DType> floats_as = {}) const {
    return {bindings, /*receptive_fields=*/false, floats_as};
  }
  Subject subject() const { return {*model, analysis, convention ? &*convention : nullptr}; }
};

// A network that is open is built again where `set` moves its parameters.
Result<Inquiry> inquire(const ModelRef& of, const Question& question);

// The same question of the network whose batch normalisations run inside the layers before them
// (analysis/fold_norms.h), where it has some; the model's notes say so.
Status fold_norms_of(Inquiry& inquiry);
// For training: norms that an export for inference has folded are put back, and the model's notes
// say what else it leaves out.
Status undo_inference_export(Inquiry& inquiry);

// A sentence among the assumptions where a search of the question was ended from outside.
void note_interruption(const Asked& asked, Inquiry& inquiry);

// The names that --set understands for this model: parameters, then free dimensions.
std::vector<std::string_view> settable_names(const Model& model);

}  // namespace reckon

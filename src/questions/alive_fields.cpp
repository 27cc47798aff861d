// The fields of the tensors that `reckon memory --alive` lists.
#include "base/field_rows.h"
#include "memory/timeline.h"
#include "questions/answer.h"

namespace reckon {
namespace {

struct AliveShown {
  const AliveTensor& tensor;
  const Timeline& timeline;

  // The step that made it; nothing for what was there before.
  const TimelinePoint* made_in() const {
    return tensor.made_in_step == none
               ? nullptr
               : &timeline.points[static_cast<std::size_t>(tensor.made_in_step)];
  }
};

constexpr Row<AliveShown> tensor_rows[] = {
    field(
        "tensor", "",
        "name; of a gradient, that of the tensor whose it is; null where it has none: weights and "
        "the like together, statistics, masks, scratch",
        [](const AliveShown& a) { return if_not_empty(a.tensor.name); }),
    field("category", "",
          "what keeps it: weights, buffers, input, optimizer, gradients (of parameters), "
          "activation_gradients, saved (for the backward pass), activations, workspace",
          [](const AliveShown& a) { return a.tensor.category; }),
    field("bytes", "B", "", [](const AliveShown& a) { return a.tensor.bytes; }),
    field("first_step", "", "index into memory.timeline",
          [](const AliveShown& a) { return a.tensor.first_step; }),
    field("last_step", "", "likewise", [](const AliveShown& a) { return a.tensor.last_step; }),
    field("phase", "", "in which it was made; null where it was there before",
          [](const AliveShown& a) {
            const TimelinePoint* const made = a.made_in();
            return made != nullptr ? std::optional(made->phase) : std::nullopt;
          }),
    field("layer", "", "that made it; likewise",
          [](const AliveShown& a) {
            const TimelinePoint* const made = a.made_in();
            return made != nullptr ? std::optional(made->layer) : std::nullopt;
          }),
    field("storage", "",
          "one number for the rows of one tensor whose category changes; null where it was there "
          "before",
          [](const AliveShown& a) {
            return a.tensor.storage >= 0 ? std::optional(a.tensor.storage) : std::nullopt;
          }),
};
constexpr Row<Timeline> alive_rows[] = {
    field("peak_step", "", "index into memory.timeline: the first step that is as full as the peak",
          [](const Timeline& t) { return peak_step(t); }),
    list<tensor_rows>("tensors",
                      "each from the first to the last step at whose fullest moment it is there: "
                      "those of a step sum to its peak_bytes",
                      [](const Timeline& t) {
                        return made<AliveShown>(t, [](const Timeline& of, auto emit) {
                          for (const AliveTensor& tensor : *of.alive) emit({tensor, of});
                        });
                      }),
};

}  // namespace

constinit const Row<Timeline> alive_field =
    answer<alive_rows>("alive", "with the question memory and `alive`: tensors, step by step");

}  // namespace reckon

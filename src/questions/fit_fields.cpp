// The fields of the answer of `reckon fit`.
#include "base/field_rows.h"
#include "questions/answer.h"
#include "questions/fit_answer.h"

namespace reckon {
namespace {

template <class Word>
std::optional<std::string_view> of_torch(const FitReport& f, Word TorchPolicy::* word) {
  return f.workload.policy == MemoryPolicy::pytorch
             ? std::optional(to_string(f.workload.options.torch.*word))
             : std::nullopt;
}
constexpr Row<FitReport> workload_rows[] = {
    field("mode", "", "training, inference",
          [](const FitReport& f) { return mode_word(f.workload.options.setup.training); }),
    field("precision", "", "file: each tensor as the file says; fp32, fp16, …",
          [](const FitReport& f) { return f.workload.options.setup.precision->name; }),
    field("optimizer", "", "null for inference",
          [](const FitReport& f) {
            const TrainingSetup& setup = f.workload.options.setup;
            return setup.training ? std::optional(setup.optimizer->name) : std::nullopt;
          }),
    field("policy", "", "textbook, pytorch, arena",
          [](const FitReport& f) { return f.workload.policy; }),
    field("torch", "", "which PyTorch the step is simulated for: 2, 1.13, 1.10; null where none is",
          [](const FitReport& f) { return of_torch(f, &TorchPolicy::version); }),
    field("where", "", "cpu, cuda",
          [](const FitReport& f) { return of_torch(f, &TorchPolicy::where); }),
    field("attention", "", "sdpa, math; null before PyTorch 2",
          [](const FitReport& f) {
            return f.workload.options.torch.is_2() ? of_torch(f, &TorchPolicy::attention)
                                                   : std::nullopt;
          }),
};
constexpr Row<FitReport> device_rows[] = {
    field("device", "", "whose usable memory is the budget",
          [](const FitReport& f) {
            return f.device ? std::optional<std::string_view>(f.device->name) : std::nullopt;
          }),
    field<&FitReport::margin_bytes>("margin_bytes", "B", "kept free, beside the budget"),
};

constexpr Row<FitAnswer> largest_rows[] = {
    field<&FitAnswer::variable>("variable", "", "batch, a parameter or a dimension"),
    field<&FitAnswer::max>("max", "", "the answer"),
    field<&FitAnswer::bytes_at_max>("bytes_at_max", "B", "what it takes"),
    field<&FitAnswer::next>("next", "", "the next value that exists; null where the range ends"),
    field<&FitAnswer::bytes_at_next>("bytes_at_next", "B",
                                     "what that would take; null beyond 64 bits"),
    field<&FitAnswer::budget_bytes>("budget_bytes", "B", "what is there"),
    field<&FitAnswer::flash_bytes_at_max>("flash_bytes_at_max", "B",
                                          "weights and buffers, where the policy is arena"),
    field<&FitAnswer::flash_bytes_at_next>("flash_bytes_at_next", "B",
                                           "where they are what breaks"),
    field<&FitAnswer::binding>(
        "binding", "", "the line that grows most from max to next, a key of the composition"),
    field<&FitAnswer::largest>("largest", "", "the line that holds most at max"),
};
constexpr Row<FitAnswer> search_rows[] = {
    field<&FitAnswer::monotone>("monotone", "",
                                "a larger value never needed less, among those tried"),
    field<&FitAnswer::exact>("exact", "", "every value that could beat it was tried"),
    field<&FitAnswer::could_fit>(
        "could_fit", "",
        "of a GPU: the largest value whose tensors have room; null where every value was tried"),
    field<&FitAnswer::tried_between>("tried_between", "", "all values up to it were tried"),
    field<&FitAnswer::lower_bound>("bytes_are_lower_bound", "", "something is unknown"),
    field<&FitAnswer::searched_from>("searched_from", "", "smallest value"),
    field<&FitAnswer::searched_to>("searched_to", "", "largest value"),
    field<&FitAnswer::tried>("tried", "values", "whose bytes were counted"),
    field("ended", "", "why the search ended before it had looked everywhere, where it did",
          [](const FitAnswer& a) {
            return IfAny{a.ended.empty() ? std::nullopt : std::optional<std::string_view>(a.ended)};
          }),
    field("gap", "", "a value that gives no network, and why",
          [](const FitAnswer& a) {
            return a.gaps ? std::optional<std::string_view>(a.gap) : std::nullopt;
          }),
};
constexpr Row<FitReport> fit_rows[] = {
    members<largest_rows>([](const FitReport& f) -> auto& { return *f.largest; }),
    members<device_rows>([](const FitReport& f) -> auto& { return f; }),
    members<workload_rows>([](const FitReport& f) -> auto& { return f; }),
    members<search_rows>([](const FitReport& f) -> auto& { return *f.largest; }),
};

constexpr Row<DeviceAnswer> smallest_rows[] = {
    field<&DeviceAnswer::device, &Device::name>("name", "", "name"),
    field<&DeviceAnswer::needed_bytes>("needed_bytes", "B", "what the model takes"),
    field("usable_bytes", "B", "what a program can get",
          [](const DeviceAnswer& a) { return a.usable.value; }),
    field<&DeviceAnswer::flash_bytes>("flash_bytes", "B",
                                      "weights and buffers, where the device keeps them in flash"),
    field("standing", "", "of that figure",
          [](const DeviceAnswer& a) { return a.usable.standing; }),
    field<&DeviceAnswer::largest>("largest", "", "the line that holds most"),
    field("too_small", "", "the largest device that does not fit",
          [](const DeviceAnswer& a) {
            return a.too_small ? std::optional<std::string_view>(a.too_small->name) : std::nullopt;
          }),
    field("too_small_bytes", "B", "what it has",
          [](const DeviceAnswer& a) {
            return a.too_small ? std::optional(usable_memory(*a.too_small).value) : std::nullopt;
          }),
};
constexpr Row<FitReport> smallest_device_rows[] = {
    members<smallest_rows>([](const FitReport& f) -> auto& { return *f.smallest; }),
    members<workload_rows>([](const FitReport& f) -> auto& { return f; }),
};

constexpr Row<FitReport> check_rows[] = {
    field("fits", "", "the answer", [](const FitReport& f) { return f.check->fits; }),
    field("needed_bytes", "B", "by the policy",
          [](const FitReport& f) { return f.check->needed.bytes; }),
    field<&FitReport::budget_bytes>("budget_bytes", "B", "what is there"),
    field("flash_bytes", "B", "weights in flash, policy arena",
          [](const FitReport& f) { return f.check->needed.flash_bytes; }),
    field("flash_budget_bytes", "B", "flash of the device",
          [](const FitReport& f) { return f.check->flash_budget_bytes; }),
    field("largest", "", "the line that holds most",
          [](const FitReport& f) { return f.check->needed.largest().name; }),
    field("bytes_are_lower_bound", "", "something is unknown",
          [](const FitReport& f) { return f.check->needed.lower_bound; }),
    members<device_rows>([](const FitReport& f) -> auto& { return f; }),
    members<workload_rows>([](const FitReport& f) -> auto& { return f; }),
};

constexpr Row<Change> change_rows[] = {
    field<&Change::kind>(
        "kind", "",
        "recomputation, accumulation, batch, eight_bit, precision, optimizer, combination"),
    field<&Change::from>("from", "", "what is now"),
    field<&Change::to>("to", "", "what it becomes"),
    field<&Change::bytes_before>("bytes_before", "B", ""),
    field<&Change::bytes_after>("bytes_after", "B", ""),
    field<&Change::fits>("fits", "", "it alone is enough"),
    field<&Change::extra_time>("extra_time", "", "relative to a step; only recomputation knows it"),
};
constexpr Row<FitReport> advice_rows[] = {
    field<&FitReport::needed_bytes>("needed_bytes", "B", "as it is"),
    field<&FitReport::budget_bytes>("budget_bytes", "B", "what is there"),
    field("fits", "", "as it is",
          [](const FitReport& f) { return f.needed_bytes <= f.budget_bytes; }),
    members<device_rows>([](const FitReport& f) -> auto& { return f; }),
    members<workload_rows>([](const FitReport& f) -> auto& { return f; }),
    list<change_rows>("changes", "the least intrusive first",
                      [](const FitReport& f) -> auto& { return *f.advice; }),
};

IfAny<const FitReport*> where(bool there, const FitReport& fit) {
  return {there ? &fit : nullptr};
}
constexpr Row<FitReport> report_rows[] = {
    object<check_rows>("check", "with the question fit: does it fit as it is?",
                       [](const FitReport& f) { return where(f.check.has_value(), f); }),
    object<fit_rows>("fit", "with the question fit: the largest value that fits",
                     [](const FitReport& f) { return where(f.largest.has_value(), f); }),
    object<smallest_device_rows>(
        "smallest_device", "the device with least memory that fits",
        [](const FitReport& f) { return where(f.smallest.has_value(), f); }),
    object<advice_rows>("advice", "changes that would make it fit",
                        [](const FitReport& f) { return where(f.advice.has_value(), f); }),
};

}  // namespace

constinit const Row<FitReport> fit_fields = answer<report_rows>("", "");

}  // namespace reckon

// Control flow. Shapes and cost come from the bodies, so the analysis treats these by their trait.
#include "ops/families.h"

namespace reckon {
namespace {

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "If",
     .signature = "condition:setting[] -> y...",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control},
    {.name = "Loop",
     .signature = "trip_count:setting[]? condition:setting[]? state:state... -> y...",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control},
    {.name = "Scan",
     .signature = "x... -> y...",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control},
    {.name = "SequenceMap",
     .signature = "s x... -> s...",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control},
    // Loops of ONNX Runtime that generate text until it ends: how often depends on data.
    {.name = "BeamSearch",
     .signature = "ids:index[N,L] max_length:setting[] x:setting... -> sequences[N,R,max_length] "
                  "scores[N,R]? step_scores[*]?",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control,
     .domain = microsoft},
    {.name = "WhisperBeamSearch",
     .signature = "x[*] max_length:setting[] x:setting... -> sequences[N,R,max_length] "
                  "scores[N,R]? step_scores[*]? cross_qk[*]? no_speech[N]?",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control,
     .domain = microsoft},
    {.name = "GreedySearch",
     .signature = "ids:index[N,L] max_length:setting[] x:setting... -> sequences[N,max_length]",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control,
     .domain = microsoft},
    {.name = "Sampling",
     .signature = "ids:index[N,L] max_length:setting[] x:setting... -> sequences[N,max_length] "
                  "logits[N,V]?",
     .nature = {OpKind::control, Space::not_modelled},
     .traits = Trait::control,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> control_ops(rows);

}  // namespace reckon

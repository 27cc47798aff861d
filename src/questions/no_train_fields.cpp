// A page trains with the small engine alone (src/learning).
#include "questions/answer.h"

namespace reckon {

constinit const Field train_field{}, train_compare_field{};

}  // namespace reckon

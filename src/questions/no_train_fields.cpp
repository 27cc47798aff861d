// A page trains with the small engine alone (src/learning).
#include "questions/answer.h"

namespace reckon {

constinit const Row<TrainAnswer> train_field{};
constinit const Row<TrainComparison> train_compare_field{};

}  // namespace reckon

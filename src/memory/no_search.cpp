// No exact searches where the engine is in a page: they take seconds, which a slider cannot wait
// for.
#include "memory/arena.h"
#include "memory/order.h"

namespace reckon {

Result<Placement> plan_optimal(std::span<const Buffer>, const ArenaLimits&, std::int64_t) {
  return fail(ErrorCode::unsupported,
              "the engine of a page does not search for the smallest arena; the program does: "
              "reckon memory MODEL --arena optimal",
              "`arena`");
}

Result<OrderPlan> better_order(const TaskGraph&, const OrderLimits&) {
  return fail(ErrorCode::unsupported,
              "the engine of a page does not search for a better order; the program does: "
              "reckon memory MODEL --order best",
              "`order`");
}

}  // namespace reckon

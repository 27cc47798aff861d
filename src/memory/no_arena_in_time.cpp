// The networks of a page have no such numbers of buffers.
#include "memory/arena_place.h"

namespace reckon {

Result<Placement> place_in_time(const ArenaProblem&) {
  return fail(ErrorCode::limit, "too many buffers are alive together to plan an arena in a page");
}

}  // namespace reckon

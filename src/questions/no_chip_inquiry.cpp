// In place of chip_inquiry.cpp where the engine is in a page, which has no face for it yet.
#include "questions/chip_inquiry.h"

namespace reckon {
Result<ChipInquiry> inquire_chip(const ModelRef&, const Asked&) {
  return fail(ErrorCode::unsupported,
              "the engine of a page designs no chips; the program does: "
              "reckon chip MODEL --area-mm2 A --power-w P",
              "question");
}

}  // namespace reckon

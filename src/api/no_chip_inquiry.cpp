// In place of chip_inquiry.cpp where the engine is in a page, which has no face for it yet.
#include "api/chip_inquiry.h"

namespace reckon {
namespace {

std::unexpected<Error> not_here() {
  return fail(ErrorCode::unsupported,
              "the engine of a page designs no chips; the program does: "
              "reckon chip MODEL --area-mm2 A --power-w P",
              "question");
}

}  // namespace

Result<ChipInquiry> inquire_chip(std::string_view, const Question&, const ChipWords&) {
  return not_here();
}

Result<ChipInquiry> inquire_chip(std::shared_ptr<const Model>, const Question&, const ChipWords&) {
  return not_here();
}

}  // namespace reckon

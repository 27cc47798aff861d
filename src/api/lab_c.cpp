// Labs in the C interface.
#include <cstdlib>
#include <cstring>
#include <new>

#include "api/lab.h"
#include "reckon/reckon.h"
#include "report/pages.h"

struct reckon_lab {
  std::unique_ptr<const reckon::OpenLab> lab;  // null when it could not be opened
  std::string error;                           // the error object; empty when it was opened
};

namespace {

char* copied(const std::string& text) {
  auto* out = static_cast<char*>(std::malloc(text.size() + 1));
  if (out != nullptr) std::memcpy(out, text.c_str(), text.size() + 1);
  return out;
}

}  // namespace

extern "C" {

reckon_lab* reckon_lab_open(const char* files_json) {
  auto* handle = new (std::nothrow) reckon_lab;
  if (handle == nullptr) return nullptr;
  auto opened = reckon::OpenLab::open_json(files_json == nullptr ? "" : files_json);
  if (opened)
    handle->lab = *std::move(opened);
  else
    handle->error = reckon::error_json(opened.error());
  return handle;
}

const char* reckon_lab_error(const reckon_lab* lab) {
  return lab == nullptr || lab->error.empty() ? nullptr : lab->error.c_str();
}

char* reckon_lab_answer(const reckon_lab* lab, const char* question) {
  if (lab == nullptr)
    return copied(
        reckon::error_json({reckon::ErrorCode::bad_argument, "the lab is a zero pointer", "lab"}));
  if (lab->lab == nullptr) return copied(lab->error);
  return copied(lab->lab->answer(question == nullptr ? "{}" : question));
}

void reckon_lab_close(reckon_lab* lab) {
  delete lab;
}

}  // extern "C"

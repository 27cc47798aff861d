// The C interface: handles, owned strings, and nothing that could leave as an exception.
#include <cstdlib>
#include <new>

#include "api/answer.h"
#include "api/handle.h"
#include "base/version.h"
#include "report/pages.h"

namespace {

using reckon::ErrorCode;
using reckon::Model;
using reckon::Result;

reckon_model* handle_of(Result<Model> opened) {
  auto* handle = new (std::nothrow) reckon_model;
  if (handle == nullptr) return nullptr;
  if (opened)
    handle->model = std::make_shared<const Model>(*std::move(opened));
  else
    handle->error = reckon::error_json(opened.error());
  return handle;
}

reckon_model* no_pointer(const char* what) {
  return handle_of(reckon::fail(ErrorCode::bad_argument, std::string(what) + " is a zero pointer"));
}

std::string name_or(const char* name, const char* otherwise) {
  return name != nullptr && *name != 0 ? name : otherwise;
}

}  // namespace

extern "C" {

reckon_model* reckon_open(const char* model) {
  if (model == nullptr) return no_pointer("the name of the model");
  return handle_of(reckon::open_model(model));
}

reckon_model* reckon_open_text(const char* text, size_t n_bytes, const char* name) {
  if (text == nullptr) return no_pointer("the text");
  return handle_of(reckon::open_network_text({text, n_bytes}, name_or(name, "<text>")));
}

reckon_model* reckon_open_memory(const void* bytes, size_t n_bytes, const char* name) {
  if (bytes == nullptr && n_bytes > 0) return no_pointer("the memory");
  const auto source = reckon::memory_source({static_cast<const std::byte*>(bytes), n_bytes},
                                            name_or(name, "<memory>"));
  return handle_of(reckon::open_source(*source));
}

reckon_model* reckon_open_callback(uint64_t size_bytes, reckon_read_at read_at, void* context,
                                   const char* name) {
  if (read_at == nullptr) return no_pointer("read_at");
  const auto source = reckon::callback_source(
      size_bytes,
      [=](std::uint64_t offset, std::byte* out, std::size_t n) {
        return read_at(context, offset, out, n) != 0;
      },
      name_or(name, "<callback>"));
  return handle_of(reckon::open_source(*source));
}

const char* reckon_error(const reckon_model* model) {
  return model == nullptr || model->error.empty() ? nullptr : model->error.c_str();
}

char* reckon_answer(const reckon_model* model, const char* question) {
  std::string text;
  if (model != nullptr && !model->error.empty())
    text = model->error;
  else
    text = reckon::answer(model == nullptr ? nullptr : model->model,
                          question == nullptr ? "{}" : question);
  return reckon::copied(text);
}

void reckon_free(char* answer) {
  std::free(answer);
}

void reckon_close(reckon_model* model) {
  delete model;
}

const char* reckon_version(void) {
  return reckon::version.data();
}

}  // extern "C"

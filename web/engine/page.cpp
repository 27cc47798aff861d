// A file that lies on the reader's disk: all that a page needs beside the C interface. The page
// reads it piece by piece (module.js), and hands over a number instead of a function.
#include "reckon/reckon.h"

extern "C" {

// Implemented by the page. A double holds every offset up to 2^53 and needs no BigInt.
__attribute__((import_module("page"), import_name("read_at"))) int reckon_page_read_at(
    int file, double offset, void* out, size_t n_bytes);

reckon_model* reckon_page_open_file(double size_bytes, int file, const char* name);
}

namespace {

int read_at(void* context, uint64_t offset, void* out, size_t n_bytes) {
  return reckon_page_read_at(*static_cast<const int*>(context), static_cast<double>(offset), out,
                             n_bytes);
}

}  // namespace

reckon_model* reckon_page_open_file(double size_bytes, int file, const char* name) {
  return reckon_open_callback(static_cast<uint64_t>(size_bytes), read_at, &file, name);
}

/* The C interface as a C11 program sees it: every way to open a model, every question, failures. */
#include <reckon/reckon.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int n_failed = 0;

#define CHECK(condition)                                              \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      ++n_failed;                                                     \
    }                                                                 \
  } while (0)

/* Whether the answer to `question` contains `text`. */
static int answers(const reckon_model* model, const char* question, const char* text) {
  char* answer = reckon_answer(model, question);
  const int found = answer != NULL && strstr(answer, text) != NULL;
  if (!found) fprintf(stderr, "%s\n  lacks %s:\n%.400s\n", question, text, answer ? answer : "");
  reckon_free(answer);
  return found;
}

/* 784·128 + 128 + 128·64 + 64 + 64·10 + 10 parameters, 784·128 + 128·64 + 64·10 MACs. */
static void check_chain(void) {
  reckon_model* model = reckon_open("784-128-64-10");
  CHECK(reckon_error(model) == NULL);
  CHECK(answers(model, "{}", "\"params\": 109386,"));
  CHECK(answers(model, "{\"question\":\"layers\"}", "\"macs\": 100352,"));
  CHECK(answers(model, "{\"batch\":8}", "\"macs\": 873472,"));
  CHECK(
      answers(model, "{\"question\":\"explain\"}", "\"substitution\": \"100,352 + 8,192 + 640\""));
  CHECK(answers(model, "{\"question\":\"explain\",\"layer\":\"#1\"}", "\"formula\""));
  CHECK(answers(model, "{\"convention\":\"torchsummary\"}", "\"difference\""));
  CHECK(answers(model, "{\"batch\":0}", "\"bad_argument\""));
  CHECK(answers(model, "{\"bacth\":1}", "did you mean batch?"));
  CHECK(answers(model, "{\"convention\":\"torchsumary\"}", "did you mean torchsummary?"));
  CHECK(answers(model, "{\"question\":\"explain\",\"layer\":\"none\"}", "\"not_found\""));
  CHECK(answers(model, "{\"question\":7}", "\"where\": \"question.question\""));
  CHECK(answers(model, "{\"set\":{\"W\":2.5}}", "\"where\": \"question.set.W\""));
  CHECK(answers(model, "{\"batch\":18446744073709551615}", "beyond 64 bits"));
  CHECK(answers(model, "not json", "\"bad_argument\""));
  CHECK(answers(model, "", "\"bad_argument\""));
  CHECK(answers(model, NULL, "\"totals\""));
  reckon_close(model);
}

/* 784·100 + 100 + 100·10 + 10 parameters beside those of a network twice as wide. */
static void check_two(void) {
  reckon_model* model = reckon_open("784-100-10");
  reckon_model* other = reckon_open("784-200-10");
  reckon_model* broken = reckon_open("no such model");
  const struct {
    const reckon_model *model, *other;
    const char *question, *text;
  } asked[] = {
      {model, other, "{\"question\":\"diff\"}", "\"changed\": 3"},
      {model, other, "{\"question\":\"diff\"}", "\"params\": 79510,"},
      {model, other, "{\"question\":\"diff\"}", "\"params\": 159010,"},
      {model, other, NULL, "\"added\": 0"},
      {model, model, "{\"question\":\"diff\",\"other_batch\":2}", "\"removed\": 0"},
      {model, other, "{\"question\":\"report\"}", "this question is about one model"},
      {model, other, "{\"question\":\"diff\",\"other_bacth\":2}", "did you mean other_batch?"},
      {model, NULL, "{\"question\":\"diff\"}", "needs two models"},
      {model, broken, "{\"question\":\"diff\"}", "\"not_found\""},
  };
  for (size_t i = 0; i < sizeof asked / sizeof *asked; ++i) {
    char* answer = reckon_answer_two(asked[i].model, asked[i].other, asked[i].question);
    CHECK(answer != NULL && strstr(answer, asked[i].text) != NULL);
    reckon_free(answer);
  }
  reckon_close(model);
  reckon_close(other);
  reckon_close(broken);
}

/* W → W/2 → 10 at W = 256: 784·256 + 256·128 + 128·10 MACs. */
static void check_text(void) {
  const char* text =
      "param W = 128 in 1..65536\ninput image 784\nlinear W\nrelu\n"
      "linear W/2\nrelu\nlinear 10\n";
  reckon_model* model = reckon_open_text(text, strlen(text), "mine.net");
  CHECK(reckon_error(model) == NULL);
  CHECK(answers(model, "{\"set\":{\"W\":256}}", "\"macs\": 234752,"));
  CHECK(answers(model, "{}", "\"macs\": 109184,"));
  CHECK(answers(model, "{\"set\":{\"V\":256}}", "did you mean W?"));
  reckon_close(model);

  model = reckon_open_text("input 3\nlinaer 4\n", 17, "mine.net");
  CHECK(reckon_error(model) != NULL);
  CHECK(answers(model, "{}", "mine.net:2"));
  reckon_close(model);
}

struct bytes {
  const unsigned char* data;
  size_t n;
  size_t n_read;
};

static int read_at(void* context, uint64_t offset, void* out, size_t n_bytes) {
  struct bytes* bytes = context;
  if (offset > bytes->n || n_bytes > bytes->n - offset) return 0;
  memcpy(out, bytes->data + offset, n_bytes);
  bytes->n_read += n_bytes;
  return 1;
}

static int refuse(void* context, uint64_t offset, void* out, size_t n_bytes) {
  (void)context, (void)offset, (void)out, (void)n_bytes;
  return 0;
}

/* ResNet-18 has 11,689,512 parameters and 1,814,073,344 MACs (torchvision). */
static void check_file(const char* path) {
  static unsigned char data[1 << 20];
  FILE* file = fopen(path, "rb");
  CHECK(file != NULL);
  if (file == NULL) return;
  struct bytes bytes = {data, fread(data, 1, sizeof data, file), 0};
  fclose(file);

  reckon_model* model = reckon_open_memory(data, bytes.n, "resnet18.onnx");
  CHECK(reckon_error(model) == NULL);
  CHECK(answers(model, "{}", "\"params\": 11689512,"));
  reckon_close(model);

  model = reckon_open_callback(bytes.n, read_at, &bytes, "resnet18.onnx");
  CHECK(reckon_error(model) == NULL);
  CHECK(bytes.n_read > 0);
  memset(data, 0, sizeof data); /* a model does not need its source any more */
  CHECK(answers(model, "{\"batch\":2}", "\"macs\": 3628146688,"));
  reckon_close(model);

  model = reckon_open_callback(1000, refuse, NULL, "page");
  CHECK(reckon_error(model) != NULL);
  reckon_close(model);
}

static void check_failures(void) {
  reckon_model* model = reckon_open("no/such/file.onnx");
  CHECK(reckon_error(model) != NULL);
  CHECK(answers(model, "{}", "\"code\": \"not_found\""));
  reckon_close(model);
  model = reckon_open(NULL);
  CHECK(answers(model, "{}", "\"bad_argument\""));
  reckon_close(model);
  model = reckon_open_memory("\x89PNG\r\n\x1a\n", 8, "picture.png");
  CHECK(answers(model, "{}", "\"not_a_model\""));
  reckon_close(model);
  CHECK(answers(NULL, "{}", "needs a model"));
  CHECK(answers(NULL, "{\"question\":\"networks\"}", "\"alexnet-d2l\""));
  CHECK(answers(NULL, "{\"question\":\"version\"}", reckon_version()));
  reckon_close(NULL);
  reckon_free(NULL);
}

int main(int argc, char** argv) {
  check_chain();
  check_text();
  check_two();
  check_failures();
  if (argc > 1) check_file(argv[1]);
  return n_failed != 0;
}

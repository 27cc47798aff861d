/* Reckon for C, and for every language that can call C: what a neural network costs.
 *
 *     reckon_model *model = reckon_open("alexnet");
 *     char *answer = reckon_answer(model, "{\"question\":\"report\",\"batch\":8}");
 *     puts(answer);
 *     reckon_free(answer);
 *     reckon_close(model);
 *
 * Conventions
 *   - Text is UTF-8 and ends with a zero byte, in both directions.
 *   - A question and an answer are JSON. The answers are those of `reckon ... --format json`, byte
 *     for byte; docs/json.md lists every key and docs/reckon.schema.json describes them.
 *   - A failure is an answer: {"error":{"code","message","where"}}. No function prints, exits,
 *     throws, or keeps global state. A zero pointer comes back only when memory is exhausted.
 *   - What a function returns without `const` is the caller's: answers go to reckon_free, models
 *     to reckon_close. Both accept a zero pointer.
 *   - A model never changes: any number of threads may ask it at the same time.
 *
 * A question is an object: its name, "report" without one, and what it reads. Any other key is an
 * error, and so is a value that the key does not take.
 * The questions, each with its keys:
 *   "report": batch, set, shape, convention, all
 *   "layers": batch, set, shape, convention, depth, all
 *   "explain": layer, batch, set, shape, element
 *   "graph": batch, set, shape
 *   "diff": batch, set, shape, other_batch, other_set, other_shape
 *   "memory": batch, set, shape, train, optimizer, precision, fold_norms, policy, inplace, torch,
 *       where, attention, update, freeze, accumulate, zero_grad, context, margin, arena, order,
 *       checkpoint, device, alive
 *   "fit": batch, set, shape, train, optimizer, precision, fold_norms, policy, inplace, torch,
 *       where, attention, update, freeze, zero_grad, context, margin, device, budget, max,
 *       smallest_device, advise
 *   "time": batch, batches, set, shape, train, optimizer, precision, fold_norms, attention,
 *       freeze, device, fused, compile, library, overlap, shapes
 *   "energy": batch, set, shape, train, optimizer, precision, fold_norms, freeze, device, fused,
 *       node, memory, sram, idle_w, overrides
 *   "chip": batch, set, shape, precision, area_mm2, power_w, node, memory, overrides
 *   "devices"
 *   "silicon": overrides
 *   "gradients": set, shape, cell, batch, activation, initialisation, depth, width, radius,
 *       matrix, gate_bias, steps, samples, seeds
 *   "rules": batch, set, shape, optimizer, device
 *   "networks"
 *   "version"
 *   "curve": activation, from, to, points
 *   "step": batch, set, shape, optimizer, freeze
 *   "activation_share": batch, set, shape, overrides, activation
 *   "training": activation, initialisation, optimizer, learning_rate, depth, width, steps, seed
 *   "activation_loop": activation, evaluations
 *   "pointer_chase": bytes, steps
 * What a key says is in docs/options.md: they are the options of the program with the same names.
 */
#ifndef RECKON_RECKON_H
#define RECKON_RECKON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct reckon_model reckon_model;

/* A model as a person names it: the path of a file, a built-in network with parameters
 * ("gpt2?layers=24"), or a chain of fully connected layers ("784-128-64-10"). */
reckon_model* reckon_open(const char* model);

/* A network in the network language. `name` is what answers and errors call it. */
reckon_model* reckon_open_text(const char* text, size_t n_bytes, const char* name);

/* The bytes of a file. They are used during the call only. */
reckon_model* reckon_open_memory(const void* bytes, size_t n_bytes, const char* name);

/* A file that only the caller can reach. read_at fills `out` with exactly n_bytes from `offset`
 * and returns 1, or returns 0 when it cannot. It is called during this call only, and only for the
 * few bytes that describe the network: weights are never asked for. */
typedef int (*reckon_read_at)(void* context, uint64_t offset, void* out, size_t n_bytes);
reckon_model* reckon_open_callback(uint64_t size_bytes, reckon_read_at read_at, void* context,
                                   const char* name);

/* Why the model could not be opened, as the error object; a zero pointer when it was. The text
 * belongs to the model. A model that could not be opened answers every question with it. */
const char* reckon_error(const reckon_model* model);

/* Answers. `model` may be a zero pointer for the questions "networks", "devices", "version",
 * "silicon", "curve", "gradients", "activation_loop" and "pointer_chase". */
char* reckon_answer(const reckon_model* model, const char* question);

/* The same of two models: the question "diff", whose keys with other_ are for the second. */
char* reckon_answer_two(const reckon_model* model, const reckon_model* other, const char* question);

void reckon_free(char* answer);
void reckon_close(reckon_model* model);

/* Labs: text, questions and figures as data (docs/labs.md).
 *
 *     reckon_lab *lab = reckon_lab_open("{\"lab.toml\":\"...\",\"act-1.toml\":\"...\"}");
 *     char *page = reckon_lab_answer(lab, "{\"question\":\"document\"}");
 *
 * The files of one labs/ folder, by name. What a file gets wrong is an error with its line. */
typedef struct reckon_lab reckon_lab;
reckon_lab* reckon_lab_open(const char* files_json);

/* Like reckon_error. */
const char* reckon_lab_error(const reckon_lab* lab);

/* "document": what never changes. "evaluate": what depends on "controls" and "answers", with
 * "elements" and "previous" if wanted; reveals and feedback only for what is in "answers".
 * "ledger": the design ledger of "entries". Any number of threads may ask. */
char* reckon_lab_answer(const reckon_lab* lab, const char* question);
void reckon_lab_close(reckon_lab* lab);

/* "0.1.0" */
const char* reckon_version(void);

#ifdef __cplusplus
}
#endif

#endif

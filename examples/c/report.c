/* What a network costs, from C: prints the answer to one question.
 *
 *     report [MODEL [QUESTION]]
 *     report alexnet '{"question":"explain","layer":"Conv-1"}'
 */
#include <reckon/reckon.h>
#include <stdio.h>

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "alexnet";
  const char *question = argc > 2 ? argv[2] : "{\"question\":\"report\"}";

  reckon_model *model = reckon_open(name);
  char *answer = reckon_answer(model, question);
  const int failed = reckon_error(model) != NULL || answer == NULL;
  if (answer != NULL) fputs(answer, stdout);

  reckon_free(answer);
  reckon_close(model);
  return failed;
}

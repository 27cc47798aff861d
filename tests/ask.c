/* Asks the C interface what standard input says: lines "MODEL<tab>QUESTION", an empty MODEL for the
 * questions about none. For each: the length of the answer in bytes, a line break, the answer, a
 * line break. The native side of tests/wasm_test.mjs. */
#include <stdio.h>
#include <string.h>

#include "reckon/reckon.h"

int main(void) {
  static char line[1 << 16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    char* question = strchr(line, '\t');
    if (question == NULL) return 2;
    *question++ = 0;
    reckon_model* model = *line != 0 ? reckon_open(line) : NULL;
    char* answer = reckon_answer(model, question);
    if (answer == NULL) return 1;
    printf("%zu\n%s\n", strlen(answer), answer);
    reckon_free(answer);
    reckon_close(model);
  }
  return 0;
}

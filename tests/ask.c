/* Asks the C interface what standard input says: lines "MODEL<tab>QUESTION", an empty MODEL for
 * the questions about none. "@open<tab>FILES" opens a lab, which "@lab<tab>QUESTION" then asks. For
 * each question: the length of the answer in bytes, a line break, the answer, a line break. The
 * native side of tests/wasm_test.mjs. */
#include <stdio.h>
#include <string.h>

#include "reckon/reckon.h"

int main(void) {
  static char line[1 << 22];
  reckon_lab* lab = NULL;
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    char* question = strchr(line, '\t');
    if (question == NULL) return 2;
    *question++ = 0;
    if (strcmp(line, "@open") == 0) {
      reckon_lab_close(lab);
      lab = reckon_lab_open(question);
      continue;
    }
    reckon_model* model = NULL;
    char* answer = NULL;
    if (strcmp(line, "@lab") == 0) {
      answer = reckon_lab_answer(lab, question);
    } else {
      model = *line != 0 ? reckon_open(line) : NULL;
      answer = reckon_answer(model, question);
    }
    if (answer == NULL) return 1;
    printf("%zu\n%s\n", strlen(answer), answer);
    reckon_free(answer);
    reckon_close(model);
  }
  reckon_lab_close(lab);
  return 0;
}

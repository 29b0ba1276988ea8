/*
 * Holds pages whose content follows from their number and version, and changes some when it is told to. For
 * each command, a line "SEQUENCE FIRST COUNT" in the file "command", it changes COUNT pages from FIRST on, every
 * 37th, and says in the file "answer" whether all pages are what they should be: "SEQUENCE ok VERSIONS".
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 2048
#define WORDS 1024

static unsigned *memory;
static unsigned version[PAGES];

static unsigned word(unsigned page, unsigned at) {
  unsigned x = (page * 2654435761u) ^ (version[page] * 40503u) ^ (at * 2246822519u);
  return x ^ (x >> 15);
}

static void fill(unsigned page) {
  for (unsigned i = 0; i < WORDS; i++) memory[page * WORDS + i] = word(page, i);
}

static int is_right(unsigned page) {
  for (unsigned i = 0; i < WORDS; i++)
    if (memory[page * WORDS + i] != word(page, i)) return 0;
  return 1;
}

static void answer(unsigned sequence) {
  unsigned wrong = 0, versions = 0;
  for (unsigned page = 0; page < PAGES; page++) {
    wrong += !is_right(page);
    versions += version[page];
  }
  FILE *out = fopen("answer.tmp", "w");
  fprintf(out, "%u %s %u\n", sequence, wrong ? "wrong" : "ok", versions);
  fclose(out);
  rename("answer.tmp", "answer");
}

int main(void) {
  unsigned last = 0, sequence, first, count;
  memory = aligned_alloc(4 * WORDS, 4 * WORDS * PAGES);
  /* The kernel marks a huge page as a whole. */
  madvise(memory, 4 * WORDS * PAGES, MADV_NOHUGEPAGE);
  for (unsigned page = 0; page < PAGES; page++) fill(page);
  for (;;) {
    FILE *in = fopen("command", "r");
    int told = in && fscanf(in, "%u %u %u", &sequence, &first, &count) == 3 && sequence != last;
    if (in) fclose(in);
    if (told) {
      for (unsigned i = 0; i < count; i++) {
        unsigned page = (first + i * 37) % PAGES;
        version[page]++;
        fill(page);
      }
      answer(sequence);
      last = sequence;
    }
    usleep(20000);
  }
}

/*
 * Takes steps, each of which passes through everything that an image has to hold, and checks all of it against
 * its own count. Ends with what it found in the file "verdict" once there is a file "stop", or something is
 * wrong. Its argument is the directory of its files. A second one is "alone": it shares no memory with its child,
 * and takes no lock, as not everything that dumps processes can keep these; or "memfd": it has memory open as a file;
 * or "sysv": it has memory in the kernel's keeping that it does not map.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <unistd.h>

#define PRIVATE_WORDS (1 << 20)
#define MAPPED_WORDS 8192
#define GHOST_BYTES (2 << 20)
#define HIDDEN_BYTES 65536

struct node {
  struct node *next;
  long value;
};

static int to_thread[2], from_thread[2], to_child[2], from_child[2];
static volatile sig_atomic_t alarms;
static volatile long ticks;
static long step;
static pid_t child;

static void finish(const char *what) {
  FILE *out = fopen("verdict.tmp", "w");
  fprintf(out, "%s %ld\n", what, step);
  fclose(out);
  rename("verdict.tmp", "verdict");
  if (child > 0) kill(child, SIGKILL);
  exit(strcmp(what, "ok") != 0);
}

static void require(int condition, const char *what) {
  if (!condition) finish(what);
}

static long ask(int to, int from, long value) {
  long answer = 0;
  require(write(to, &value, sizeof value) == sizeof value, "a pipe takes nothing");
  require(read(from, &answer, sizeof answer) == sizeof answer, "a pipe gives nothing");
  return answer;
}

/* Adds up what comes through its pipe. */
static void add(int in, int out, volatile long *sum) {
  long value;
  while (read(in, &value, sizeof value) == sizeof value) {
    long answer = *sum += value;
    if (write(out, &answer, sizeof answer) != sizeof answer) _exit(1);
  }
  _exit(0);
}

static void *adder(void *unused) {
  static volatile long sum;
  (void)unused;
  add(to_thread[0], from_thread[1], &sum);
  return NULL;
}

static void *ticker(void *unused) {
  (void)unused;
  for (;;) {
    ticks++;
    usleep(500);
  }
  return NULL;
}

static void alarmed(int signal) {
  (void)signal;
  alarms++;
}

static void check_files(const long *mapped) {
  static char line[64];
  long count = 0, value = 0;
  FILE *log = fopen("log", "r");
  require(log != NULL, "the log is gone");
  while (fgets(line, sizeof line, log)) require(atol(line) == ++count, "a line is lost, or there twice");
  fclose(log);
  require(count == step, "the log does not agree with the count");
  int file = open("counter", O_RDONLY);
  require(read(file, &value, sizeof value) == sizeof value && value == step, "the counter's file does not agree");
  close(file);
  static long content[MAPPED_WORDS];
  file = open("mapped", O_RDONLY);
  require(read(file, content, sizeof content) == sizeof content, "the mapped file is too short");
  close(file);
  require(memcmp(content, mapped, sizeof content) == 0, "the mapped file does not agree with its mapping");
}

int main(int argc, char **argv) {
  require(argc >= 2 && chdir(argv[1]) == 0, "no directory");
  if (pipe(to_thread) || pipe(from_thread) || pipe(to_child) || pipe(from_child)) return 1;
  long *private = mmap(NULL, PRIVATE_WORDS * sizeof(long), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const char *manner = argc > 2 ? argv[2] : "";
  int sharing = strcmp(manner, "alone") != 0;
  int kind = (sharing ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS;
  long *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, kind, -1, 0);
  int file = open("mapped", O_RDWR | O_CREAT, 0644);
  if (ftruncate(file, MAPPED_WORDS * sizeof(long))) return 1;
  long *mapped = mmap(NULL, MAPPED_WORDS * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  int log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0644);
  int counter = open("counter", O_RDWR | O_CREAT, 0644);
  int ghost = open("ghost", O_RDWR | O_CREAT, 0600);
  static char filler[GHOST_BYTES];
  memset(filler, 7, sizeof filler);
  if (write(ghost, filler, sizeof filler) != sizeof filler) return 1;
  unlink("ghost");
  int memory = strcmp(manner, "memfd") == 0 ? memfd_create("memory", 0) : -1;
  int kept = strcmp(manner, "sysv") == 0 ? shmget(IPC_PRIVATE, HIDDEN_BYTES, IPC_CREAT | 0600) : -1;
  if (kept >= 0) {
    char *mine = shmat(kept, NULL, 0);
    memset(mine, 5, HIDDEN_BYTES);
    shmdt(mine);
  }
  char *hidden = mmap(NULL, HIDDEN_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memset(hidden, 9, HIDDEN_BYTES);
  mprotect(hidden, HIDDEN_BYTES, PROT_NONE);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
  if (sharing && fcntl(counter, F_SETLK, &lock)) return 1;

  child = fork();
  if (child == 0) add(to_child[0], from_child[1], &shared[0]);
  pthread_t thread;
  pthread_create(&thread, NULL, adder, NULL);
  pthread_create(&thread, NULL, ticker, NULL);
  struct sigaction action = {.sa_handler = alarmed, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval every = {{0, 20000}, {0, 20000}};
  setitimer(ITIMER_REAL, &every, NULL);

  struct node *list = NULL;
  long checksum = 0, quiet = 0, last_alarms = 0, last_ticks = 0;
  while (access("stop", F_OK) != 0) {
    step++;
    long sum = step * (step + 1) / 2;
    require(ask(to_thread[1], from_thread[0], step) == sum, "the thread lost a value");
    require(ask(to_child[1], from_child[0], step) == sum, "the child lost a value");
    require(!sharing || shared[0] == sum, "the memory shared with the child does not agree");
    private[step * 7919 % PRIVATE_WORDS] ^= step;
    checksum ^= step;
    struct node *next = malloc(sizeof *next);
    next->next = list;
    next->value = step;
    list = next;
    mapped[0] = step;
    mapped[1 + step % (MAPPED_WORDS - 1)] += step;
    require(dprintf(log, "%ld\n", step) > 0, "the log takes nothing");
    require(pwrite(counter, &step, sizeof step, 0) == sizeof step, "the counter's file takes nothing");
    long found = 0;
    long place = step * sizeof(long) % GHOST_BYTES;
    require(pwrite(ghost, &step, sizeof step, place) == sizeof step, "the deleted file takes nothing");
    require(pread(ghost, &found, sizeof found, place) == sizeof found && found == step, "the deleted file forgot");
    require(memory < 0 || pwrite(memory, &step, sizeof step, place) == sizeof step, "the open memory takes nothing");
    require(memory < 0 || (pread(memory, &found, sizeof found, place) == sizeof found && found == step),
            "the open memory forgot");
    quiet = ticks == last_ticks || alarms == last_alarms ? quiet + 1 : 0;
    last_ticks = ticks;
    last_alarms = alarms;
    require(quiet < 2000, "a thread or a timer stands still");
    usleep(1000);
  }
  long all = 0, nodes = 0;
  for (long i = 0; i < PRIVATE_WORDS; i++) all ^= private[i];
  require(all == checksum, "the private memory does not agree");
  for (struct node *each = list; each; each = each->next) require(each->value == step - nodes++, "the heap is damaged");
  require(nodes == step, "the heap lost something");
  require(pread(ghost, filler, 4096, GHOST_BYTES - 4096) == 4096 && filler[4095] == 7, "the deleted file lost its content");
  long first = 0;
  require(memory < 0 || (pread(memory, &first, sizeof first, sizeof first) == sizeof first && first % (GHOST_BYTES / 8) == 1),
          "the open memory lost its content");
  mprotect(hidden, HIDDEN_BYTES, PROT_READ);
  for (long i = 0; i < HIDDEN_BYTES; i++) require(hidden[i] == 9, "what nobody may read was lost");
  const char *mine = kept < 0 ? NULL : shmat(kept, NULL, SHM_RDONLY);
  require(kept < 0 || (mine != (void *)-1 && mine[HIDDEN_BYTES - 1] == 5), "the kept memory was lost");
  check_files(mapped);
  finish("ok");
}

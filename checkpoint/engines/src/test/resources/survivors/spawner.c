/* Is in the middle of starting another process most of the time; counts them by lines of the file "log". */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  int out = open("log", O_WRONLY | O_CREAT | O_APPEND, 0644);
  for (;;) {
    pid_t child = vfork();
    if (child == 0) {
      usleep(4000);
      _exit(0);
    }
    if (waitpid(child, NULL, 0) != child || dprintf(out, "x\n") != 2) return 1;
    usleep(1000);
  }
}

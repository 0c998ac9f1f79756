/*
 * The first process of a container of `nx dev`: runs the program of the image, and replaces it when the host asks.
 *
 *   shim <grace in milliseconds> <program> [arguments]
 *
 * Its directory is mounted from the host, and holds besides it:
 *   request  the number of the start that the host wants; the host renames a new file to this name
 *   program  started in place of the program of the image, under its name; absent until something was compiled
 *   state    what the shim did: "<number> running <pid>", "<number> ended <status>", "<number> killed <signal>"
 *
 * Signals are passed on to the program, and ended children are reaped. A signal that asks to stop ends the shim with
 * the program, and with its status. A program that ends by itself does not: the shim waits for the next request.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* File systems of virtual machines report no changes of the host, so the request is also read this often. */
enum { PAUSE = 50, LINE = 48 };

static char directory[512];
static char **command;
static long grace;
static sigset_t before;

static pid_t child;         /* 0: the program does not run */
static long started = -1;   /* the number of the last start */
static long wanted;         /* the number in the request */
static long long killAt;    /* when the program is killed; 0: it was not asked to end */
static int stopping;        /* the signal that asked the container to stop */

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static int openIn(const char *name, int flags) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return open(path, flags | O_CLOEXEC);
}

static void readRequest(void) {
  char text[LINE] = "";
  int file = openIn("request", O_RDONLY);
  if (file < 0) return;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length > 0) wanted = atol(text);
}

/* One write of a fixed length, so that a reader never sees half of it. */
static void writeState(const char *what, int detail) {
  char line[LINE + 1], padded[LINE + 1];
  snprintf(line, sizeof line, "%ld %s %d", started, what, detail);
  snprintf(padded, sizeof padded, "%-*s\n", LINE - 1, line);
  int file = openIn("state", O_WRONLY);
  if (file < 0) return;
  if (pwrite(file, padded, LINE, 0) < 0) perror("shim: state");
  close(file);
}

static void execute(void) {
  char path[600];
  snprintf(path, sizeof path, "%s/program", directory);
  sigprocmask(SIG_SETMASK, &before, NULL);
  setpgid(0, 0);
  if (access(path, F_OK) == 0) execv(path, command);
  else execvp(command[0], command);
  fprintf(stderr, "shim: cannot start %s: %s\n", command[0], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

static void start(void) {
  started = wanted;
  killAt = 0;
  child = fork();
  if (child == 0) execute();
  if (child < 0) {
    child = 0;
    writeState("ended", 126);
    return;
  }
  /* Both do it, so that it is done before either goes on. */
  setpgid(child, child);
  writeState("running", child);
}

static void reap(void) {
  int status;
  for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended != child) continue;
    /* What it left would hold its ports. As the first process, this reaches those of other groups too. */
    kill(getpid() == 1 ? -1 : -child, SIGKILL);
    child = 0;
    int signaled = WIFSIGNALED(status);
    int detail = signaled ? WTERMSIG(status) : WEXITSTATUS(status);
    if (stopping) exit(signaled ? 128 + detail : detail);
    if (wanted != started) start();
    else writeState(signaled ? "killed" : "ended", detail);
  }
}

static void handle(int number) {
  if (number == SIGCHLD) reap();
  else {
    int stops = number == SIGTERM || number == SIGINT || number == SIGQUIT;
    if (stops) stopping = number;
    if (child) kill(child, number);
    else if (stops) exit(0);
  }
}

static void follow(void) {
  readRequest();
  if (stopping || wanted == started) return;
  if (!child) start();
  else if (killAt == 0) {
    killAt = now() + grace;
    kill(child, SIGTERM);
  }
}

int main(int count, char **values) {
  if (count < 3) {
    fprintf(stderr, "usage: shim <grace in milliseconds> <program> [arguments]\n");
    return 125;
  }
  snprintf(directory, sizeof directory, "%s", values[0]);
  char *slash = strrchr(directory, '/');
  if (slash) *slash = 0;
  grace = atol(values[1]);
  command = values + 2;

  sigset_t all;
  sigfillset(&all);
  /* Faults of the shim itself. */
  for (const int *fault = (const int[]){SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, 0}; *fault; fault++)
    sigdelset(&all, *fault);
  sigprocmask(SIG_BLOCK, &all, &before);
  int signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  int changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (changes >= 0) inotify_add_watch(changes, directory, IN_MOVED_TO);

  readRequest();
  start();
  struct pollfd sources[] = {{signals, POLLIN, 0}, {changes, POLLIN, 0}};
  for (;;) {
    if (poll(sources, 2, PAUSE) < 0 && errno != EINTR) return 125;
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == sizeof info) handle((int)info.ssi_signo);
    char events[4096];
    while (read(changes, events, sizeof events) > 0) {}
    follow();
    if (child && killAt && now() >= killAt) {
      kill(-child, SIGKILL);
      killAt = now() + 1000;
    }
  }
}

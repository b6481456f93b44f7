// SPDX-License-Identifier: Apache-2.0
#include "pump-listen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"
#include "pump-lock.h"
#include "pump-socket.h"

enum { CHILDREN_MAX = 1024, STRANGERS_MAX = 64 /* at once, who have not yet proved who they are */ };

static struct child *children;
static struct status status = {.state = STATE_LISTENING};

static int strangers(void) {
  int count = 0;
  for (int i = 0; i < CHILDREN_MAX; i++) count += children[i].pid != 0 && !children[i].is_known;
  return count;
}

static struct child *free_child(void) {
  for (int i = 0; i < CHILDREN_MAX; i++)
    if (children[i].pid == 0) return &children[i];
  return NULL;
}

/* A child that crashed could not say so itself. Another connection of the peer may have taken its place meanwhile. */
static void tell_crash(const struct listener *listener, struct child *child, int signal) {
  static struct status crashed = {.state = STATE_CONNECTING};
  char lock_file[PATH_MAX];
  why_set(child->detail, "the process of a connection was ended by signal %d (%s)", signal, strsignal(signal));
  if (!child->is_known) return;
  peer_path(listener, child->peer, ".lock", lock_file);
  const int lock = lock_try(lock_file);
  if (lock < 0) return;
  peer_path(listener, child->peer, ".json", crashed.path);
  crashed.connections = lock_number(lock);
  memcpy(crashed.detail, child->detail, sizeof crashed.detail);
  status_write(&crashed);
  close(lock);
}

static void reap(const struct listener *listener) {
  int how;
  for (pid_t pid; (pid = waitpid(-1, &how, WNOHANG)) > 0;) {
    for (int i = 0; i < CHILDREN_MAX; i++) {
      struct child *const child = &children[i];
      if (child->pid != pid) continue;
      if (WIFSIGNALED(how) && WTERMSIG(how) != SIGTERM) tell_crash(listener, child, WTERMSIG(how));
      if (child->detail[0] != '\0') {
        memcpy(status.detail, child->detail, sizeof status.detail);
        status_write(&status);
      }
      child->pid = 0;
    }
  }
}

static void signal_children(int signal) {
  for (int i = 0; i < CHILDREN_MAX; i++)
    if (children[i].pid != 0) kill(children[i].pid, signal);
}

static void take(const struct listener *listener, int listening, const sigset_t *signals) {
  uint32_t source = 0;
  struct child *const child = free_child();
  const int socket = socket_accept(listening, listener->arguments->address.is_unix, listener->arguments->idle_ms, &source);
  if (socket < 0) return;
  status.connections++;
  status_write(&status);
  *child = (struct child){.pid = 0};
  const pid_t parent = getpid(), pid = fork();
  if (pid == 0) {
    // Without the parent nobody would replace or end it.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_UNBLOCK, signals, NULL);
    close(listening);
    if (getppid() == parent) accept_run(listener, socket, source, child);
    _exit(0);
  }
  if (pid > 0) {
    child->pid = pid;
  } else {
    why_set(status.detail, "cannot start a process for a connection: %s", strerror(errno));
    status_write(&status);
  }
  close(socket);
}

/* False when it is time to end. */
static bool heed(const struct listener *listener, int signal_file) {
  struct signalfd_siginfo info;
  while (read(signal_file, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) return false;
    if (info.ssi_signo == SIGHUP) signal_children(SIGHUP);
    if (info.ssi_signo == SIGCHLD) reap(listener);
  }
  return true;
}

static void serve(const struct listener *listener, int listening, int signal_file, const sigset_t *signals) {
  do {
    const bool has_room = strangers() < STRANGERS_MAX && free_child() != NULL;
    struct pollfd wanted[] = {{.fd = signal_file, .events = POLLIN}, {.fd = has_room ? listening : -1, .events = POLLIN}};
    // Strangers that become known say so without a signal.
    if (poll(wanted, 2, has_room ? -1 : 100) > 0 && wanted[1].revents != 0) take(listener, listening, signals);
  } while (heed(listener, signal_file));
  signal_children(SIGTERM);
  while (waitpid(-1, NULL, 0) > 0) continue;
}

int listen_run(const struct listener *listener) {
  const struct arguments *const arguments = listener->arguments;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGCHLD);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  const int signal_file = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  children = mmap(NULL, CHILDREN_MAX * sizeof *children, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const int listening = socket_listen(&arguments->address, arguments->bind, status.detail);
  if (signal_file < 0 || children == MAP_FAILED || listening < 0) {
    fprintf(stderr, "virtuoso-pump: %s\n", listening < 0 ? status.detail : strerror(errno));
    return EXIT_TROUBLE;
  }
  peer_path(listener, "", ".listen.json", status.path);
  status_write(&status);
  serve(listener, listening, signal_file, &signals);
  if (arguments->address.is_unix) unlink(arguments->address.path);
  return 0;
}

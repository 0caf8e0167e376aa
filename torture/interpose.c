/* Stands between a program and libc (LD_PRELOAD) and does something at its n-th call of a class:

     TORTURE_CLASS  change (writes, syncs, renames, links, removals, modes; the default), space (only those of them that
                    take disk space), open, read
     TORTURE_AT     which call, from 1; absent: only count
     TORTURE_DO     kill-before, kill-after, short (a write or read of half the bytes, then ENOSPC or EIO), run (the shell
                    command TORTURE_RUN, then the call), skip-clock (from then on the clock shows TORTURE_CLOCK seconds
                    more), or the name of an error to return instead of the call: ENOSPC EIO EMFILE EDQUOT EROFS EACCES
     TORTURE_LAST   up to which call; absent: from TORTURE_AT to the end, as a full disk stays full
     TORTURE_LOG    a file that gets one line for each call of the class: name and path

   Only calls on files and folders count: not those on terminals, pipes and sockets, so that the standard streams and
   the order of other threads' wake-ups do not move the numbers. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum class { CHANGE, SPACE, OPEN, READ };
enum deed { COUNT, KILL_BEFORE, KILL_AFTER, SHORT, RUN, SKIP_CLOCK, FAIL };
/* What the caller of `arrive` does with its call. */
enum verdict { PASS, PASS_THEN_DIE, HALF, REFUSE };

static enum class watched = CHANGE;
static enum deed deed = COUNT;
static int failure = 0;
static long first = -1, last = -1;
static long calls = 0;
static int halved = 0;
static long long skipped = 0;
static int log_descriptor = -1;
static const char *command = 0;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int inside = 0;

static const struct { const char *name; int number; } failures[] = {
    {"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}, {"EACCES", EACCES}};

__attribute__((constructor)) static void start(void) {
  const char *text;
  if ((text = getenv("TORTURE_CLASS")))
    watched = !strcmp(text, "open") ? OPEN : !strcmp(text, "read") ? READ : !strcmp(text, "space") ? SPACE : CHANGE;
  if ((text = getenv("TORTURE_AT"))) first = atol(text);
  last = (text = getenv("TORTURE_LAST")) ? atol(text) : -1;
  command = getenv("TORTURE_RUN");
  if ((text = getenv("TORTURE_DO"))) {
    if (!strcmp(text, "kill-before")) deed = KILL_BEFORE;
    else if (!strcmp(text, "kill-after")) deed = KILL_AFTER;
    else if (!strcmp(text, "short")) deed = SHORT;
    else if (!strcmp(text, "run")) deed = RUN;
    else if (!strcmp(text, "skip-clock")) deed = SKIP_CLOCK;
    else {
      for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        if (!strcmp(text, failures[i].name)) deed = FAIL, failure = failures[i].number;
      if (deed != FAIL) {
        fprintf(stderr, "interpose: TORTURE_DO=%s is not known\n", text);
        _exit(70);
      }
    }
  }
  if ((text = getenv("TORTURE_LOG"))) 
    log_descriptor = syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

__attribute__((noreturn)) static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* Counts a call and says what happens to it. */
static enum verdict arrive(enum class class, const char *name, const char *path, int descriptor, int is_write) {
  /* What takes space changes something too. */
  if (class == SPACE && watched == CHANGE) class = CHANGE;
  if (class != watched || inside) return PASS;
  inside = 1;
  char link[64], target[4096];
  if (descriptor >= 0) {
    struct stat status;
    if (syscall(SYS_fstat, descriptor, &status) || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
      inside = 0;
      return PASS;
    }
  }
  pthread_mutex_lock(&lock);
  long number = ++calls;
  if (log_descriptor >= 0) {
    if (descriptor >= 0) {
      snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
      ssize_t length = readlink(link, target, sizeof target - 1);
      target[length < 0 ? 0 : length] = 0;
      path = target;
    }
    char line[4200];
    int length = snprintf(line, sizeof line, "%s %s\n", name, path ? path : "");
    syscall(SYS_write, log_descriptor, line, length);
  }
  enum verdict verdict = PASS;
  if (first > 0 && number >= first && (last < 0 || number <= last)) switch (deed) {
    case COUNT: break;
    case KILL_BEFORE: die();
    case KILL_AFTER: verdict = PASS_THEN_DIE; break;
    case SHORT:
      verdict = is_write && !halved ? HALF : REFUSE;
      halved = 1;
      failure = class == READ ? EIO : ENOSPC;
      break;
    case RUN:
      if (number == first) {
        unsetenv("LD_PRELOAD");
        if (system(command ? command : "true")) {
          fprintf(stderr, "interpose: TORTURE_RUN failed\n");
          _exit(70);
        }
      }
      break;
    case SKIP_CLOCK: skipped = atoll(getenv("TORTURE_CLOCK") ?: "0"); break;
    case FAIL: verdict = REFUSE; break;
  }
  pthread_mutex_unlock(&lock);
  inside = 0;
  return verdict;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = dlsym(RTLD_NEXT, #name)

#define GIVE(class, path, descriptor, call) \
  do { \
    enum verdict verdict = arrive(class, __func__, path, descriptor, 0); \
    if (verdict == REFUSE || verdict == HALF) return errno = failure, -1; \
    __typeof__(call) result = call; \
    if (verdict == PASS_THEN_DIE) die(); \
    return result; \
  } while (0)

/* Bytes: a short call moves half of them. */
#define GIVE_BYTES(class, descriptor, count, call, half) \
  do { \
    enum verdict verdict = arrive(class, __func__, 0, descriptor, (count) > 1); \
    if (verdict == REFUSE) return errno = failure, -1; \
    if (verdict == HALF) return half; \
    ssize_t result = call; \
    if (verdict == PASS_THEN_DIE) die(); \
    return result; \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(write);
  GIVE_BYTES(SPACE, fd, count, real(fd, bytes, count), real(fd, bytes, count / 2));
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  REAL(pwrite);
  GIVE_BYTES(SPACE, fd, count, real(fd, bytes, count, offset), real(fd, bytes, count / 2, offset));
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  REAL(pwrite64);
  GIVE_BYTES(SPACE, fd, count, real(fd, bytes, count, offset), real(fd, bytes, count / 2, offset));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  GIVE(SPACE, 0, fd, real(fd, parts, count));
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(pwritev);
  GIVE(SPACE, 0, fd, real(fd, parts, count, offset));
}
ssize_t read(int fd, void *bytes, size_t count) {
  REAL(read);
  GIVE_BYTES(READ, fd, count, real(fd, bytes, count), real(fd, bytes, count / 2));
}
ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
  REAL(pread);
  GIVE_BYTES(READ, fd, count, real(fd, bytes, count, offset), real(fd, bytes, count / 2, offset));
}
ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
  REAL(pread64);
  GIVE_BYTES(READ, fd, count, real(fd, bytes, count, offset), real(fd, bytes, count / 2, offset));
}

int rename(const char *from, const char *to) {
  REAL(rename);
  GIVE(CHANGE, to, -1, real(from, to));
}
int renameat(int from_fd, const char *from, int to_fd, const char *to) {
  REAL(renameat);
  GIVE(CHANGE, to, -1, real(from_fd, from, to_fd, to));
}
int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) {
  REAL(renameat2);
  GIVE(CHANGE, to, -1, real(from_fd, from, to_fd, to, flags));
}
int link(const char *from, const char *to) {
  REAL(link);
  GIVE(SPACE, to, -1, real(from, to));
}
int symlink(const char *target, const char *path) {
  REAL(symlink);
  GIVE(SPACE, path, -1, real(target, path));
}
int unlink(const char *path) {
  REAL(unlink);
  GIVE(CHANGE, path, -1, real(path));
}
int unlinkat(int fd, const char *path, int flags) {
  REAL(unlinkat);
  GIVE(CHANGE, path, -1, real(fd, path, flags));
}
int rmdir(const char *path) {
  REAL(rmdir);
  GIVE(CHANGE, path, -1, real(path));
}
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  GIVE(SPACE, path, -1, real(path, mode));
}
int fsync(int fd) {
  REAL(fsync);
  GIVE(CHANGE, 0, fd, real(fd));
}
int syncfs(int fd) {
  REAL(syncfs);
  GIVE(CHANGE, 0, fd, real(fd));
}
int fdatasync(int fd) {
  REAL(fdatasync);
  GIVE(CHANGE, 0, fd, real(fd));
}
int ftruncate(int fd, off_t size) {
  REAL(ftruncate);
  GIVE(CHANGE, 0, fd, real(fd, size));
}
int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  GIVE(CHANGE, 0, fd, real(fd, size));
}
int chmod(const char *path, mode_t mode) {
  REAL(chmod);
  GIVE(CHANGE, path, -1, real(path, mode));
}
int fchmod(int fd, mode_t mode) {
  REAL(fchmod);
  GIVE(CHANGE, 0, fd, real(fd, mode));
}
int fchown(int fd, uid_t owner, gid_t group) {
  REAL(fchown);
  GIVE(CHANGE, 0, fd, real(fd, owner, group));
}
int lchown(const char *path, uid_t owner, gid_t group) {
  REAL(lchown);
  GIVE(CHANGE, path, -1, real(path, owner, group));
}
int utimensat(int fd, const char *path, const struct timespec times[2], int flags) {
  REAL(utimensat);
  GIVE(CHANGE, path, -1, real(fd, path, times, flags));
}

/* Opening a file to make or empty it changes something; every opening takes a descriptor. */
#define GIVE_OPEN(call) \
  mode_t mode = 0; \
  if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list list; \
    va_start(list, flags); \
    mode = va_arg(list, mode_t); \
    va_end(list); \
  } \
  enum class class = watched == OPEN ? OPEN : flags & O_CREAT ? SPACE : flags & O_TRUNC ? CHANGE : OPEN; \
  GIVE(class, path, -1, call)

int open(const char *path, int flags, ...) {
  REAL(open);
  GIVE_OPEN(real(path, flags, mode));
}
int open64(const char *path, int flags, ...) {
  REAL(open64);
  GIVE_OPEN(real(path, flags, mode));
}
int openat(int fd, const char *path, int flags, ...) {
  REAL(openat);
  GIVE_OPEN(real(fd, path, flags, mode));
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  REAL(clock_gettime);
  int result = real(clock, time);
  if (!result && clock == CLOCK_REALTIME) time->tv_sec += skipped;
  return result;
}
int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  REAL(gettimeofday);
  int result = real(now, zone);
  if (!result) now->tv_sec += skipped;
  return result;
}
time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

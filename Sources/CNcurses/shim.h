// What Swift cannot import of ncurses (macros, globals), and the signal handlers, which must be C to be signal-safe.
// One Swift file imports this, so that the statics below exist once.
#ifndef TKL_CURSES_H
#define TKL_CURSES_H

#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

// Signals that end the program: the terminal is put right, then the signal takes its usual course. ILL and TRAP are
// what a Swift runtime trap raises.
static const int tkl_fatal[] = {SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGABRT,
                                SIGSEGV, SIGBUS, SIGFPE,  SIGILL,  SIGTRAP};
// Signals that the loop answers.
static const int tkl_soft[] = {SIGWINCH, SIGTSTP, SIGCONT};
enum { TKL_FATAL_COUNT = 10, TKL_SOFT_COUNT = 3, TKL_RESIZED = 1, TKL_STOP = 2, TKL_CONTINUED = 4 };

// All have an initial value: Swift's importer emits no tentative definitions.
static struct sigaction tkl_former_fatal[TKL_FATAL_COUNT] = {{.sa_flags = 0}};
static struct sigaction tkl_former_soft[TKL_SOFT_COUNT] = {{.sa_flags = 0}};
static int tkl_flags = 0;
static int tkl_wake = -1;
static int tkl_tty = -1;
static struct termios tkl_modes = {.c_iflag = 0};
static char tkl_farewell[256] = {0};
static size_t tkl_farewell_length = 0;
// A stack overflow leaves no stack to run a handler on. 64 KiB is above every architecture's MINSIGSTKSZ.
static char tkl_stack[65536] = {0};

static void tkl_on_soft(int number) {
  int saved = errno;
  int flag = number == SIGWINCH ? TKL_RESIZED : number == SIGTSTP ? TKL_STOP : TKL_CONTINUED;
  __atomic_fetch_or(&tkl_flags, flag, __ATOMIC_SEQ_CST);
  char byte = 0;
  ssize_t written = write(tkl_wake, &byte, 1);
  (void)written;
  errno = saved;
}

static void tkl_on_fatal(int number) {
  if (tkl_tty >= 0) {
    // A terminal that takes no more bytes must not keep the program from dying.
    fcntl(tkl_tty, F_SETFL, O_RDWR | O_NONBLOCK);
    ssize_t written = write(tkl_tty, tkl_farewell, tkl_farewell_length);
    (void)written;
    tcsetattr(tkl_tty, TCSANOW, &tkl_modes);
  }
  for (int i = 0; i < TKL_FATAL_COUNT; i++)
    if (tkl_fatal[i] == number) sigaction(number, &tkl_former_fatal[i], NULL);
  raise(number);
}

/// Sets the bytes that put the screen right when a signal ends the program.
static inline void tkl_set_farewell(const char *bytes, size_t length) {
  tkl_farewell_length = length < sizeof tkl_farewell ? length : sizeof tkl_farewell;
  memcpy(tkl_farewell, bytes, tkl_farewell_length);
}

/// Installs the handlers; `modes` is what the terminal had before.
static inline void tkl_guard(int tty, int wake, const struct termios *modes) {
  tkl_tty = tty;
  tkl_wake = wake;
  tkl_modes = *modes;
  tkl_farewell_length = 0;
  stack_t stack = {.ss_sp = tkl_stack, .ss_size = sizeof tkl_stack};
  sigaltstack(&stack, NULL);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigfillset(&action.sa_mask);
  action.sa_handler = tkl_on_fatal;
  action.sa_flags = SA_ONSTACK;
  for (int i = 0; i < TKL_FATAL_COUNT; i++) {
    sigaction(tkl_fatal[i], NULL, &tkl_former_fatal[i]);
    // nohup and the like ask that a signal be ignored, and so it stays.
    if (tkl_former_fatal[i].sa_handler != SIG_IGN) sigaction(tkl_fatal[i], &action, NULL);
  }
  action.sa_handler = tkl_on_soft;
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < TKL_SOFT_COUNT; i++) sigaction(tkl_soft[i], &action, &tkl_former_soft[i]);
}

/// Puts the former handlers back.
static inline void tkl_unguard(void) {
  for (int i = 0; i < TKL_FATAL_COUNT; i++) sigaction(tkl_fatal[i], &tkl_former_fatal[i], NULL);
  for (int i = 0; i < TKL_SOFT_COUNT; i++) sigaction(tkl_soft[i], &tkl_former_soft[i], NULL);
  tkl_tty = -1;
  tkl_wake = -1;
}

/// Which soft signals came since the last call, as TKL_ bits.
static inline int tkl_take_flags(void) { return __atomic_exchange_n(&tkl_flags, 0, __ATOMIC_SEQ_CST); }

/// Stops the whole job as Ctrl-Z would, so that a script around the program stops too; returns when it goes on.
static inline void tkl_stop(void) {
  struct sigaction former, plain;
  memset(&plain, 0, sizeof plain);
  plain.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &plain, &former);
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &former, NULL);
}

/// The size that the kernel knows of; 0 when it knows none.
static inline int tkl_size(int tty, int *width, int *height) {
  struct winsize size;
  if (ioctl(tty, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return 0;
  *width = size.ws_col;
  *height = size.ws_row;
  return 1;
}

/// A terminfo string; null when the terminal has none.
static inline const char *tkl_capability(const char *name) {
  char *value = tigetstr(name);
  return value == (char *)-1 ? NULL : value;
}

/// Bytes that wait to be read.
static inline int tkl_waiting(int tty) {
  int count = 0;
  return ioctl(tty, FIONREAD, &count) == 0 ? count : 0;
}

static inline WINDOW *tkl_screen(void) { return stdscr; }
static inline int tkl_colours(void) { return COLORS; }
static inline int tkl_lines(void) { return LINES; }
static inline int tkl_columns(void) { return COLS; }
static inline int tkl_function_key(int number) { return KEY_F(number); }
static inline int tkl_is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

enum { TKL_BOLD = 1, TKL_UNDERLINE = 2, TKL_REVERSE = 4, TKL_DIM = 8 };

/// Writes one character with its combining marks, null-terminated, at a place of the standard screen.
static inline void tkl_put(int y, int x, const wchar_t *text, int attributes, int pair) {
  attr_t bits = A_NORMAL;
  if (attributes & TKL_BOLD) bits |= A_BOLD;
  if (attributes & TKL_UNDERLINE) bits |= A_UNDERLINE;
  if (attributes & TKL_REVERSE) bits |= A_REVERSE;
  if (attributes & TKL_DIM) bits |= A_DIM;
  cchar_t cell;
  // The last column of the last line gives ERR although the cell is drawn, so the result says nothing.
  if (setcchar(&cell, text, bits, (short)pair, NULL) == OK) mvadd_wch(y, x, &cell);
}

#endif

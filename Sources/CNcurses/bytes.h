// GNU and XSI functions that `import Glibc` leaves out.
#ifndef TKL_BYTES_H
#define TKL_BYTES_H

#include <locale.h>
#include <stddef.h>
#include <wchar.h>

void *memmem(const void *haystack, size_t length, const void *needle, size_t needle_length);
void *memrchr(const void *bytes, int byte, size_t length);
int wcwidth(wchar_t character);

/// The locale in which widths are looked up; null where the system has no C.UTF-8.
static inline locale_t tkl_utf8_locale(void) { return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

/// wcwidth in `locale`, whatever the process's own locale is.
static inline int tkl_width(unsigned int scalar, locale_t locale) {
  if (!locale) return wcwidth((wchar_t)scalar);
  locale_t former = uselocale(locale);
  int width = wcwidth((wchar_t)scalar);
  uselocale(former);
  return width;
}

#endif

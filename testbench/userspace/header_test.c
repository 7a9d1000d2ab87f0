/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* The public header is C, and needs nothing before it. Compiling this file is the test. */

#include <kestrel/kestrel.h>

int kestrel_header_is_c(void) {
  return (int)sizeof(enum kestrel_property);
}

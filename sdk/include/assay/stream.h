/* Where a plugin writes what it makes: the host owns the buffer, the file and the limit. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>

/* An output of the running call. Frozen. Made by the host; valid until the call returns. */
typedef struct assay_writer {
  void* context; /* the host's */

  /* [call] Appends `bytes`, all of them or none. Returns ASSAY_OK; ASSAY_LIMIT when the output would become larger than
   * the host takes for this method (8 MiB for JSON, 256 MiB for a report, unless set otherwise); ASSAY_CANCELLED when
   * the call was given up; ASSAY_FAILED when the host cannot store it. After a failure every later write fails as well,
   * and the call fails whatever it returns. What was written counts only when the call returns ASSAY_OK. */
  assay_status (*write)(const struct assay_writer* writer, assay_string bytes);
} assay_writer;

ASSAY_STATIC_ASSERT(sizeof(assay_writer) == 16, "layout of assay_writer");
ASSAY_STATIC_ASSERT(offsetof(assay_writer, write) == 8, "layout of assay_writer");

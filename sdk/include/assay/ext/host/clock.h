/* Host extension clock/1: the time by which the server goes. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>

#define ASSAY_CLOCK_1 "clock/1"

/* Frozen. Valid until deinit has returned. */
typedef struct assay_clock_1 {
  /* [call] Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted; the same during the whole call.
   * ASSAY_UNSUPPORTED while the plugin is loaded, and for a call whose result must not depend on time. */
  assay_status (*now_ms)(const assay_call* call, int64_t* milliseconds);
} assay_clock_1;

ASSAY_STATIC_ASSERT(sizeof(assay_clock_1) == 8, "layout of assay_clock_1");

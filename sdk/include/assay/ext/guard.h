/* Extension guard/1: may a command be given. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_GUARD_1 "guard/1"

/* Frozen. Of static lifetime. */
typedef struct assay_guard_1 {
  /* [call] Writes a verdict as sdk/schema/verdict.json describes it, for `input`, which is as
   * sdk/schema/guard-input.json says: allow, or warn or deny with the reason for the person who gives the command. The
   * verdict depends on the input and the settings alone. A call that fails counts as deny, unless the record type says
   * otherwise; deny is an answer and no failure. */
  assay_status (*judge)(const assay_call* call, assay_string input, const assay_writer* out);
} assay_guard_1;

ASSAY_STATIC_ASSERT(sizeof(assay_guard_1) == 8, "layout of assay_guard_1");
ASSAY_STATIC_ASSERT(offsetof(assay_guard_1, judge) == 0, "layout of assay_guard_1");

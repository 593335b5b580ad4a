/* Extension sampling/1: which sites or items an audit looks at. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_SAMPLING_1 "sampling/1"

/* Frozen. Of static lifetime. */
typedef struct assay_sampling_1 {
  /* [call] Writes {"chosen": [...]} as sdk/schema/sample.json describes it, for `input`, which is as
   * sdk/schema/sampling-input.json says: members of its population, each once, no fewer and no more than it asks for.
   * Chance comes from rng/1 alone, so that the seed that is kept with the audit repeats the sample; the order of the
   * population is that of its ids and says nothing else. */
  assay_status (*sample)(const assay_call* call, assay_string input, const assay_writer* out);
} assay_sampling_1;

ASSAY_STATIC_ASSERT(sizeof(assay_sampling_1) == 8, "layout of assay_sampling_1");
ASSAY_STATIC_ASSERT(offsetof(assay_sampling_1, sample) == 0, "layout of assay_sampling_1");

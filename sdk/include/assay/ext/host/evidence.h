/* Host extension evidence/1: files of evidence of the audit at hand. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>

#define ASSAY_EVIDENCE_1 "evidence/1"

/* Frozen. Valid until deinit has returned. */
typedef struct assay_evidence_1 {
  /* [call] Up to `length` bytes (1 MiB at most) from `offset` of the file of the evidence `id`, as the input of the
   * call names it, e.g. "E-12"; valid until the call returns. Empty behind its end. ASSAY_UNSUPPORTED when the call is
   * about no audit; ASSAY_INVALID for evidence that the person who asks may not see, that is not there, or that is no
   * file: which of them is not told. Bytes of a stranger: expect anything. */
  assay_status (*read)(const assay_call* call, assay_string id, uint64_t offset, uint64_t length, assay_string* bytes);
} assay_evidence_1;

ASSAY_STATIC_ASSERT(sizeof(assay_evidence_1) == 8, "layout of assay_evidence_1");

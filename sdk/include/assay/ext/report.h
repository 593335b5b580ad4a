/* Extension report/1: an audit, or the response to a nonconformity, as a document. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_REPORT_1 "report/1"

/* Frozen. Of static lifetime. */
typedef struct assay_report_1 {
  /* [call] Writes the document of `format` (an id of the manifest's list) for `input`, which is JSON text as
   * sdk/schema/report-input.json describes it or, where the manifest says that the format is of a response,
   * sdk/schema/response-input.json; validated by the host; at most 256 MiB. The language is the input's and the call's
   * alike. The same input and format give the same bytes every time: no clock, no randomness, no
   * environment. Every text of the input is somebody's typing: escape it for the format. Returns ASSAY_UNSUPPORTED for
   * a format that is not in the manifest. */
  assay_status (*render)(const assay_call* call, assay_string format, assay_string input, const assay_writer* out);
} assay_report_1;

ASSAY_STATIC_ASSERT(sizeof(assay_report_1) == 8, "layout of assay_report_1");

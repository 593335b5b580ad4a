/* Host extension resource/1: files of the plugin's own package. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>

#define ASSAY_RESOURCE_1 "resource/1"

/* Frozen. Valid until deinit has returned. */
typedef struct assay_resource_1 {
  /* [call] The bytes of the package's file `path`, a name of the manifest's list, as they were when the package was
   * made; valid until the running call (or init) returns. ASSAY_INVALID when there is no such file, ASSAY_LIMIT when it
   * is larger than 16 MiB or the call has read too much, ASSAY_FAILED when it cannot be read any more. */
  assay_status (*read)(const assay_host* host, const assay_call* call, assay_string path, assay_string* bytes);
} assay_resource_1;

ASSAY_STATIC_ASSERT(sizeof(assay_resource_1) == 8, "layout of assay_resource_1");

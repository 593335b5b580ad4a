/* Host extension log/1: lines for the server's log. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>

#define ASSAY_LOG_1 "log/1"

#define ASSAY_LOG_DEBUG 0
#define ASSAY_LOG_INFO 1
#define ASSAY_LOG_WARNING 2
#define ASSAY_LOG_ERROR 3

/* Frozen. Valid until deinit has returned. */
typedef struct assay_log_1 {
  /* [any] One line for the administrator, marked with the plugin's id. The host replaces control characters and invalid
   * UTF-8, keeps the first 1,000 bytes, and drops lines above a rate. Never log what a person typed or a secret. */
  void (*log)(const assay_host* host, int32_t level, assay_string message);
} assay_log_1;

ASSAY_STATIC_ASSERT(sizeof(assay_log_1) == 8, "layout of assay_log_1");

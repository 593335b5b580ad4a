/* Extension ticket/1: events as requests to somebody else's tracker. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>
#include <assay/stream.h>

#define ASSAY_TICKET_1 "ticket/1"

/* Frozen. Of static lifetime. */
typedef struct assay_ticket_1 {
  /* [call] Writes {"requests": [...]} as sdk/schema/ticket-requests.json describes it, for `input`, which is as
   * sdk/schema/ticket-input.json says; an empty list when the event is of no interest. The plugin sends nothing: the
   * host does, to the origin of the endpoint and to no other. `{secret:NAME}` in the value of a header stands for a
   * secret setting, which the host puts in and the plugin never sees. The host may ask again after a failure: the same
   * event gives the same requests. */
  assay_status (*requests)(const assay_call* call, assay_string input, const assay_writer* out);
} assay_ticket_1;

ASSAY_STATIC_ASSERT(sizeof(assay_ticket_1) == 8, "layout of assay_ticket_1");
ASSAY_STATIC_ASSERT(offsetof(assay_ticket_1, requests) == 0, "layout of assay_ticket_1");

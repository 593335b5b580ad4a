// libpq, loaded when a process first speaks to PostgreSQL.
#pragma once

#include <libpq-fe.h>

#include "storage/shared_library.h"

namespace assay {

/// What is used of libpq, by its names without PQ. With it come Kerberos, LDAP and some twenty more libraries, which a
/// server on SQLite does without.
struct Libpq {
  SharedLibrary library{ASSAY_LIBPQ};
  decltype(&PQclear) clear = library["PQclear"];
  decltype(&PQcmdTuples) command_tuples = library["PQcmdTuples"];
  decltype(&PQconnectdb) connect = library["PQconnectdb"];
  decltype(&PQconsumeInput) consume_input = library["PQconsumeInput"];
  decltype(&PQenterPipelineMode) enter_pipeline_mode = library["PQenterPipelineMode"];
  decltype(&PQerrorMessage) error_message = library["PQerrorMessage"];
  decltype(&PQexec) exec = library["PQexec"];
  decltype(&PQexitPipelineMode) exit_pipeline_mode = library["PQexitPipelineMode"];
  decltype(&PQfinish) finish = library["PQfinish"];
  decltype(&PQfreemem) free_memory = library["PQfreemem"];
  decltype(&PQgetCopyData) get_copy_data = library["PQgetCopyData"];
  decltype(&PQgetResult) get_result = library["PQgetResult"];
  decltype(&PQgetisnull) is_null = library["PQgetisnull"];
  decltype(&PQgetlength) length = library["PQgetlength"];
  decltype(&PQgetvalue) value = library["PQgetvalue"];
  decltype(&PQnfields) fields = library["PQnfields"];
  decltype(&PQnotifies) notifies = library["PQnotifies"];
  decltype(&PQntuples) tuples = library["PQntuples"];
  decltype(&PQpipelineStatus) pipeline_status = library["PQpipelineStatus"];
  decltype(&PQpipelineSync) pipeline_sync = library["PQpipelineSync"];
  decltype(&PQputCopyData) put_copy_data = library["PQputCopyData"];
  decltype(&PQputCopyEnd) put_copy_end = library["PQputCopyEnd"];
  decltype(&PQresultErrorField) result_error_field = library["PQresultErrorField"];
  decltype(&PQresultErrorMessage) result_error_message = library["PQresultErrorMessage"];
  decltype(&PQresultStatus) result_status = library["PQresultStatus"];
  decltype(&PQsendPrepare) send_prepare = library["PQsendPrepare"];
  decltype(&PQsendQueryParams) send_query_params = library["PQsendQueryParams"];
  decltype(&PQsendQueryPrepared) send_query_prepared = library["PQsendQueryPrepared"];
  decltype(&PQsetNoticeProcessor) set_notice_processor = library["PQsetNoticeProcessor"];
  decltype(&PQsocket) socket = library["PQsocket"];
  decltype(&PQstatus) status = library["PQstatus"];
  decltype(&PQtransactionStatus) transaction_status = library["PQtransactionStatus"];
};

/// Loads it at its first call, from any thread; throws std::runtime_error when that fails.
inline const Libpq& libpq() {
  static const Libpq loaded;
  return loaded;
}

}  // namespace assay

// libpq, loaded when a process first speaks to PostgreSQL.
#pragma once

#include <libpq-fe.h>

#include "storage/shared_library.h"

namespace assay {

#define ASSAY_OF_LIBPQ(member, function) decltype(&(function)) member = library[#function];

/// What is used of libpq. With it come Kerberos, LDAP and some twenty more libraries, which a
/// server on SQLite does without.
struct Libpq {
  SharedLibrary library{ASSAY_LIBPQ, "PostgreSQL"};
  ASSAY_OF_LIBPQ(clear, PQclear)
  ASSAY_OF_LIBPQ(command_tuples, PQcmdTuples)
  ASSAY_OF_LIBPQ(connect, PQconnectdb)
  ASSAY_OF_LIBPQ(consume_input, PQconsumeInput)
  ASSAY_OF_LIBPQ(enter_pipeline_mode, PQenterPipelineMode)
  ASSAY_OF_LIBPQ(error_message, PQerrorMessage)
  ASSAY_OF_LIBPQ(exec, PQexec)
  ASSAY_OF_LIBPQ(exit_pipeline_mode, PQexitPipelineMode)
  ASSAY_OF_LIBPQ(finish, PQfinish)
  ASSAY_OF_LIBPQ(free_memory, PQfreemem)
  ASSAY_OF_LIBPQ(get_copy_data, PQgetCopyData)
  ASSAY_OF_LIBPQ(get_result, PQgetResult)
  ASSAY_OF_LIBPQ(is_null, PQgetisnull)
  ASSAY_OF_LIBPQ(length, PQgetlength)
  ASSAY_OF_LIBPQ(value, PQgetvalue)
  ASSAY_OF_LIBPQ(fields, PQnfields)
  ASSAY_OF_LIBPQ(notifies, PQnotifies)
  ASSAY_OF_LIBPQ(tuples, PQntuples)
  ASSAY_OF_LIBPQ(pipeline_status, PQpipelineStatus)
  ASSAY_OF_LIBPQ(pipeline_sync, PQpipelineSync)
  ASSAY_OF_LIBPQ(put_copy_data, PQputCopyData)
  ASSAY_OF_LIBPQ(put_copy_end, PQputCopyEnd)
  ASSAY_OF_LIBPQ(result_error_field, PQresultErrorField)
  ASSAY_OF_LIBPQ(result_error_message, PQresultErrorMessage)
  ASSAY_OF_LIBPQ(result_status, PQresultStatus)
  ASSAY_OF_LIBPQ(send_prepare, PQsendPrepare)
  ASSAY_OF_LIBPQ(send_query_params, PQsendQueryParams)
  ASSAY_OF_LIBPQ(send_query_prepared, PQsendQueryPrepared)
  ASSAY_OF_LIBPQ(set_notice_processor, PQsetNoticeProcessor)
  ASSAY_OF_LIBPQ(socket, PQsocket)
  ASSAY_OF_LIBPQ(status, PQstatus)
  ASSAY_OF_LIBPQ(transaction_status, PQtransactionStatus)
};

#undef ASSAY_OF_LIBPQ

/// Loads it at its first call, from any thread; throws std::runtime_error when that fails.
inline const Libpq& libpq() {
  static const Libpq loaded;
  return loaded;
}

}  // namespace assay

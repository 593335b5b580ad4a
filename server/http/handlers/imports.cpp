// Bulk import from CSV, and the tables to fill in for it.
#include "commands/import.h"

#include "domain/csv.h"
#include "http/handlers/handlers.h"
#include "http/records_path.h"

namespace assay::handlers {
namespace {

/// "risk" or "person", and the command to make them by.
Result<ImportWish> import_wish(const Api& api, const Request& request) {
  const auto type = request.query_value("type");
  if (!type) return invalid_query("?type", "is required");
  return ImportWish{std::string(*type), std::string(request.query_value("command").value_or("")), request.body,
                    api.service().import_rows};
}

Json errors_json(const std::vector<InvalidField>& errors) {
  Json all = Json::array();
  for (const InvalidField& wrong : errors) all.push_back({{"pointer", wrong.pointer}, {"detail", wrong.detail}});
  return all;
}

Result<bool> is_dry_run(const Request& request) {
  const auto told = request.query_value("dry_run");
  if (!told || *told == "false") return false;
  if (*told == "true") return true;
  return invalid_query("?dry_run", "must be true or false");
}

}  // namespace

Result<Response> import_table(Api& api, const Request& request) {
  auto wish = import_wish(api, request);
  if (!wish) return wish.error();
  auto dry = is_dry_run(request);
  if (!dry) return dry.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  if (*dry) {
    auto review = review_import(api.context(), *call, *wish);
    if (!review) return review.error();
    return json_response({{"type", wish->type},
                          {"dry_run", true},
                          {"records", review->records},
                          {"errors", errors_json(review->errors)},
                          {"made", Json::array()}});
  }
  auto imported = assay::import_table(api.context(), *call, *wish);
  if (!imported) return imported.error();
  Json made = Json::array();
  for (const std::string& id : made_ids(*imported)) {
    Json one = {{"id", id}};
    if (made.size() < imported->tokens.size()) {
      const std::string& token = imported->tokens[made.size()];
      one["invitation"] = {{"token", token}, {"href", "/invitation#" + token}};
    }
    made.push_back(std::move(one));
  }
  const std::size_t count = made.size();
  Response response = json_response({{"type", wish->type},
                                     {"dry_run", false},
                                     {"records", count},
                                     {"errors", Json::array()},
                                     {"made", std::move(made)}},
                                    201);
  mark_repeated(response, imported->performed);
  return response;
}

Result<Response> import_template(Api& api, const Request& request) {
  auto wish = import_wish(api, request);
  if (!wish) return wish.error();
  auto columns = import_columns(api.context(), wish->type, wish->command);
  if (!columns) return columns.error();
  Response response = json_text(write_csv({*columns}));
  response.content_type = media::csv;
  response.headers.add("Content-Disposition", "attachment; filename=\"" + wish->type + ".csv\"");
  return response;
}

}  // namespace assay::handlers

// The list of people who were erased.
#include "storage/erased_list.h"

#include <fcntl.h>

#include <fstream>
#include <stdexcept>

#include "domain/ids.h"
#include "storage/files.h"

namespace assay {

std::set<std::string> read_erased(const std::filesystem::path& list) {
  std::set<std::string> people;
  if (!std::filesystem::exists(list)) return people;
  std::ifstream from(list);
  for (std::string line; std::getline(from, line);) {
    if (!is_uuid(line)) throw std::runtime_error(list.string() + " holds a line that is no id of a person");
    people.insert(line);
  }
  if (from.bad()) throw std::runtime_error(list.string() + " cannot be read");
  return people;
}

void add_erased(const std::filesystem::path& list, const std::vector<std::string>& people) {
  auto known = read_erased(list);
  const auto before = known.size();
  known.insert(people.begin(), people.end());
  if (known.size() == before && std::filesystem::exists(list)) return;
  const std::filesystem::path unnamed = list.string() + ".new";
  std::string text;
  for (const std::string& person : known) text += person + "\n";
  {
    File file(unnamed, O_WRONLY | O_CREAT | O_TRUNC);
    file.write(text);
    file.sync();
  }
  std::filesystem::rename(unnamed, list);
  sync_folder(list.parent_path());
}

}  // namespace assay

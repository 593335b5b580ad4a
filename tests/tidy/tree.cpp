// Reads the checkout that the rules are about.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tidy/rules.h"

namespace tidy {
namespace {

namespace fs = std::filesystem;

/// What .gitignore leaves out, and git's own folder.
bool is_left_out(const fs::path& relative) {
  const auto text = relative.generic_string();
  const auto name = relative.filename().string();
  return text == ".git" || text == "build" || text == "data" || name == ".cache" || name.ends_with(".swp") ||
         name.ends_with("~");
}

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

Tree read_tree(const std::string& top) {
  Tree tree;
  for (auto it = fs::recursive_directory_iterator(top); it != fs::recursive_directory_iterator(); ++it) {
    const auto relative = it->path().lexically_relative(top);
    if (is_left_out(relative)) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      tree.push_back({relative.generic_string(), bytes_of(it->path())});
    }
  }
  return tree;
}

}  // namespace tidy

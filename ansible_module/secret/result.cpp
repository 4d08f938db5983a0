#include "result.hpp"

#include <algorithm>
#include <string>

#include "module/program.hpp"

namespace regvault::secret_module {
namespace {

using module::put;
using vault_file::Written;

bool is_changed(const Written& written) {
  return written.change != vault_file::Change::unchanged;
}

std::string shown(const std::string& label) {
  return label.empty() ? "default" : label;
}

void put_one(json::Object& answer, const Change& change, const Written& written) {
  put(answer, "key", yaml::to_string(change.target.key));
  put(answer, "action", vault_file::name_of(written.change));
  if (!change.absent && change.options.form != vault_file::Form::plain) put(answer, "label", shown(written.label));
  if (written.line != 0) answer["line"] = written.line;
}

/// How a variable stands in the file, never its value.
std::string before(const Change& change, const Written& written) {
  bool is_new = written.change == vault_file::Change::inserted;
  bool is_missing = change.absent && !is_changed(written);
  if (is_new || is_missing) return {};
  return yaml::to_string(change.target.key) + (written.was_encrypted ? ": !vault\n" : ": in the clear\n");
}

std::string after(const Change& change, const Written& written) {
  if (!is_changed(written)) return before(change, written);
  if (change.absent) return {};
  std::string key = yaml::to_string(change.target.key);
  if (change.options.form == vault_file::Form::plain) return key + ": in the clear, new value\n";
  return key + ": !vault, new value (vault id " + shown(written.label) + ")\n";
}

void put_diff(json::Object& answer, const Arguments& arguments, const std::vector<Written>& written) {
  std::string old_text, new_text;
  for (std::size_t i = 0; i < written.size(); ++i) {
    old_text += before(arguments.changes[i], written[i]);
    new_text += after(arguments.changes[i], written[i]);
  }
  json::Object& diff = answer["diff"].emplace_object();
  put(diff, "before_header", arguments.file);
  put(diff, "after_header", arguments.file);
  put(diff, "before", old_text);
  put(diff, "after", new_text);
}

}  // namespace

void put_result(json::Object& answer, const Arguments& arguments, const std::vector<Written>& written) {
  answer["changed"] = std::ranges::any_of(written, is_changed);
  put(answer, "path", arguments.file);
  if (!arguments.several) put_one(answer, arguments.changes.front(), written.front());
  json::Array& secrets = answer["secrets"].emplace_array();
  for (std::size_t i = 0; i < written.size(); ++i) {
    json::Object& entry = secrets.emplace_back(nullptr).emplace_object();
    put_one(entry, arguments.changes[i], written[i]);
    entry["changed"] = is_changed(written[i]);
  }
  if (arguments.diff) put_diff(answer, arguments, written);
}

}  // namespace regvault::secret_module

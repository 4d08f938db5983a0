#include "ansible_vault/help.hpp"

#include <algorithm>
#include <vector>

#include <regvault/base/text.hpp>

namespace regvault::ansible_vault {
namespace {

constexpr std::size_t kWidth = 78;  // argparse leaves two of the 80 columns free
constexpr std::size_t kHelpColumn = 24;

constexpr std::string_view kDescription =
    "Encrypt, decrypt and change the vault files and vault values of Ansible. Takes the commands and options of "
    "ansible-core 2.21.";
constexpr std::string_view kEpilog = "See 'ansible-vault <command> --help' for more information on a specific command.";

/// Lines of words and no final line feed; the first line begins with `first`, the others with `indent` blanks. A word
/// that is too long for any line stands alone.
std::string wrapped(const std::vector<std::string_view>& words, std::string first, std::size_t indent) {
  std::string text;
  std::string line = std::move(first);
  bool is_line_start = line.find_first_not_of(' ') == std::string::npos;
  for (std::string_view word : words) {
    if (!is_line_start && line.size() + 1 + word.size() > kWidth) {
      text += line + "\n";
      line = std::string(indent, ' ');
      is_line_start = true;
    }
    if (!is_line_start) line += ' ';
    line += word;
    is_line_start = false;
  }
  return text + line;
}

std::string invocation(const Option& option, std::string_view name) {
  return std::string(name) + (option.takes_value() ? " " + std::string(option.metavar) : "");
}

/// "{create,decrypt,…}"
std::string action_choice() {
  std::string names;
  for (const Parser& parser : action_parsers()) names += (names.empty() ? "{" : ",") + std::string(parser.name);
  return names + "}";
}

/// The parts of a usage line that are not broken: "[-v]", "[-J | --vault-password-file VAULT_PASSWORD_FILES]".
std::vector<std::string> option_parts(const Parser& parser) {
  std::vector<std::string> parts;
  auto previous = Exclusion::none;
  for (const Option* option : parser.options) {
    std::string part = invocation(*option, option->names().front());
    bool joins = option->exclusion != Exclusion::none && option->exclusion == previous;
    if (joins) {
      parts.back().back() = ' ';  // in the place of the bracket
      parts.back() += "| " + part + "]";
    } else {
      parts.push_back("[" + part + "]");
    }
    previous = option->exclusion;
  }
  return parts;
}

std::vector<std::string> operand_parts(const Parser& parser) {
  if (parser.name.empty()) return {action_choice(), "..."};
  return {"[" + std::string(parser.operand) + " ...]"};
}

/// "  --output OUTPUT_FILE  text": a header that reaches into the help's column has a line of its own.
std::string entry(std::size_t indent, std::string header, std::string_view text) {
  std::string first = std::string(indent, ' ') + std::move(header);
  if (text.empty()) return first + "\n";
  std::string before;
  if (first.size() + 2 > kHelpColumn) {
    before = first + "\n";
    first.clear();
  }
  first.resize(kHelpColumn, ' ');
  auto words = split(text, ' ');
  first += words.front();
  words.erase(words.begin());
  return before + wrapped(words, first, kHelpColumn) + "\n";
}

std::string operand_entries(const Parser& parser) {
  if (!parser.name.empty()) return entry(2, std::string(parser.operand), parser.operand_help);
  std::string text = entry(2, action_choice(), "");
  for (const Parser& action : action_parsers()) text += entry(4, std::string(action.name), action.summary);
  return text;
}

std::string option_entries(const Parser& parser) {
  auto options = parser.options;
  // The main help of ansible's programs is sorted; that of their actions is not.
  auto by_names = [](const Option* a, const Option* b) { return a->spellings < b->spellings; };
  if (parser.name.empty()) std::sort(options.begin(), options.end(), by_names);
  std::string text;
  for (const Option* option : options) {
    std::string header;
    for (std::string_view name : option->names()) header += (header.empty() ? "" : ", ") + invocation(*option, name);
    text += entry(2, header, option->help);
  }
  return text;
}

}  // namespace

std::string usage_text(const Parser& parser) {
  // argparse keeps a usage that fits on one line; none of these does, and so the operands begin a new one.
  std::string first = "usage: " + std::string(parser.program);
  std::size_t indent = first.size() + 1;
  auto options = option_parts(parser);
  auto operands = operand_parts(parser);
  return wrapped({options.begin(), options.end()}, first, indent) + "\n" +
         wrapped({operands.begin(), operands.end()}, std::string(indent, ' '), indent) + "\n";
}

std::string help_text(const Parser& parser) {
  bool is_main = parser.name.empty();
  std::string text = usage_text(parser);
  if (is_main) text += "\n" + wrapped(split(kDescription, ' '), "", 0) + "\n";
  text += "\npositional arguments:\n" + operand_entries(parser);
  text += "\noptions:\n" + option_entries(parser);
  if (is_main) text += "\n" + wrapped(split(kEpilog, ' '), "", 0) + "\n";
  return text;
}

std::string version_text() {
  return "ansible-vault [core 2.21.0]\nregvault " REGVAULT_VERSION "\n";
}

std::string usage_error_text(const Parser& parser, std::string_view message) {
  return usage_text(parser) + std::string(parser.program) + ": error: " + std::string(message) + "\n \n" +
         help_text(main_parser());
}

}  // namespace regvault::ansible_vault

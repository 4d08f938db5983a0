#include "program.hpp"

#include <unistd.h>

#include <exception>

#include <regvault/base/text.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>

namespace regvault::module {
namespace {

constexpr std::size_t kArgumentsAtMost = 64 << 20;  // a `value` may be a large file's content
constexpr std::string_view kRemove = "--remove-arguments";

SecretBytes read_and_remove(const char* path) {
  SecretBytes text = read_secret_file(path, kArgumentsAtMost);
  unlink(path);  // where that is not allowed, whoever made the file removes it, as they do if this is never run
  return text;
}

SecretBytes argument_text(int argc, char** argv) {
  if (argc == 1) return read_all(STDIN_FILENO, "standard input", kArgumentsAtMost);
  if (argc == 3 && std::string_view(argv[1]) == kRemove) return read_and_remove(argv[2]);
  return read_secret_file(argv[1], kArgumentsAtMost);
}

json::Document read_arguments(int argc, char** argv) {
  return json::Document::parse(argument_text(argc, argv).view(), "arguments");
}

void put_failure(json::Object& answer, const Error& error) {
  answer["failed"] = true;
  if (!answer.contains("changed")) answer["changed"] = false;
  put(answer, "msg", error.what());
  if (!error.where.note.empty()) put(answer, "note", error.where.note);
  if (!error.hint.empty()) put(answer, "hint", error.hint);
  if (!error.reason.empty()) put(answer, "reason", error.reason);
}

int write_line(std::string_view line, int exit_code) {
  write_all(STDOUT_FILENO, line, "standard output");
  write_all(STDOUT_FILENO, "\n", "standard output");
  return exit_code;
}

int run_work(int argc, char** argv, const Work& work) {
  json::Document document;
  json::Object& answer = document.root().get_object();
  std::vector<std::string> warnings;
  bool failed = true;
  try {
    json::Document arguments = read_arguments(argc, argv);
    if (!arguments.root().is_object()) throw Error(ErrorCode::usage, "the arguments are not a JSON object");
    work(arguments.root(), answer, [&](std::string_view text) { warnings.emplace_back(text); });
    failed = false;
  } catch (const Error& error) {
    put_failure(answer, error);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {  // no memory, say
    put_failure(answer, Error(ErrorCode::failed, error.what()));
  }
  if (!failed || !warnings.empty()) put(answer, "warnings", warnings);
  return write_line(document.written_compact().view(), failed ? 1 : 0);
}

}  // namespace

void put(json::Object& object, std::string_view key, std::string_view text) {
  object[key].emplace_string() = as_utf8(text);
}

void put(json::Object& object, std::string_view key, const std::vector<std::string>& texts) {
  json::Array& array = object[key].emplace_array();
  for (const std::string& text : texts) array.emplace_back(std::string_view(as_utf8(text)));
}

int run(int argc, char** argv, std::string_view name, const Work& work) {
  harden_process();
  try {
    if (argc > 1 && std::string_view(argv[1]) == "--version") {
      return write_line(std::string(name) + " (regvault) " + REGVAULT_VERSION, 0);
    }
    return run_work(argc, argv, work);
  } catch (const Interrupted& interrupted) {  // everything in between is put back
    die_of(interrupted.signal);
    return 1;
  } catch (const std::exception&) {  // standard output is closed: no one to tell
    return 1;
  }
}

}  // namespace regvault::module

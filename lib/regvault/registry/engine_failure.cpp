#include <regvault/registry/engine_failure.hpp>

#include <algorithm>
#include <array>

#include <regvault/registry/cause.hpp>
#include <regvault/registry/failure_text.hpp>

namespace regvault {
namespace {

/// A login always sends credentials, and asks for no image.
const Cause& cause_of_login(const FailureText& known) {
  constexpr std::array<std::string_view, 2> kMeansRefused{"no-credentials", "denied-or-missing"};
  bool refused = std::ranges::find(kMeansRefused, known.cause) != kMeansRefused.end();
  return cause_named(refused ? "credentials-refused" : known.cause);
}

/// "ghcr.io refused the credentials (denied)"
std::string told_of(const RegistryReference& registry, const Cause& cause, std::string_view detail) {
  constexpr std::string_view kSubject = "the registry ";
  std::string text = registry.name();
  text += cause.sentence.starts_with(kSubject) ? " " + std::string(cause.sentence.substr(kSubject.size()))
                                               : ": " + std::string(cause.sentence);
  return detail.empty() ? text : text + " (" + std::string(detail) + ")";
}

std::string begin(Engine engine) {
  return std::string(engine_name(engine)) + ": ";
}

}  // namespace

EngineFailure explained(Engine engine, const RegistryReference& registry, std::string_view output, std::string shown,
                        std::string_view how_it_ended) {
  const FailureText* known = failure_in(output);
  if (known == nullptr) {
    std::string_view last = std::string_view(shown).substr(shown.rfind('\n') + 1);
    std::string message = begin(engine) + "login to " + registry.name() + " failed (" + std::string(how_it_ended) + ")";
    if (!last.empty()) message += ": " + std::string(last);
    return {Error(ErrorCode::program_failed, std::move(message), {}, {}, "engine"), engine, std::move(shown)};
  }
  const Cause& cause = cause_of_login(*known);
  return {Error(cause.refusal ? ErrorCode::refused : ErrorCode::program_failed,
                begin(engine) + told_of(registry, cause, known->detail), std::string(cause.advice), {}, cause.slug),
          engine, std::move(shown)};
}

EngineFailure no_answer(Engine engine, const RegistryReference& registry, std::string shown,
                        std::string_view how_it_ended) {
  return {Error(ErrorCode::program_failed, begin(engine) + registry.name() + ": " + std::string(how_it_ended),
                std::string(cause_named("timeout").advice) + "; to wait longer: timeout: 120", {}, "timeout"),
          engine, std::move(shown)};
}

EngineFailure nothing_stored(Engine engine, const RegistryReference& registry) {
  return {Error(ErrorCode::program_failed,
                begin(engine) + "logged in to " + registry.name() + ", but stored no entry for it", {}, {}, "no-entry"),
          engine,
          {}};
}

}  // namespace regvault
